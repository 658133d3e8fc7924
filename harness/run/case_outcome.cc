// SPDX-License-Identifier: Apache-2.0

#include "harness/run/case_outcome.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "codec/hex.h"
#include "harness/record/conformance_log.h"
#include "harness/suite/features.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

constexpr std::size_t kMaxText = 8000;  // characters of a text, or of one of its lines
constexpr std::size_t kMaxSent = 4;     // lines; what was sent last is what was answered wrongly

std::vector<LogLine> log_lines(const ConformanceLog& log) {
  std::vector<LogLine> out;
  for (const LogEntry& entry : log.entries()) {
    out.push_back({.time_us = entry.time_us,
                   .connection = printable(entry.connection),
                   .direction = entry.direction,
                   .size = entry.size,
                   .head = entry.head,
                   .note = printable(entry.note)});
  }
  return out;
}

// "main: CALL, 29 bytes: 6301..." for what was sent last, in the order of sending.
std::string sent_text(const std::vector<LogLine>& log) {
  std::vector<const LogLine*> sent;
  for (const LogLine& line : log) {
    if (line.direction == '>') sent.push_back(&line);
  }
  std::string out;
  for (std::size_t i = sent.size() - std::min(sent.size(), kMaxSent); i < sent.size(); ++i) {
    const LogLine& line = *sent[i];
    out += fmt::format("{}: {}, {} byte{}: {}{}\n", line.connection, line.note, line.size,
                       line.size == 1 ? "" : "s", to_hex(line.head, " "),
                       line.head.size() < line.size ? " ..." : "");
  }
  return out;
}

}  // namespace

CaseDefinition definition_of(const TestCase& test_case) {
  CaseDefinition out;
  out.id = printable(test_case.id);
  out.purpose = printable(test_case.purpose, kMaxText);
  out.clause = printable(test_case.clause);
  out.level = test_case.level;
  out.role = test_case.role;
  out.requirements = test_case.requirements;
  out.basic = test_case.basic;
  if (test_case.role == Role::kServer) out.features = features_of(test_case);
  return out;
}

std::vector<CaseDefinition> definitions_of(const std::vector<const TestCase*>& test_cases) {
  std::vector<CaseDefinition> out;
  out.reserve(test_cases.size());
  for (const TestCase* const test_case : test_cases) out.push_back(definition_of(*test_case));
  return out;
}

void record_run(CaseRecord& record, const Outcome& outcome, const RunDetails& details) {
  const VerdictKind kind = outcome.verdict.kind();
  const bool is_first = record.state != CaseState::kRun;
  record.state = CaseState::kRun;
  ++record.runs[static_cast<std::size_t>(kind)];
  if (!is_first && kind <= record.verdict) return;
  record.verdict = kind;
  record.reason = outcome.verdict.why();
  record.fate = outcome.fate;
  record.start_us = details.start_us;
  record.duration_us = std::llround(outcome.milliseconds * 1000);
  const Mismatch& mismatch = outcome.verdict.mismatch();
  record.expected = printable_lines(mismatch.expected, kMaxText);
  record.received = printable_lines(mismatch.received, kMaxText);
  record.differences = mismatch.differences;
  record.faults = outcome.faults;
  record.sent.clear();
  record.log.clear();
  record.log_left_out = 0;
  if (kind == VerdictKind::kPass && !details.keep_log) return;
  const ConformanceLog log = conformance_log(outcome.transcript, details.revision);
  record.log = log_lines(log);
  record.log_left_out = log.left_out();
  if (!record.expected.empty()) record.sent = sent_text(record.log);
}

}  // namespace wsapi
