// SPDX-License-Identifier: Apache-2.0

#include "harness/run/case_executor.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <iterator>
#include <utility>

#include "harness/tester/cpu_watch.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;

// What a process prints of a fault comes a moment after the answer, or instead of it.
constexpr std::chrono::milliseconds kSettleTime{20};
// A sanitizer takes its time to write a report before the process ends.
constexpr std::chrono::milliseconds kDyingTime{5000};
constexpr std::chrono::milliseconds kPlainDyingTime{1000};
constexpr std::chrono::milliseconds kPollTime{5};
// Of the time, below which a process does not write a report: it waits.
constexpr double kIdleShare = 0.02;
constexpr std::chrono::milliseconds kBusyLook{500};
// A long wait, in usual ones; at most IutAccess::confirm_timeout.
constexpr int kPatience = 2;

bool ends_process(const FaultReport& fault) {
  return fault.kind == FaultKind::kExit || fault.kind == FaultKind::kSignal ||
         fault.kind == FaultKind::kSanitizer;
}

}  // namespace

void add_faults(Outcome& outcome, std::vector<FaultReport> faults) {
  if (faults.empty()) return;
  // The report of a sanitizer says more than the signal that follows it.
  const auto report = std::ranges::find(faults, FaultKind::kSanitizer, &FaultReport::kind);
  if (report != faults.end()) std::rotate(faults.begin(), report, std::next(report));
  if (std::ranges::any_of(faults, ends_process)) outcome.fate = Fate::kCrash;
  Verdict verdict;
  verdict.set(VerdictKind::kFail,
              {ReasonCode::kFaultReported, {{"fault", printable(faults.front().title)}}},
              outcome.verdict.mismatch());
  if (outcome.verdict.kind() != VerdictKind::kError) outcome.verdict = std::move(verdict);
  std::ranges::move(faults, std::back_inserter(outcome.faults));
}

CaseExecutor::CaseExecutor(std::vector<const TestCase*> cases, IutAccess access,
                           OnTranscript on_transcript)
    : cases_(std::move(cases)),
      access_(std::move(access)),
      patient_access_(access_),
      on_transcript_(std::move(on_transcript)) {
  patient_access_.timeout =
      std::max(access_.timeout, std::min(kPatience * access_.timeout, access_.confirm_timeout));
}

std::string CaseExecutor::unique() {
  return fmt::format("wsapi-conform-{}-{}.", ::getpid(), runs_++);
}

asio::awaitable<Outcome> CaseExecutor::run(std::size_t index) {
  Outcome out;
  co_await run_into(index, access_, out);
  co_return out;
}

asio::awaitable<Outcome> CaseExecutor::run_alone(std::size_t index, Patience patience) {
  patient_access_.role = access_.role;
  const IutAccess& access = patience == Patience::kLong ? patient_access_ : access_;
  Outcome out;
  std::vector<asio::awaitable<void>> runs;
  runs.push_back(run_into(index, access, out));
  co_await tasks_.run(std::move(runs));
  if (process() == nullptr || tasks_.is_cancelled()) co_return out;
  const bool was_bad = out.verdict.kind() != VerdictKind::kPass;
  std::vector<FaultReport> faults = co_await late_faults(was_bad);
  add_faults(out, std::move(faults));
  co_return out;
}

asio::awaitable<void> CaseExecutor::run_into(std::size_t index, const IutAccess& access,
                                             Outcome& out) {
  out = co_await run_case(*cases_[index], access, unique());
  if (on_transcript_ && !tasks_.is_cancelled()) on_transcript_(out.transcript);
}

asio::awaitable<std::vector<Outcome>> CaseExecutor::run_together(std::vector<std::size_t> indices,
                                                                 Patience patience) {
  IutAccess access = access_;
  if (patience == Patience::kLong) {
    access.timeout = std::max(access.timeout, access.confirm_timeout);
  }
  std::vector<Outcome> out(indices.size());
  std::vector<asio::awaitable<void>> runs;
  for (std::size_t i = 0; i < indices.size(); ++i) {
    runs.push_back(run_into(indices[i], access, out[i]));
  }
  co_await tasks_.run(std::move(runs));
  co_return out;
}

asio::awaitable<bool> CaseExecutor::has_process_ended(std::chrono::milliseconds wait) {
  if (process() == nullptr) co_return false;
  const Deadline end = clock().after(wait);
  while (!process()->has_ended()) {
    if (clock().now() >= end) co_return false;
    co_await clock().sleep_for(kPollTime);
  }
  co_return true;
}

asio::awaitable<bool> CaseExecutor::ends_while_it_computes(std::chrono::milliseconds wait) {
  const Deadline end = clock().after(wait);
  while (clock().now() < end) {
    const std::optional<double> share = co_await busy_share(*process(), clock(), kBusyLook);
    if (!share || process()->has_ended()) co_return true;
    if (*share < kIdleShare) break;
  }
  co_return co_await has_process_ended(kBusyLook);
}

asio::awaitable<bool> CaseExecutor::answers() {
  const Outcome live = co_await check_liveness(access_);
  co_return live.verdict.kind() == VerdictKind::kNone;
}

asio::awaitable<std::vector<FaultReport>> CaseExecutor::late_faults(bool was_bad) {
  co_await clock().sleep_for(kSettleTime);
  std::vector<FaultReport> faults = process()->take_faults();
  if (!was_bad || process()->has_ended() || co_await answers()) co_return faults;
  const std::optional<ProcessSample> sample = process()->sample();
  const bool is_instrumented = sample && sample->is_instrumented;
  const bool is_dying =
      co_await ends_while_it_computes(is_instrumented ? kDyingTime : kPlainDyingTime);
  if (!is_dying) {
    faults.push_back({.kind = FaultKind::kHang, .title = std::string{kHangTitle}, .detail = ""});
    process()->end_at_once();
  }
  co_await clock().sleep_for(kSettleTime);
  std::ranges::move(process()->take_faults(), std::back_inserter(faults));
  co_return faults;
}

bool CaseExecutor::can_restart() const noexcept {
  return process() != nullptr && process()->can_restart();
}

asio::awaitable<bool> CaseExecutor::restart() {
  restart_error_ = co_await process()->restart();
  co_return restart_error_.empty();
}

}  // namespace wsapi
