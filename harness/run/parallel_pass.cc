// SPDX-License-Identifier: Apache-2.0

#include "harness/run/parallel_pass.h"

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <utility>

#include "harness/result/disposition.h"
#include "harness/run/case_outcome.h"

namespace wsapi {
namespace {

constexpr std::size_t kReconnects = 3;  // before the IUT counts as lost
constexpr std::chrono::milliseconds kReconnectPause{200};
// With that many connections in a row that were opened and got no answer, it does not answer any
// more.
constexpr std::size_t kMinUnresponsive = 8;
// A case is suspected of a fault that shows so long after it has ended.
constexpr std::int64_t kLateFault_us = 50'000;
constexpr std::chrono::milliseconds kLateFault{kLateFault_us / 1000};
// How long a process that dies may take from its last octet to its end.
constexpr std::chrono::milliseconds kDying{100};
// After this many starts the cases run one at a time, so that each that ends the process is known.
constexpr std::size_t kStartsInCompany = 3;
constexpr std::size_t kMaxStarts = 200;

// Derived cases of one rule are of one kind: "server/call~cut" of "server/call/minimal~cut@4",
// "server/call~op" of "server/call/minimal~op=00". Cases written by hand have none.
std::string kind_of(const TestCase& test_case) {
  const std::size_t rule = test_case.id.find('~');
  if (rule == std::string::npos) return "";
  const std::string group = test_case.id.substr(0, test_case.id.rfind('/', rule));
  return group + test_case.id.substr(rule, test_case.id.find_first_of("@=", rule) - rule);
}

}  // namespace

ParallelPass::ParallelPass(RunState& state, std::vector<std::size_t> queue)
    : state_(state),
      queue_(std::move(queue)),
      runs_left_(state.executor.size()),
      slow_failures_(state.options.max_per_finding) {
  for (const std::size_t index : queue_) ++runs_left_[index];
  state_.book.expect_work(queue_.size());
}

asio::awaitable<void> ParallelPass::run() {
  while (next_ < queue_.size() && state_.goes_on()) {
    is_halted_ = false;
    std::vector<asio::awaitable<void>> workers;
    const std::size_t count = std::clamp<std::size_t>(queue_.size() - next_, 1, jobs());
    for (std::size_t i = 0; i < count; ++i) workers.push_back(work());
    co_await state_.executor.tasks().run(std::move(workers));
    if (is_halted_ && state_.goes_on()) co_await start_again();
  }
  if (state_.executor.process() != nullptr && state_.goes_on()) {
    co_await state_.executor.clock().sleep_for(kLateFault);
    look_for_faults(state_.executor.size());
  }
  settle(true);
}

std::size_t ParallelPass::jobs() const { return starts_ < kStartsInCompany ? state_.jobs : 1; }

std::vector<std::string> ParallelPass::under_way() const {
  std::vector<std::string> out;
  for (const std::size_t position : under_way_) out.push_back(state_.book.id(queue_[position]));
  return out;
}

asio::awaitable<void> ParallelPass::work() {
  while (next_ < queue_.size() && state_.goes_on() && !is_halted_) {
    const std::size_t position = next_++;
    const std::size_t index = queue_[position];
    if (slow_failures_.is_left_out(kind_of(state_.executor.test_case(index)), index, state_.book)) {
      state_.book.work_done();
      continue;
    }
    state_.book.begin_case(index);
    under_way_.insert(position);
    co_await run_one(position);
    // What a case came to that was broken off says nothing.
    if (state_.executor.tasks().is_cancelled()) co_return;
    under_way_.erase(position);
    state_.book.work_done();
  }
}

asio::awaitable<void> ParallelPass::run_one(std::size_t position) {
  const std::size_t index = queue_[position];
  const std::int64_t start_us = state_.book.since_start_us();
  const Outcome outcome = co_await run_unless_lost(index);
  if (state_.executor.tasks().is_cancelled()) co_return;
  state_.spans.push_back({index, start_us, state_.book.since_start_us(), starts_});
  const bool is_bad = outcome.verdict.kind() != VerdictKind::kPass;
  if (state_.executor.process() != nullptr) {
    if (is_bad && co_await takes_process_down(outcome)) is_halted_ = true;
    look_for_faults(index);
    if (is_halted_ && is_bad) {
      // Whatever it was that ended the process: this case is judged again, alone.
      state_.suspects.insert(index);
      co_return;
    }
  }
  judge(index, outcome, start_us);
}

void ParallelPass::judge(std::size_t index, const Outcome& outcome, std::int64_t start_us) {
  count_slow_failure(index, outcome);
  unresponsive_ = outcome.unresponsive ? unresponsive_ + 1 : 0;
  if (unresponsive_ >=
      (state_.executor.can_restart() ? jobs() : std::max(kMinUnresponsive, jobs()))) {
    if (state_.executor.can_restart()) {
      is_halted_ = true;
      state_.executor.process()->end_at_once();
      suspect({{.kind = FaultKind::kHang, .title = std::string{kHangTitle}, .detail = ""}}, index);
      return;
    }
    state_.book.stop(
        {ReasonCode::kIutUnresponsive, {{"connections", std::to_string(unresponsive_)}}},
        under_way());
  }
  CaseRecord& record = state_.book.record(index);
  record_run(record, outcome,
             {start_us, state_.options.keep_logs, state_.executor.access().revision});
  if (--runs_left_[index] == 0) end_one(index);
}

void ParallelPass::end_one(std::size_t index) {
  const bool is_suspect = state_.book.record(index).verdict == VerdictKind::kFail ||
                          state_.book.record(index).verdict == VerdictKind::kInconc;
  // One that passes and fails in turns is known for what it is.
  if (is_suspect && state_.options.confirm && !is_flaky(state_.book.record(index))) {
    state_.suspects.insert(index);
  } else if (state_.executor.process() == nullptr) {
    state_.book.end_case(index);
  } else {
    settling_.emplace_back(index, state_.book.since_start_us());
    settle(false);
  }
}

// Ends the cases whose process has had the time to report what they did to it.
void ParallelPass::settle(bool all) {
  const std::int64_t now_us = state_.book.since_start_us();
  while (!settling_.empty() && (all || settling_.front().second + kLateFault_us < now_us)) {
    const std::size_t index = settling_.front().first;
    settling_.pop_front();
    if (!state_.suspects.contains(index)) state_.book.end_case(index);
  }
}

asio::awaitable<Outcome> ParallelPass::run_unless_lost(std::size_t index) {
  Outcome outcome = co_await state_.executor.run(index);
  const bool is_remote = !state_.executor.can_restart();
  if (!outcome.unreachable || !is_remote || !state_.goes_on()) co_return outcome;
  if (!co_await is_back()) {
    state_.book.lose(under_way());
    co_return outcome;
  }
  // It was away, and some other case may be the cause: this one gets a second chance, once.
  co_return co_await state_.executor.run(index);
}

asio::awaitable<bool> ParallelPass::is_back() {
  const IutAccess& access = state_.executor.access();
  for (std::size_t i = 0; i < kReconnects; ++i) {
    co_await access.clock->sleep_for(kReconnectPause);
    const WireResult opened = co_await access.open_wire(access.clock->after(access.timeout));
    if (opened.wire != nullptr) co_return true;
  }
  co_return false;
}

// ---- The process

asio::awaitable<bool> ParallelPass::takes_process_down(const Outcome& outcome) {
  if (state_.executor.process()->has_ended()) co_return true;
  const bool may_be_dying = outcome.unreachable || outcome.unresponsive ||
                            outcome.fate == Fate::kReset || outcome.fate == Fate::kOrderlyClose;
  co_return may_be_dying&& co_await state_.executor.has_process_ended(kDying);
}

// Whatever ran when a fault shows, or had ended shortly before, is suspected.
void ParallelPass::look_for_faults(std::size_t index) {
  std::vector<FaultReport> faults = state_.executor.process()->take_faults();
  if (!faults.empty()) suspect(std::move(faults), index);
}

void ParallelPass::suspect(std::vector<FaultReport> faults, std::size_t index) {
  SharedFault shared{.faults = std::move(faults), .suspects = {}};
  std::set<std::size_t> suspects;
  if (index < state_.executor.size()) suspects.insert(index);
  for (const std::size_t position : under_way_) suspects.insert(queue_[position]);
  for (const auto& [ended, time] : settling_) suspects.insert(ended);
  shared.suspects.assign(suspects.begin(), suspects.end());
  state_.suspects.merge(suspects);
  state_.shared_faults.push_back(std::move(shared));
}

asio::awaitable<void> ParallelPass::start_again() {
  look_for_faults(state_.executor.size());
  settle(true);
  unresponsive_ = 0;
  bool is_started = state_.executor.can_restart() && ++starts_ <= kMaxStarts;
  if (is_started) is_started = co_await state_.executor.restart();
  if (!is_started) state_.book.lose(under_way());
}

// ---- What is no longer worth its time

void ParallelPass::count_slow_failure(std::size_t index, const Outcome& outcome) {
  const std::string kind = kind_of(state_.executor.test_case(index));
  if (!kind.empty() && outcome.fate == Fate::kHang) slow_failures_.count(kind, index);
}

}  // namespace wsapi
