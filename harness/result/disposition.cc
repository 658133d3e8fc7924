// SPDX-License-Identifier: Apache-2.0

#include "harness/result/disposition.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace wsapi {

std::string_view name(Disposition disposition) noexcept {
  constexpr std::array<std::string_view, kDispositionCount> kNames{
      "passed", "failed",         "should-failed", "inconclusive",
      "error",  "not-applicable", "not-run",       "blocked"};
  return kNames[static_cast<std::size_t>(disposition)];
}

std::string_view verdict_name(Disposition disposition) noexcept {
  constexpr std::array<std::string_view, kDispositionCount> kNames{
      "pass", "fail", "fail", "inconc", "error", "not-applicable", "not-run", "blocked"};
  return kNames[static_cast<std::size_t>(disposition)];
}

bool is_flaky(const CaseRecord& record) noexcept {
  return std::ranges::count_if(record.runs, [](std::size_t n) { return n > 0; }) > 1;
}

Disposition disposition_of(const CaseRecord& record) noexcept {
  if (record.state == CaseState::kNotApplicable) return Disposition::kNotApplicable;
  if (record.state == CaseState::kNotRun) return Disposition::kNotRun;
  if (record.state == CaseState::kBlocked) return Disposition::kBlocked;
  if (record.confirmation == Confirmation::kCleared) return Disposition::kPassed;
  if (record.confirmation == Confirmation::kUnstable) return Disposition::kInconclusive;
  switch (record.verdict) {
    case VerdictKind::kPass: return Disposition::kPassed;
    case VerdictKind::kInconc: return Disposition::kInconclusive;
    case VerdictKind::kFail:
      if (is_flaky(record)) return Disposition::kInconclusive;
      return record.test.level == Level::kShould ? Disposition::kShouldFailed
                                                 : Disposition::kFailed;
    case VerdictKind::kNone:  // a case that was run and has no verdict is our own fault
    case VerdictKind::kError: return Disposition::kError;
  }
  return Disposition::kError;
}

std::string reason_text(const CaseRecord& record) {
  const std::string text = to_text(record.reason);
  if (record.state == CaseState::kNotApplicable) return "not applicable: " + text;
  if (record.state == CaseState::kNotRun) return "not run: " + text;
  if (record.state == CaseState::kBlocked) return "blocked: " + text;
  if (record.confirmation == Confirmation::kCleared) {
    return fmt::format("passes alone; failed in company of {}: {}",
                       record.company.empty() ? "other cases" : record.company.front(), text);
  }
  if (record.confirmation == Confirmation::kUnstable) {
    return fmt::format("unstable: fails in {} of {} runs alone: {}",
                       record.alone_runs - record.alone_passes, record.alone_runs, text);
  }
  if (!is_flaky(record)) return text;
  const std::size_t runs = std::accumulate(record.runs.begin(), record.runs.end(), std::size_t{0});
  return fmt::format("flaky: {} in {} of {} runs: {}", name(record.verdict),
                     record.runs[static_cast<std::size_t>(record.verdict)], runs, text);
}

Summary summary_of(const RunRecords& records) noexcept {
  Summary out;
  for (const CaseRecord& record : records.cases) {
    ++out.cases;
    ++out.counts[static_cast<std::size_t>(disposition_of(record))];
  }
  return out;
}

namespace {

// Neither run nor left out with a reason.
bool is_forgotten(const CaseRecord& record) {
  return record.state == CaseState::kNotRun && record.reason.code != ReasonCode::kEnoughOfItsKind;
}

}  // namespace

ExitStatus exit_status(const RunRecords& records) noexcept {
  using enum Disposition;
  const Summary sum = summary_of(records);
  const bool is_stopped = records.end.stopped.has_value();
  const ReasonCode why = is_stopped ? records.end.stopped->code : ReasonCode::kNone;
  if (sum.cases == sum.count(kNotApplicable)) return ExitStatus::kUsage;
  if (sum.count(kError) > 0) return ExitStatus::kInternal;
  // A case that nobody ran in a run that came to its end is our own fault.
  if (!is_stopped && std::ranges::any_of(records.cases, is_forgotten)) return ExitStatus::kInternal;
  if (why == ReasonCode::kIutLost || why == ReasonCode::kIutUnreachable ||
      why == ReasonCode::kIutNotWsapi || why == ReasonCode::kIutOtherRevision) {
    return ExitStatus::kUnreachable;
  }
  if (sum.count(kFailed) > 0 || !records.end.incidents.empty() ||
      !records.header.contradictions.empty() ||
      (records.header.strict && sum.count(kShouldFailed) > 0)) {
    return ExitStatus::kFailed;
  }
  // It answers nothing any more, and what failed by that had passed in an earlier round.
  if (why == ReasonCode::kIutUnresponsive) return ExitStatus::kUnreachable;
  return is_stopped || sum.count(kInconclusive) > 0 ? ExitStatus::kInconclusive : ExitStatus::kOk;
}

}  // namespace wsapi
