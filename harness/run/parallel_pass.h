// SPDX-License-Identifier: Apache-2.0
#pragma once

// The pass in which many cases run at once. Those that pass have ended with it; those that do not
// are suspects, to be confirmed alone. Where the process of the implementation ends, it is started
// again, and the pass goes on; what was under way then is suspected.

#include <cstddef>
#include <deque>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/run/run_state.h"
#include "harness/run/slow_failures.h"

namespace wsapi {

class ParallelPass {
 public:
  // `queue` holds indices of cases, in the order in which they are run; one that is there several
  // times is run as often.
  ParallelPass(RunState& state, std::vector<std::size_t> queue);

  [[nodiscard]] asio::awaitable<void> run();
  // Ids of the cases that are running.
  [[nodiscard]] std::vector<std::string> under_way() const;

 private:
  asio::awaitable<void> work();
  asio::awaitable<void> run_one(std::size_t position);
  asio::awaitable<Outcome> run_unless_lost(std::size_t index);
  asio::awaitable<bool> is_back();
  void judge(std::size_t index, const Outcome& outcome, std::int64_t start_us);
  void end_one(std::size_t index);

  asio::awaitable<bool> takes_process_down(const Outcome& outcome);
  // `index`: the case that has just ended; the number of all cases where there is none.
  void look_for_faults(std::size_t index);
  void suspect(std::vector<FaultReport> faults, std::size_t index);
  asio::awaitable<void> start_again();
  void settle(bool all);
  [[nodiscard]] std::size_t jobs() const;  // cases at once, from now on

  void count_slow_failure(std::size_t index, const Outcome& outcome);

  RunState& state_;
  std::vector<std::size_t> queue_;
  std::vector<std::size_t> runs_left_;  // of each case
  std::size_t next_ = 0;
  std::set<std::size_t> under_way_;  // positions in the queue
  std::size_t unresponsive_ = 0;     // connections in a row that got no answer
  bool is_halted_ = false;           // the process has to be started again
  std::size_t starts_ = 0;
  // Cases that passed, while their process may still report a fault; with the time when they ended.
  std::deque<std::pair<std::size_t, std::int64_t>> settling_;
  SlowFailures slow_failures_;  // of derived cases, by their kind
};

}  // namespace wsapi
