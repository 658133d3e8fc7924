// SPDX-License-Identifier: Apache-2.0
//
// The report for people.

#include <fmt/format.h>

#include "harness/result/report/report.h"
#include "harness/text/columns.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

constexpr std::size_t kMaxReason = 400;
constexpr std::size_t kMaxUnderWay = 16;

bool is_bad(const CaseResult& result) {
  return result.not_applicable.empty() && result.verdict() != VerdictKind::kPass;
}

bool was_not_run(const CaseResult& result) {
  return result.outcome.verdict.reason().starts_with("not run");
}

std::string_view shown_verdict(const CaseResult& result) {
  if (!result.not_applicable.empty()) return "n/a";
  if (result.verdict() == VerdictKind::kFail && result.test_case->level == Level::kShould) {
    return "should-fail";
  }
  return name(result.verdict());
}

std::string headline(const CaseResult& result) {
  return wrapped(fmt::format("{:<11} {}", shown_verdict(result), result.test_case->id), 12);
}

std::string details(const CaseResult& result, const RunContext& context) {
  const TestCase& test_case = *result.test_case;
  const Mismatch& mismatch = result.outcome.verdict.mismatch();
  std::string out = headline(result);
  out += wrapped("  purpose   " + printable(test_case.purpose, kMaxReason), 12);
  out += fmt::format("  clause    section {}, level {}\n", test_case.clause, name(test_case.level));
  out += wrapped("  reason    " + printable(result.reason(), kMaxReason), 12);
  out += fmt::format("  fate      {}\n", name(result.outcome.fate));
  if (!mismatch.expected.empty()) {
    out += "  expected\n" + indented(mismatch.expected, 2);
    out += "  received\n" + indented(mismatch.received, 2);
  }
  // The command is one line however long it is, so that it can be copied.
  out += fmt::format("  run again\n    {} --select '{}'\n\n", context.rerun, test_case.id);
  return out;
}

}  // namespace

std::string summary_text(const RunResult& result, const RunContext& context) {
  const Summary sum = result.summary();
  std::string out;
  if (!result.stopped.empty()) {
    out += wrapped("The run was stopped: " + printable(result.stopped, kMaxReason), 2);
    std::size_t shown = 0;
    if (!result.under_way.empty()) out += "Under way then:\n";
    for (const std::string& id : result.under_way) {
      if (++shown > kMaxUnderWay) break;
      out += "  " + id + "\n";
    }
    if (shown > kMaxUnderWay) {
      out += fmt::format("  and {} more\n", result.under_way.size() - kMaxUnderWay);
    }
  }
  const std::string runs = context.repeat > 1 ? fmt::format(", {} times each", context.repeat) : "";
  out += fmt::format(
      "{} cases{}: {} pass, {} fail, {} should-fail, {} inconc, {} error, {} not applicable"
      " ({:.2f} s)\n",
      sum.cases, runs, sum.pass, sum.fail, sum.should_fail, sum.inconc, sum.error,
      sum.not_applicable, result.seconds);
  return out;
}

std::string failures_text(const RunResult& result, const RunContext& context,
                          std::size_t max_details) {
  std::string out;
  std::size_t bad = 0;
  std::size_t not_run = 0;
  for (const CaseResult& one : result.cases) {
    if (!is_bad(one)) continue;
    if (was_not_run(one)) {
      ++not_run;
    } else if (bad++ < max_details) {
      out += details(one, context);
    }
  }
  if (bad > max_details) {
    out += fmt::format(
        "{} more did not pass: --verbose shows all of them, --report json:FILE "
        "records them.\n",
        bad - max_details);
  }
  if (not_run > 0) out += fmt::format("{} cases were not run.\n", not_run);
  return out;
}

std::string cases_text(const RunResult& result) {
  std::string out;
  for (const CaseResult& one : result.cases) out += headline(one);
  return out;
}

}  // namespace wsapi
