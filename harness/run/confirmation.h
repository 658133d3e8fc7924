// SPDX-License-Identifier: Apache-2.0
#pragma once

// Nobody innocent is blamed: a case that failed in company is run again with nothing else running,
// on a fresh process where the suite can start one. What fails only in company is laid at the case
// that makes it fail.

#include <chrono>
#include <cstddef>
#include <vector>

#include "harness/run/run_state.h"
#include "harness/run/slow_failures.h"

namespace wsapi {

class Confirmer {
 public:
  explicit Confirmer(RunState& state)
      : state_(state), slow_failures_(state.options.max_per_finding) {}

  // Judges all suspects of the state, and ends them.
  [[nodiscard]] asio::awaitable<void> run();

  // Judges a case that failed with nothing else running; its record tells of a run that failed.
  [[nodiscard]] asio::awaitable<void> confirm(std::size_t index);

 private:
  asio::awaitable<void> confirm_suspect(std::size_t index);
  asio::awaitable<bool> passes_alone(std::size_t index);
  asio::awaitable<void> be_fresh();
  asio::awaitable<void> run_alone(std::size_t index);
  // Runs one that has passed alone again.
  asio::awaitable<bool> is_stable(std::size_t index);
  [[nodiscard]] bool is_slow(const CaseRecord& record) const;
  bool is_left_out(std::size_t index);
  void note(std::size_t index, const Outcome& outcome, std::int64_t start_us);
  void explain_shared_faults(std::size_t index, const std::vector<FaultReport>& faults);
  bool is_victim_of_culprit(std::size_t index);
  asio::awaitable<void> find_company(std::size_t victim);
  asio::awaitable<void> find_company(const SharedFault& shared);
  void blame(const std::vector<std::size_t>& company, std::size_t victim);

  RunState& state_;
  bool is_used_ = true;                // the process has been disturbed since it was started
  std::vector<std::size_t> cleared_;   // failed in company, and pass alone
  std::vector<std::size_t> culprits_;  // that end the process, or stop it, alone
  std::vector<Incident> interferences_;
  SlowFailures slow_failures_;  // that are confirmed, by finding_key()
  Deadline search_end_{};       // of the search for company
};

}  // namespace wsapi
