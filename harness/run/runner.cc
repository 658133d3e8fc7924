// SPDX-License-Identifier: Apache-2.0

#include "harness/run/runner.h"

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include "harness/run/applicability.h"
#include "harness/run/case_executor.h"
#include "harness/run/case_outcome.h"
#include "harness/run/confirmation.h"
#include "harness/run/parallel_pass.h"
#include "harness/run/run_book.h"
#include "harness/run/run_state.h"
#include "harness/run/spin_search.h"
#include "harness/suite/features.h"

namespace wsapi {
namespace {

RunHeader header_with(RunHeader header, const std::vector<const TestCase*>& cases) {
  header.cases = definitions_of(cases);
  return header;
}

}  // namespace

class SuiteRun::Impl {
 public:
  Impl(std::vector<const TestCase*> cases, RunOptions options, RunHeader header,
       std::vector<RunObserver*> observers)
      : options_(std::move(options)),
        book_(header_with(std::move(header), cases), std::move(observers), *options_.access.clock),
        executor_(std::move(cases), options_.access, options_.on_transcript),
        state_(executor_, book_, options_),
        confirmer_(state_) {}

  asio::awaitable<RunRecords> run() {
    book_.begin_run();
    set_not_applicable();
    co_await run_basic_cases();
    if (state_.goes_on()) co_await run_in_parallel();
    co_await look_for_spin(state_);
    if (state_.goes_on()) co_await confirmer_.run();
    if (state_.goes_on()) co_await run_one_by_one();
    co_await end_process();
    co_return book_.end_run();
  }

  void interrupt(std::string signal) {
    book_.stop({ReasonCode::kInterrupted, {{"signal", std::move(signal)}}},
               pass_ ? pass_->under_way() : under_way_alone());
    executor_.tasks().cancel();
  }

 private:
  enum class Pass : std::uint8_t { kBasic, kParallel, kAlone };

  [[nodiscard]] Pass pass_of(std::size_t index) const {
    const TestCase& test_case = executor_.test_case(index);
    if (!test_case.basic.empty()) return Pass::kBasic;
    return test_case.alone ? Pass::kAlone : Pass::kParallel;
  }

  void set_not_applicable() {
    const Capabilities capabilities{options_.access.revision, options_.offered};
    for (std::size_t i = 0; i < executor_.size(); ++i) {
      if (auto why = why_not_applicable(executor_.test_case(i), capabilities)) {
        book_.end_without_run(i, CaseState::kNotApplicable, std::move(*why));
      }
    }
  }

  [[nodiscard]] std::vector<std::size_t> cases_of(Pass pass) const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < executor_.size(); ++i) {
      if (!book_.has_ended(i) && pass_of(i) == pass) out.push_back(i);
    }
    return out;
  }

  [[nodiscard]] std::vector<std::string> under_way_alone() const {
    return alone_ ? std::vector{book_.id(*alone_)} : std::vector<std::string>{};
  }

  // Ends the case where a feature that it uses does not work.
  bool is_blocked(std::size_t index) {
    for (const std::string& feature : book_.record(index).test.features) {
      const auto failed = failed_features_.find(feature);
      if (failed == failed_features_.end()) continue;
      book_.end_without_run(index, CaseState::kBlocked,
                            {ReasonCode::kBlockedByFeature,
                             {{"feature", std::string{find_feature(feature)->words}},
                              {"case", book_.id(failed->second)}}});
      return true;
    }
    return false;
  }

  // Some faults come to light only when the process ends: what it has leaked, a crash on SIGTERM.
  asio::awaitable<void> end_process() {
    WatchedIut* const process = executor_.process();
    if (process == nullptr) co_return;
    co_await process->stop();
    Incident incident;
    incident.faults = process->take_faults();
    if (!incident.faults.empty()) book_.add_incident(std::move(incident));
  }

  // ---- The passes

  // In the order of the features, each when what it uses is known to work.
  asio::awaitable<void> run_basic_cases() {
    std::vector<std::size_t> basic = cases_of(Pass::kBasic);
    std::ranges::sort(basic, {}, [&](std::size_t index) {
      return std::pair(find_feature(executor_.test_case(index).basic) - kFeatures.data(), index);
    });
    co_await run_each(std::move(basic));
  }

  asio::awaitable<void> run_one_by_one() { co_await run_each(cases_of(Pass::kAlone)); }

  asio::awaitable<void> run_each(std::vector<std::size_t> indices) {
    book_.expect_work(indices.size() * options_.repeat);
    for (const std::size_t index : indices) {
      if (!state_.goes_on()) co_return;
      if (is_blocked(index)) continue;
      alone_ = index;
      co_await run_alone(index);
      alone_.reset();
      if (!state_.goes_on()) co_return;
      note_feature(index);
      book_.end_case(index);
    }
  }

  asio::awaitable<void> run_alone(std::size_t index) {
    CaseRecord& record = book_.record(index);
    book_.begin_case(index);
    for (std::size_t round = 0; round < options_.repeat && state_.goes_on(); ++round) {
      if (must_start_again(index)) co_await start_again();
      if (!state_.goes_on()) co_return;
      const std::int64_t start_us = book_.since_start_us();
      const Outcome outcome = co_await executor_.run_alone(index, Patience::kUsual);
      if (!state_.goes_on()) co_return;
      record_run(record, outcome, {start_us, options_.keep_logs, options_.access.revision});
      book_.work_done();
      if (outcome.fate == Fate::kCrash && executor_.can_restart()) co_await start_again();
    }
    const bool is_bad =
        record.verdict == VerdictKind::kFail || record.verdict == VerdictKind::kInconc;
    if (is_bad && options_.confirm) co_await confirmer_.confirm(index);
  }

  [[nodiscard]] bool must_start_again(std::size_t index) const {
    if (!executor_.can_restart()) return false;
    return executor_.process()->has_ended() || executor_.test_case(index).wants_fresh_process;
  }

  asio::awaitable<void> start_again() {
    const bool is_started = co_await executor_.restart();
    if (!is_started) book_.lose();
  }

  void note_feature(std::size_t index) {
    const std::string& basic = executor_.test_case(index).basic;
    if (basic.empty() || book_.record(index).verdict == VerdictKind::kPass) return;
    failed_features_.emplace(basic, index);
    // Where one client keeps others waiting, company would fail whoever runs beside it.
    if (basic != "half-frame" && basic != "second-connection") return;
    state_.jobs = 1;
    executor_.forgo_half_frames();
  }

  asio::awaitable<void> run_in_parallel() {
    pass_.emplace(state_, queue());
    co_await pass_->run();
    pass_.reset();
  }

  std::vector<std::size_t> queue() {
    std::vector<std::size_t> order = cases_of(Pass::kParallel);
    std::erase_if(order, [&](std::size_t index) { return is_blocked(index); });
    std::mt19937_64 random(options_.seed);
    std::vector<std::size_t> out;
    for (std::size_t round = 0; round < options_.repeat; ++round) {
      if (options_.seed != 0) std::ranges::shuffle(order, random);
      out.insert(out.end(), order.begin(), order.end());
    }
    return out;
  }

  RunOptions options_;
  RunBook book_;
  CaseExecutor executor_;
  RunState state_;
  Confirmer confirmer_;
  std::optional<ParallelPass> pass_;
  std::optional<std::size_t> alone_;                                 // the case that runs alone
  std::map<std::string, std::size_t, std::less<>> failed_features_;  // and their basic cases
};

SuiteRun::SuiteRun(std::vector<const TestCase*> cases, RunOptions options, RunHeader header,
                   std::vector<RunObserver*> observers)
    : impl_(std::make_unique<Impl>(std::move(cases), std::move(options), std::move(header),
                                   std::move(observers))) {}

SuiteRun::~SuiteRun() = default;

asio::awaitable<RunRecords> SuiteRun::run() { return impl_->run(); }

void SuiteRun::interrupt(std::string signal) { impl_->interrupt(std::move(signal)); }

}  // namespace wsapi
