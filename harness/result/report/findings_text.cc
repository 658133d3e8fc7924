// SPDX-License-Identifier: Apache-2.0
//
// Findings for people: what is wrong, by which rule, the smallest example in full, and how to see
// it again; and what became of the rules.

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "codec/hex.h"
#include "harness/result/disposition.h"
#include "harness/result/finding.h"
#include "harness/result/report/report.h"
#include "harness/suite/clause.h"
#include "harness/text/columns.h"

namespace wsapi {
namespace {

constexpr std::size_t kMaxText = 400;
constexpr std::size_t kMaxLines = 6;  // of an expected or received text, without --verbose
constexpr std::size_t kMaxVictims = 4;
constexpr std::size_t kIndent = 12;

std::string shortened(std::string text) {
  constexpr std::string_view kDots = "...";
  if (text.size() <= kMaxText) return text;
  text.resize(kMaxText - kDots.size());
  return text.append(kDots);
}

std::string count_of(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

// "label       text", wrapped; nothing for an empty text.
std::string line(std::string_view label, const std::string& text) {
  if (text.empty()) return "";
  return wrapped(fmt::format("  {:<{}}{}", label, kIndent - 2, shortened(text)), kIndent);
}

// The first lines of a text, under a label.
std::string block(std::string_view label, const std::string& text) {
  if (text.empty()) return "";
  std::string out;
  std::size_t lines = 0;
  for (std::size_t begin = 0; begin < text.size(); ++lines) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (lines < kMaxLines) {
      out += line(lines == 0 ? label : "", text.substr(begin, end - begin));
    }
    begin = end + 1;
  }
  if (lines > kMaxLines) out += line("", fmt::format("and {} more lines", lines - kMaxLines));
  return out;
}

std::string number_text(const Finding& finding) {
  std::string out = count_of(finding.cases.size(), "case", "cases");
  if (finding.blocked > 0) out += fmt::format(", {} blocked", finding.blocked);
  if (finding.left_out > 0) out += fmt::format(", {} of its kind not run", finding.left_out);
  return out;
}

std::string difference_text(const CaseRecord& record) {
  if (record.differences.empty()) return "";
  const Difference& difference = record.differences.front();
  return fmt::format("at {}: expected {}, received {}", difference.path, difference.expected,
                     difference.received);
}

std::string victims_text(const Finding& finding) {
  if (finding.victims.empty()) return "";
  std::string out = fmt::format("{} in company of it, and {} alone: ",
                                count_of(finding.victims.size(), "case fails", "cases fail"),
                                finding.victims.size() == 1 ? "passes" : "pass");
  const std::size_t shown = std::min(finding.victims.size(), kMaxVictims);
  for (std::size_t i = 0; i < shown; ++i) out += (i == 0 ? "" : ", ") + finding.victims[i];
  if (shown < finding.victims.size()) out += fmt::format(" and others");
  return out;
}

std::string example_text(const Finding& finding, const CaseRecord& example) {
  std::string out = line("example", example.test.id);
  out += line("", example.test.purpose);
  if (finding.kind == FindingKind::kInterference || finding.kind == FindingKind::kIncident) {
    return out;
  }
  out += block("sent", example.sent);
  out += block("expected", example.expected);
  out += block("received", example.received);
  out += line("differs", difference_text(example));
  out += line("because", reason_text(example));
  return out;
}

std::string faults_text(const Finding& finding) {
  std::string out;
  for (const FaultReport& fault : finding.faults) {
    out += line(std::string{name(fault.kind)}, fault.title);
    out += block("", fault.detail);
  }
  return out;
}

}  // namespace

std::string finding_text(const Finding& finding, std::size_t number, const RunRecords& records) {
  std::string out = wrapped(fmt::format("{}. {}", number, shortened(finding.title)), 3);
  out += line("rule", fmt::format("{}, level {}; {}", clause_text(finding.clause),
                                  name(finding.level), number_text(finding)));
  out += faults_text(finding);
  out += line("harms", victims_text(finding));
  if (finding.cases.empty()) return out + "\n";
  const CaseRecord& example = records.cases[finding.cases.front()];
  out += example_text(finding, example);
  // The command is one line however long it is, so that it can be copied.
  out +=
      fmt::format("  run again\n    {} --select '{}'\n\n", records.header.rerun, example.test.id);
  return out;
}

std::string findings_text(const RunRecords& records, std::size_t max_findings) {
  const std::vector<Finding> findings = findings_of(records);
  std::string out;
  const std::size_t shown = std::min(findings.size(), max_findings);
  for (std::size_t i = 0; i < shown; ++i) out += finding_text(findings[i], i + 1, records);
  if (shown < findings.size()) {
    out += fmt::format("{} more: --verbose shows all of them, --report json:FILE records them.\n\n",
                       count_of(findings.size() - shown, "finding", "findings"));
  }
  return out;
}

std::string sections_text(const RunRecords& records) {
  struct Counts {
    std::size_t passed = 0;
    std::size_t failed = 0;
    std::size_t blocked = 0;
    std::size_t other = 0;
  };
  std::map<std::string, Counts> sections;
  for (const CaseRecord& record : records.cases) {
    Counts& counts = sections[section_text(record.test.clause)];
    switch (disposition_of(record)) {
      case Disposition::kPassed: ++counts.passed; break;
      case Disposition::kFailed:
      case Disposition::kShouldFailed: ++counts.failed; break;
      case Disposition::kBlocked: ++counts.blocked; break;
      default: ++counts.other;
    }
  }
  std::string out;
  for (const auto& [section, counts] : sections) {
    if (counts.failed == 0 && counts.blocked == 0) continue;
    out += fmt::format("{:<50} {:>7} {:>7} {:>8} {:>15}\n", section, counts.passed, counts.failed,
                       counts.blocked, counts.other);
  }
  if (out.empty()) return "";
  return fmt::format("{:<50} {:>7} {:>7} {:>8} {:>15}\n", "section of the protocol", "passed",
                     "failed", "blocked", "not applicable") +
         out + "\n";
}

}  // namespace wsapi
