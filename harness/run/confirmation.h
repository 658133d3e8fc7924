// SPDX-License-Identifier: Apache-2.0
#pragma once

// Nobody innocent is blamed: a case that failed in company is run again with nothing else running,
// on a fresh process where the suite can start one. What fails only in company is laid at the case
// that makes it fail.

#include <chrono>
#include <cstddef>
#include <vector>

#include "harness/run/run_state.h"

namespace wsapi {

class Confirmer {
 public:
  explicit Confirmer(RunState& state) : state_(state) {}

  // Judges all suspects of the state, and ends them.
  [[nodiscard]] asio::awaitable<void> run();

  // Runs a case alone until it is known whether it passes; its record tells of a run that failed,
  // if one did.
  [[nodiscard]] asio::awaitable<void> confirm(std::size_t index);

 private:
  asio::awaitable<void> be_fresh();
  void note(std::size_t index, const Outcome& outcome, std::int64_t start_us);
  void explain_shared_faults(std::size_t index, const std::vector<FaultReport>& faults);
  asio::awaitable<void> find_company(std::size_t victim);
  asio::awaitable<void> find_company(const SharedFault& shared);
  void blame(const std::vector<std::size_t>& company, std::size_t victim);

  RunState& state_;
  bool is_used_ = true;               // the process has been disturbed since it was started
  std::vector<std::size_t> cleared_;  // failed in company, and pass alone
  std::vector<Incident> interferences_;
  Deadline search_end_{};  // of the search for company
};

}  // namespace wsapi
