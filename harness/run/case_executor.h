// SPDX-License-Identifier: Apache-2.0
#pragma once

// Runs single cases against the implementation under test, in company or alone, and knows its
// process, if it has one that the suite watches.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/record/transcript.h"
#include "harness/run/tasks.h"
#include "harness/suite/test_case.h"
#include "harness/tester/interpreter.h"

namespace wsapi {

// How long each answer is waited for: as told; or longer, where a case has failed before.
enum class Patience : std::uint8_t { kUsual, kLong };

class CaseExecutor {
 public:
  using OnTranscript = std::function<void(const Transcript&)>;

  // Cases must outlive it.
  CaseExecutor(std::vector<const TestCase*> cases, IutAccess access, OnTranscript on_transcript);

  [[nodiscard]] const TestCase& test_case(std::size_t index) const { return *cases_[index]; }
  [[nodiscard]] std::size_t size() const noexcept { return cases_.size(); }
  [[nodiscard]] IutAccess& access() noexcept { return access_; }
  [[nodiscard]] Clock& clock() const { return *access_.clock; }
  [[nodiscard]] WatchedIut* process() const noexcept { return access_.process; }
  // The implementation under test serves nobody beside a connection that holds half a frame.
  void forgo_half_frames() noexcept {
    access_.serves_beside_half_frames = false;
    patient_access_.serves_beside_half_frames = false;
  }
  // Breaks off everything that is run by it.
  [[nodiscard]] Tasks& tasks() noexcept { return tasks_; }

  // While others may run. Faults of the process are not looked for.
  [[nodiscard]] asio::awaitable<Outcome> run(std::size_t index);

  // While nothing else runs. Waits until faults of the process have come to light; they are part of
  // the outcome, and fail the case.
  [[nodiscard]] asio::awaitable<Outcome> run_alone(std::size_t index, Patience patience);

  // All of them at the same time; the outcomes in their order. Faults of the process are taken by
  // the caller. Patience::kLong waits up to IutAccess::confirm_timeout: that others are served,
  // too, makes answers late, which is no failure.
  [[nodiscard]] asio::awaitable<std::vector<Outcome>> run_together(std::vector<std::size_t> indices,
                                                                   Patience patience);

  // Whether a good call on a fresh connection is answered.
  [[nodiscard]] asio::awaitable<bool> answers();
  // Whether the process ends, or has ended: waits a moment for it.
  [[nodiscard]] asio::awaitable<bool> has_process_ended(std::chrono::milliseconds wait);
  // The same for a process that may be writing a report: no longer than it computes.
  [[nodiscard]] asio::awaitable<bool> ends_while_it_computes(std::chrono::milliseconds wait);
  // Waits for what the process may still report of what was done to it, and takes its faults.
  [[nodiscard]] asio::awaitable<std::vector<FaultReport>> late_faults(bool was_bad);

  // A fresh process, where the suite can have one. False, with a text, where it does not start.
  [[nodiscard]] asio::awaitable<bool> restart();
  [[nodiscard]] bool can_restart() const noexcept;
  [[nodiscard]] const std::string& restart_error() const noexcept { return restart_error_; }

 private:
  [[nodiscard]] std::string unique();
  [[nodiscard]] asio::awaitable<void> run_into(std::size_t index, const IutAccess& access,
                                               Outcome& out);

  std::vector<const TestCase*> cases_;
  IutAccess access_;
  IutAccess patient_access_;
  OnTranscript on_transcript_;
  Tasks tasks_;
  std::size_t runs_ = 0;
  std::string restart_error_;
};

// Of a fault of the kind kHang.
inline constexpr std::string_view kHangTitle = "answers nothing any more";

// A fault of the process as a part of what a case came to.
void add_faults(Outcome& outcome, std::vector<FaultReport> faults);

}  // namespace wsapi
