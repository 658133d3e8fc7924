// SPDX-License-Identifier: Apache-2.0

// Runs that are told to end while they are under way.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>

#include "harness/run/runner_test_tools.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

// A run that is interrupted when the server gets a DESCRIBE for which `is_last` says so, and
// answers nothing more. Nobody waits for what was under way.
RunRecords interrupted_run(RunOptions options, std::size_t case_count,
                           const std::function<bool(const std::string& payload)>& is_last,
                           RunObserver* observer = nullptr) {
  const std::vector<TestCase> cases = cases_of(case_count);
  std::vector<RunObserver*> observers;
  if (observer != nullptr) observers.push_back(observer);
  std::optional<SuiteRun> suite_run;
  const auto script = [&](std::size_t, const std::string& payload) -> Acts {
    if (!payload.starts_with("44") || !is_last(payload)) return right_answers(payload);
    suite_run->interrupt("SIGINT");
    return {};
  };
  options.access.timeout = 1h;
  RunRecords out = run_with_script(script, [&](OpenWire open, std::shared_ptr<Clock> clock) {
    options.access.open_wire = std::move(open);
    options.access.clock = std::move(clock);
    suite_run.emplace(pointers_to(cases), options, RunHeader{}, observers);
    return suite_run->run();
  });
  EXPECT_LT(out.end.duration_us, 3'600'000'000) << "waited for the deadline";
  return out;
}

bool is_case_3(const std::string& payload) { return payload.starts_with("4404"); }

TEST(RunnerInterruptTest, AnInterruptionEndsTheRunAtOnce) {
  Events events;
  const RunRecords result = interrupted_run(one_by_one(), 6, is_case_3, &events);
  EXPECT_EQ(stopped_text(result), "interrupted by SIGINT");
  EXPECT_THAT(result.end.under_way, ElementsAre("test/3"));
  EXPECT_EQ(count_of(result, Disposition::kPassed), 3U);
  EXPECT_EQ(count_of(result, Disposition::kNotRun), 3U);
  EXPECT_EQ(reason_text(result.cases[3]), "not run: interrupted by SIGINT");
  EXPECT_EQ(result.cases[3].fate, Fate::kNotObserved);
  EXPECT_EQ(exit_status(result), ExitStatus::kInconclusive);
  const std::vector<std::string>& said = events.said();
  ASSERT_GE(said.size(), 4U);
  EXPECT_THAT(std::vector(said.end() - 4, said.end()),
              ElementsAre("ends test/3: not-run", "ends test/4: not-run", "ends test/5: not-run",
                          "run ends early"));
}

TEST(RunnerInterruptTest, AnInterruptionBreaksOffAllThatIsUnderWay) {
  RunOptions options;
  options.jobs = 4;
  const RunRecords result = interrupted_run(options, 40, is_case_3);
  EXPECT_THAT(result.end.under_way, ::testing::Contains("test/3"));
  EXPECT_LE(result.end.under_way.size(), 4U);
  EXPECT_EQ(count_of(result, Disposition::kPassed) + count_of(result, Disposition::kNotRun), 40U);
  EXPECT_GE(count_of(result, Disposition::kNotRun), result.end.under_way.size());
}

TEST(RunnerInterruptTest, WhatPassedInEarlierRoundsOfAnInterruptedRunCounts) {
  RunOptions options = one_by_one();
  options.repeat = 3;
  std::size_t describes = 0;
  const RunRecords result =
      interrupted_run(options, 2, [&](const std::string&) { return ++describes == 4; });
  EXPECT_THAT(result.cases[0].runs, ElementsAre(0, 2, 0, 0, 0));
  EXPECT_THAT(result.cases[1].runs, ElementsAre(0, 1, 0, 0, 0));
  EXPECT_EQ(exit_status(result), ExitStatus::kInconclusive) << "not all was run";
}

}  // namespace
}  // namespace wsapi
