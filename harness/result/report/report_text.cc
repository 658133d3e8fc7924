// SPDX-License-Identifier: Apache-2.0
//
// The report for people.

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "harness/result/disposition.h"
#include "harness/result/report/report.h"
#include "harness/suite/clause.h"
#include "harness/text/columns.h"

namespace wsapi {
namespace {

constexpr std::size_t kMaxReason = 400;
constexpr std::size_t kMaxUnderWay = 16;

std::string shortened(std::string text) {
  constexpr std::string_view kDots = "...";
  if (text.size() <= kMaxReason) return text;
  text.resize(kMaxReason - kDots.size());
  return text.append(kDots);
}

std::string_view shown_verdict(Disposition disposition) {
  switch (disposition) {
    case Disposition::kShouldFailed: return "should-fail";
    case Disposition::kNotApplicable: return "n/a";
    case Disposition::kNotRun: return "not run";
    case Disposition::kBlocked: return "blocked";
    default: return verdict_name(disposition);
  }
}

// "1 case", "2 cases"
std::string cases_number(std::size_t count) {
  return fmt::format("{} case{}", count, count == 1 ? "" : "s");
}

std::string headline(const CaseRecord& record) {
  return wrapped(fmt::format("{:<11} {}", shown_verdict(disposition_of(record)), record.test.id),
                 12);
}

std::string details(const CaseRecord& record, const RunHeader& header) {
  const CaseDefinition& test = record.test;
  std::string out = headline(record);
  out += wrapped("  purpose   " + shortened(test.purpose), 12);
  out += fmt::format("  clause    {}, level {}\n", clause_text(test.clause), name(test.level));
  out += wrapped("  reason    " + shortened(reason_text(record)), 12);
  out += fmt::format("  fate      {}\n", name(record.fate));
  if (!record.expected.empty()) {
    out += "  expected\n" + indented(record.expected, 2);
    out += "  received\n" + indented(record.received, 2);
  }
  // The command is one line however long it is, so that it can be copied.
  out += fmt::format("  run again\n    {} --select '{}'\n\n", header.rerun, test.id);
  return out;
}

std::string stopped_text(const RunEnd& end) {
  std::string out = wrapped("The run was stopped: " + shortened(to_text(*end.stopped)), 2);
  if (!end.under_way.empty()) out += "Under way then:\n";
  const std::size_t shown = std::min(end.under_way.size(), kMaxUnderWay);
  for (std::size_t i = 0; i < shown; ++i) out += "  " + end.under_way[i] + "\n";
  if (shown < end.under_way.size()) {
    out += fmt::format("  and {} more\n", end.under_way.size() - shown);
  }
  return out;
}

}  // namespace

std::string head_text(const RunHeader& header) {
  std::string out = wrapped("target    " + header.target, 10);
  out += fmt::format("revision  {} ({})\n", name(header.revision), header.revision_note);
  out += wrapped(
      fmt::format("test API  {} ({})", header.test_api ? "yes" : "no", header.test_api_note), 10);
  out += fmt::format("cases     {}, {} at once\n\n", header.cases.size(), header.jobs);
  return out;
}

std::string summary_text(const RunRecords& records) {
  using enum Disposition;
  const Summary sum = summary_of(records);
  const std::size_t repeat = records.header.repeat;
  const std::string not_run =
      sum.count(kNotRun) > 0 ? fmt::format(", {} not run", sum.count(kNotRun)) : "";
  const std::string blocked =
      sum.count(kBlocked) > 0
          ? fmt::format("; {} blocked by them", cases_number(sum.count(kBlocked)))
          : "";
  const std::size_t findings = findings_of(records).size();
  std::string out = records.end.stopped ? stopped_text(records.end) : "";
  if (findings > 0)
    out += fmt::format("{} finding{}{}\n", findings, findings == 1 ? "" : "s", blocked);
  out += fmt::format(
      "{}{}: {} pass, {} fail, {} should-fail, {} inconc, {} error, {} not applicable{}"
      " ({:.2f} s)\n",
      cases_number(sum.cases), repeat > 1 ? fmt::format(", {} times each", repeat) : "",
      sum.count(kPassed), sum.count(kFailed), sum.count(kShouldFailed), sum.count(kInconclusive),
      sum.count(kError), sum.count(kNotApplicable), not_run,
      static_cast<double>(records.end.duration_us) / 1e6);
  return out;
}

std::string undecided_text(const RunRecords& records, std::size_t max_details) {
  std::string out;
  std::size_t undecided = 0;
  std::size_t not_run = 0;
  for (const CaseRecord& record : records.cases) {
    const Disposition disposition = disposition_of(record);
    if (disposition == Disposition::kNotRun && record.reason.code != ReasonCode::kEnoughOfItsKind) {
      ++not_run;
    } else if (disposition == Disposition::kInconclusive || disposition == Disposition::kError) {
      if (undecided++ < max_details) out += details(record, records.header);
    }
  }
  if (undecided > max_details) {
    out += fmt::format(
        "{} more are undecided: --verbose shows all of them, --report json:FILE records them.\n",
        undecided - max_details);
  }
  if (not_run > 0) {
    out += fmt::format("{} {} not run.\n", cases_number(not_run), not_run == 1 ? "was" : "were");
  }
  return out;
}

std::string cases_text(const RunRecords& records) {
  std::string out;
  for (const CaseRecord& record : records.cases) out += headline(record);
  return out;
}

void write_text_report(std::ostream& out, const RunRecords& records) {
  out << head_text(records.header) << findings_text(records, records.cases.size())
      << undecided_text(records, records.cases.size()) << sections_text(records)
      << summary_text(records);
}

}  // namespace wsapi
