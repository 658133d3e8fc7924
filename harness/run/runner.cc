// SPDX-License-Identifier: Apache-2.0

#include "harness/run/runner.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <deque>
#include <exception>
#include <optional>
#include <random>
#include <set>
#include <utility>

#include "harness/run/applicability.h"
#include "harness/run/case_outcome.h"

namespace wsapi {
namespace {

constexpr std::size_t kReconnects = 3;  // before the IUT counts as lost
constexpr std::chrono::milliseconds kReconnectPause{200};
// With that many connections in a row that were opened and got no answer, it does not answer any
// more.
constexpr std::size_t kMinUnresponsive = 8;

}  // namespace

class SuiteRun::Impl {
 public:
  Impl(std::vector<const TestCase*> cases, RunOptions options, RunHeader header,
       std::vector<RunObserver*> observers)
      : cases_(std::move(cases)), options_(std::move(options)), observers_(std::move(observers)) {
    records_.header = std::move(header);
    records_.header.cases = definitions_of(cases_);
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      CaseRecord& record = records_.cases.emplace_back();
      record.test = records_.header.cases[i];
      if (auto why = why_not_applicable(*cases_[i], {options_.access.revision, options_.offered})) {
        record.state = CaseState::kNotApplicable;
        record.reason = std::move(*why);
      }
    }
    runs_left_.resize(cases_.size(), options_.repeat);
    begun_.resize(cases_.size());
    fill_queue();
  }

  asio::awaitable<RunRecords> run() {
    start_ = clock().now();
    tell([&](RunObserver& observer) { observer.run_begins(records_.header); });
    for (const CaseRecord& record : records_.cases) {
      if (record.state == CaseState::kNotApplicable) tell_end(record);
    }
    co_await run_queue();
    end_unfinished();
    records_.end.duration_us = since_start();
    tell([&](RunObserver& observer) { observer.run_ends(records_.end); });
    co_return std::move(records_);
  }

  void interrupt(std::string signal) {
    stop({ReasonCode::kInterrupted, {{"signal", std::move(signal)}}});
    is_interrupted_ = true;
    for (asio::cancellation_signal& worker : cancel_) {
      worker.emit(asio::cancellation_type::terminal);
    }
  }

 private:
  [[nodiscard]] Clock& clock() const { return *options_.access.clock; }

  void fill_queue() {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      if (records_.cases[i].state != CaseState::kNotApplicable) order.push_back(i);
    }
    std::mt19937_64 random(options_.seed);
    for (std::size_t round = 0; round < options_.repeat; ++round) {
      if (options_.seed != 0) std::ranges::shuffle(order, random);
      queue_.insert(queue_.end(), order.begin(), order.end());
    }
  }

  template <typename Event>
  void tell(Event&& event) {
    for (RunObserver* const observer : observers_) event(*observer);
  }
  void tell_end(const CaseRecord& record) {
    tell([&](RunObserver& observer) { observer.case_ends(record); });
  }

  [[nodiscard]] std::int64_t since_start() const {
    return std::chrono::duration_cast<std::chrono::microseconds>(clock().now() - start_).count();
  }

  // As many workers as there are jobs, until all of them are done.
  asio::awaitable<void> run_queue() {
    const auto executor = co_await asio::this_coro::executor;
    const std::size_t workers = std::clamp<std::size_t>(queue_.size(), 1, options_.jobs);
    asio::steady_timer all_done(executor, asio::steady_timer::time_point::max());
    std::size_t open = workers;
    std::exception_ptr failure;
    for (std::size_t i = 0; i < workers; ++i) {
      const auto slot = cancel_.emplace_back().slot();
      asio::co_spawn(executor, work(),
                     asio::bind_cancellation_slot(slot, [&](std::exception_ptr error) {
                       if (error && !failure) failure = error;
                       if (--open == 0) all_done.cancel();
                     }));
    }
    boost::system::error_code ignored;
    co_await all_done.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    cancel_.clear();
    if (failure) std::rethrow_exception(failure);
  }

  asio::awaitable<void> work() {
    while (next_ < queue_.size() && !records_.end.stopped) {
      const std::size_t position = next_++;
      const std::size_t index = queue_[position];
      CaseRecord& record = records_.cases[index];
      if (!begun_[index]) {
        begun_[index] = true;
        tell([&](RunObserver& observer) { observer.case_begins(record.test); });
      }
      under_way_.insert(position);
      const std::int64_t start_us = since_start();
      Outcome outcome;
      try {
        outcome = co_await run_one(*cases_[index], position);
      } catch (const boost::system::system_error& error) {
        if (!is_interrupted_ || error.code() != asio::error::operation_aborted) throw;
      }
      // What a case came to that was broken off says nothing.
      if (is_interrupted_) co_return;
      under_way_.erase(position);
      watch(outcome);
      if (options_.on_transcript) options_.on_transcript(outcome.transcript);
      record_run(record, outcome, {start_us, options_.keep_logs, options_.access.revision});
      if (--runs_left_[index] == 0) tell_end(record);
      ++done_;
      tell([&](RunObserver& observer) { observer.progressed(done_, queue_.size()); });
    }
  }

  asio::awaitable<Outcome> run_one(const TestCase& test_case, std::size_t position) {
    const std::string unique = fmt::format("wsapi-conform-{}-{}.", ::getpid(), position);
    Outcome outcome = co_await run_case(test_case, options_.access, unique);
    if (!outcome.unreachable || records_.end.stopped) co_return outcome;
    const bool back = co_await is_back();
    if (!back) {
      stop({ReasonCode::kIutLost, {}});
      co_return outcome;
    }
    // It was away, and some other case may be the cause: this one gets a second chance, once.
    co_return co_await run_case(test_case, options_.access, unique + "again.");
  }

  asio::awaitable<bool> is_back() {
    for (std::size_t i = 0; i < kReconnects; ++i) {
      co_await clock().sleep_for(kReconnectPause);
      const WireResult opened =
          co_await options_.access.open_wire(clock().after(options_.access.timeout));
      if (opened.wire != nullptr) co_return true;
    }
    co_return false;
  }

  void watch(const Outcome& outcome) {
    unresponsive_ = outcome.unresponsive ? unresponsive_ + 1 : 0;
    if (unresponsive_ < std::max(kMinUnresponsive, options_.jobs)) return;
    stop({ReasonCode::kIutUnresponsive, {{"connections", std::to_string(unresponsive_)}}});
  }

  void stop(Reason why) {
    if (records_.end.stopped) return;
    records_.end.stopped = std::move(why);
    for (const std::size_t position : under_way_) {
      records_.end.under_way.push_back(records_.cases[queue_[position]].test.id);
    }
  }

  // Cases that were not run, or not as many times as they should have been.
  void end_unfinished() {
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      CaseRecord& record = records_.cases[i];
      if (record.state == CaseState::kNotApplicable || runs_left_[i] == 0) continue;
      if (record.state == CaseState::kNotRun && records_.end.stopped) {
        record.reason = *records_.end.stopped;
      }
      tell_end(record);
    }
  }

  std::vector<const TestCase*> cases_;
  RunOptions options_;
  std::vector<RunObserver*> observers_;
  RunRecords records_;
  Deadline start_;
  std::vector<std::size_t> queue_;      // indices of cases
  std::vector<std::size_t> runs_left_;  // of each case
  std::vector<bool> begun_;
  std::size_t next_ = 0;
  std::size_t done_ = 0;
  std::set<std::size_t> under_way_;  // positions in the queue
  std::size_t unresponsive_ = 0;
  std::deque<asio::cancellation_signal> cancel_;  // of the workers
  bool is_interrupted_ = false;
};

SuiteRun::SuiteRun(std::vector<const TestCase*> cases, RunOptions options, RunHeader header,
                   std::vector<RunObserver*> observers)
    : impl_(std::make_unique<Impl>(std::move(cases), std::move(options), std::move(header),
                                   std::move(observers))) {}

SuiteRun::~SuiteRun() = default;

asio::awaitable<RunRecords> SuiteRun::run() { return impl_->run(); }

void SuiteRun::interrupt(std::string signal) { impl_->interrupt(std::move(signal)); }

}  // namespace wsapi
