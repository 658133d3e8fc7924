// SPDX-License-Identifier: Apache-2.0
#pragma once

// Runs the chosen cases, many at once on one event loop, and sums up their verdicts. Stops early
// when the implementation under test is gone or answers nothing any more, and says where.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/record/conformance_log.h"
#include "harness/result/exit_status.h"
#include "harness/result/verdict.h"
#include "harness/suite/script.h"
#include "harness/tester/interpreter.h"

namespace wsapi {

struct RunOptions {
  IutAccess access;
  std::vector<std::string> offered;  // requirements of cases that the server meets
  std::size_t jobs = 16;             // cases at once
  std::size_t repeat = 1;
  std::uint64_t seed = 0;  // 0: in the order of the catalogue; else shuffled by it
  bool keep_logs = false;  // the conformance logs of cases that pass, too
  // Gets the transcript of each run of a case when it ends; may be empty.
  std::function<void(const Transcript&)> on_transcript = {};
};

struct CaseResult {
  const TestCase* test_case = nullptr;
  std::string not_applicable;           // why; empty where the case applies
  std::array<std::size_t, 5> counts{};  // runs by VerdictKind
  Outcome outcome;                      // of the first run that is worst, without the transcript
  ConformanceLog log;                   // of that run, if it is kept

  // Of all runs together; pass and fail in turns is inconclusive.
  [[nodiscard]] VerdictKind verdict() const noexcept;
  [[nodiscard]] bool flaky() const noexcept;
  [[nodiscard]] std::string reason() const;
};

struct Summary {
  std::size_t cases = 0;
  std::size_t pass = 0;
  std::size_t fail = 0;         // of the levels must and robustness
  std::size_t should_fail = 0;  // of the level should
  std::size_t inconc = 0;
  std::size_t error = 0;
  std::size_t not_applicable = 0;
};

struct RunResult {
  std::vector<CaseResult> cases;       // in the order of the choice
  bool lost = false;                   // no connection could be made any more
  std::string stopped;                 // why the run ended early; empty if it did not
  std::vector<std::string> under_way;  // ids of the cases that were running then
  double seconds = 0;

  [[nodiscard]] Summary summary() const;
};

// Done and all, after each case.
using Progress = std::function<void(std::size_t done, std::size_t all)>;

[[nodiscard]] asio::awaitable<RunResult> run_cases(std::vector<const TestCase*> cases,
                                                   RunOptions options, Progress progress);

// The result of a run that never began, for want of a server: all cases inconclusive.
[[nodiscard]] RunResult unreachable_run(const std::vector<const TestCase*>& cases,
                                        std::string reason);

[[nodiscard]] ExitStatus exit_status(const RunResult& result, bool strict);

}  // namespace wsapi
