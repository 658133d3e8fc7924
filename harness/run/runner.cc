// SPDX-License-Identifier: Apache-2.0

#include "harness/run/runner.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <numeric>
#include <random>
#include <set>
#include <utility>

#include "harness/run/applicability.h"

namespace wsapi {
namespace {

constexpr std::size_t kReconnects = 3;  // before the IUT counts as lost
constexpr std::chrono::milliseconds kReconnectPause{200};
// So many connections in a row that were opened and got no answer: it does not answer any more.
constexpr std::size_t kMinUnresponsive = 8;

class Runner {
 public:
  Runner(std::vector<const TestCase*> cases, RunOptions options, Progress progress)
      : options_(std::move(options)), progress_(std::move(progress)) {
    for (const TestCase* const test_case : cases) {
      CaseResult& result = result_.cases.emplace_back();
      result.test_case = test_case;
      result.not_applicable =
          why_not_applicable(*test_case, {options_.access.revision, options_.offered});
    }
    fill_queue();
  }

  asio::awaitable<RunResult> run() {
    const Deadline start = clock().now();
    const auto executor = co_await asio::this_coro::executor;
    const std::size_t workers = std::clamp<std::size_t>(queue_.size(), 1, options_.jobs);
    asio::steady_timer all_done(executor, asio::steady_timer::time_point::max());
    std::size_t open = workers;
    std::exception_ptr failure;
    for (std::size_t i = 0; i < workers; ++i) {
      asio::co_spawn(executor, work(), [&](std::exception_ptr error) {
        if (error && !failure) failure = error;
        if (--open == 0) all_done.cancel();
      });
    }
    boost::system::error_code ignored;
    co_await all_done.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (failure) std::rethrow_exception(failure);
    note_not_run();
    result_.seconds = std::chrono::duration<double>(clock().now() - start).count();
    co_return std::move(result_);
  }

 private:
  [[nodiscard]] Clock& clock() const { return *options_.access.clock; }

  void fill_queue() {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < result_.cases.size(); ++i) {
      if (result_.cases[i].not_applicable.empty()) order.push_back(i);
    }
    std::mt19937_64 random(options_.seed);
    for (std::size_t round = 0; round < options_.repeat; ++round) {
      if (options_.seed != 0) std::ranges::shuffle(order, random);
      queue_.insert(queue_.end(), order.begin(), order.end());
    }
  }

  asio::awaitable<void> work() {
    while (next_ < queue_.size() && result_.stopped.empty()) {
      const std::size_t position = next_++;
      const std::size_t index = queue_[position];
      under_way_.insert(position);
      Outcome outcome = co_await run_one(*result_.cases[index].test_case, position);
      under_way_.erase(position);
      watch(outcome);
      take(result_.cases[index], std::move(outcome));
      if (progress_) progress_(++done_, queue_.size());
    }
  }

  asio::awaitable<Outcome> run_one(const TestCase& test_case, std::size_t position) {
    const std::string unique = fmt::format("wsapi-conform-{}-{}.", ::getpid(), position);
    Outcome outcome = co_await run_case(test_case, options_.access, unique);
    if (!outcome.unreachable || !result_.stopped.empty()) co_return outcome;
    const bool back = co_await is_back();
    if (!back) {
      stop("the implementation under test accepts no connection any more", true);
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
    stop(fmt::format("the implementation under test answered nothing on {} connections in a row",
                     unresponsive_),
         false);
  }

  void stop(std::string reason, bool lost) {
    if (!result_.stopped.empty()) return;
    result_.stopped = std::move(reason);
    result_.lost = lost;
    for (const std::size_t position : under_way_) {
      result_.under_way.push_back(result_.cases[queue_[position]].test_case->id);
    }
  }

  void take(CaseResult& result, Outcome outcome) const {
    const VerdictKind kind = outcome.verdict.kind();
    if (options_.on_transcript) options_.on_transcript(outcome.transcript);
    ++result.counts[static_cast<std::size_t>(kind)];
    if (result.outcome.verdict.kind() >= kind) return;
    const bool keep_log = kind != VerdictKind::kPass || options_.keep_logs;
    result.log =
        keep_log ? conformance_log(outcome.transcript, options_.access.revision) : ConformanceLog{};
    result.outcome = std::move(outcome);
    result.outcome.transcript = Transcript{};
  }

  void note_not_run() {
    for (CaseResult& result : result_.cases) {
      const bool was_run = std::accumulate(result.counts.begin(), result.counts.end(), 0UL) > 0;
      if (was_run || !result.not_applicable.empty()) continue;
      Outcome outcome;
      outcome.verdict.set(VerdictKind::kInconc, "not run: " + result_.stopped);
      take(result, std::move(outcome));
    }
  }

  RunOptions options_;
  Progress progress_;
  RunResult result_;
  std::vector<std::size_t> queue_;  // indices of cases
  std::size_t next_ = 0;
  std::size_t done_ = 0;
  std::set<std::size_t> under_way_;  // positions in the queue
  std::size_t unresponsive_ = 0;
};

}  // namespace

bool CaseResult::flaky() const noexcept {
  const auto different = std::ranges::count_if(counts, [](std::size_t n) { return n > 0; });
  return different > 1;
}

VerdictKind CaseResult::verdict() const noexcept {
  const VerdictKind worst = outcome.verdict.kind();
  return flaky() && worst == VerdictKind::kFail ? VerdictKind::kInconc : worst;
}

std::string CaseResult::reason() const {
  if (!not_applicable.empty()) return "not applicable: " + not_applicable;
  if (!flaky()) return outcome.verdict.reason();
  const std::size_t runs = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  const auto worst = static_cast<std::size_t>(outcome.verdict.kind());
  return fmt::format("flaky: {} in {} of {} runs: {}", name(outcome.verdict.kind()), counts[worst],
                     runs, outcome.verdict.reason());
}

Summary RunResult::summary() const {
  Summary sum;
  for (const CaseResult& result : cases) {
    ++sum.cases;
    if (!result.not_applicable.empty()) {
      ++sum.not_applicable;
      continue;
    }
    switch (result.verdict()) {
      case VerdictKind::kPass: ++sum.pass; break;
      case VerdictKind::kFail:
        ++(result.test_case->level == Level::kShould ? sum.should_fail : sum.fail);
        break;
      case VerdictKind::kInconc: ++sum.inconc; break;
      case VerdictKind::kNone:
      case VerdictKind::kError: ++sum.error; break;
    }
  }
  return sum;
}

RunResult unreachable_run(const std::vector<const TestCase*>& cases, std::string reason) {
  RunResult result;
  result.lost = true;
  result.stopped = std::move(reason);
  for (const TestCase* const test_case : cases) {
    CaseResult& one = result.cases.emplace_back();
    one.test_case = test_case;
    one.outcome.fate = Fate::kUnreachable;
    one.outcome.verdict.set(VerdictKind::kInconc, "not run: " + result.stopped);
    ++one.counts[static_cast<std::size_t>(VerdictKind::kInconc)];
  }
  return result;
}

ExitStatus exit_status(const RunResult& result, bool strict) {
  const Summary sum = result.summary();
  if (sum.cases == sum.not_applicable) return ExitStatus::kUsage;
  if (sum.error > 0) return ExitStatus::kInternal;
  if (result.lost) return ExitStatus::kUnreachable;
  if (sum.fail > 0 || (strict && sum.should_fail > 0)) return ExitStatus::kFailed;
  // It answers nothing any more, and what failed by that had passed in an earlier round.
  if (!result.stopped.empty()) return ExitStatus::kUnreachable;
  if (sum.inconc > 0) return ExitStatus::kInconclusive;
  return ExitStatus::kOk;
}

asio::awaitable<RunResult> run_cases(std::vector<const TestCase*> cases, RunOptions options,
                                     Progress progress) {
  Runner runner(std::move(cases), std::move(options), std::move(progress));
  co_return co_await runner.run();
}

}  // namespace wsapi
