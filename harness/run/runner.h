// SPDX-License-Identifier: Apache-2.0
#pragma once

// Runs the chosen cases and records what becomes of them: first the basic case of each feature, one
// by one; then the cases that can run in company, many at once on one event loop; then again,
// alone, those that failed; last the cases that must have the implementation to themselves. Stops
// early when the implementation under test is gone or answers nothing any more, or when it is told
// to, and says where.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/record/transcript.h"
#include "harness/result/run_records.h"
#include "harness/suite/test_case.h"
#include "harness/tester/interpreter.h"

namespace wsapi {

struct RunOptions {
  IutAccess access;
  std::vector<std::string> offered;  // requirements of cases that the server meets
  std::size_t jobs = 16;             // cases at once
  std::size_t repeat = 1;
  bool confirm = true;               // what fails in company is run again alone
  std::size_t max_per_finding = 10;  // failures of one kind that cost a full time limit
  std::uint64_t seed = 0;            // 0: in the order of the catalogue; else shuffled by it
  bool keep_logs = false;            // the conformance logs of cases that pass, too
  // Gets the transcript of each run of a case when it ends; may be empty.
  std::function<void(const Transcript&)> on_transcript = {};
};

class SuiteRun {
 public:
  // `header` is that of the records; its cases are those of `cases`. Cases and observers must
  // outlive the object.
  SuiteRun(std::vector<const TestCase*> cases, RunOptions options, RunHeader header,
           std::vector<RunObserver*> observers);
  SuiteRun(const SuiteRun&) = delete;
  SuiteRun& operator=(const SuiteRun&) = delete;
  ~SuiteRun();

  // Called once; must end before the object goes.
  [[nodiscard]] asio::awaitable<RunRecords> run();

  // Ends it at once: cases that are under way are broken off and count as not run. On the thread of
  // run().
  void interrupt(std::string signal);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wsapi
