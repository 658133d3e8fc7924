// SPDX-License-Identifier: Apache-2.0

// Runs against scripted servers: what applies, order, repeats, early ends.

#include "harness/run/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "harness/run/runner_test_tools.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(RunnerTest, RightServersPass) {
  const std::vector<TestCase> cases = cases_of(20);
  const RunRecords result = run(cases, RunOptions{}, right);
  ASSERT_EQ(result.cases.size(), 20U);
  for (std::size_t i = 0; i < 20; ++i) {
    const CaseRecord& record = result.cases[i];
    EXPECT_EQ(record.test.id, cases[i].id) << "in the order of the choice";
    EXPECT_EQ(record.test, result.header.cases[i]);
    EXPECT_EQ(disposition_of(record), Disposition::kPassed) << reason_text(record);
    EXPECT_TRUE(record.log.empty());
    EXPECT_GT(record.duration_us, 0);
    EXPECT_LE(record.start_us + record.duration_us, result.end.duration_us + 1);
  }
  EXPECT_EQ(result.end.stopped, std::nullopt);
  EXPECT_TRUE(result.end.under_way.empty());
  EXPECT_GT(result.end.duration_us, 0);
  EXPECT_EQ(exit_status(result), ExitStatus::kOk);
}

TEST(RunnerTest, TellsEveryEvent) {
  std::vector<TestCase> cases = cases_of(3);
  cases[1].requirements = {"verb:echo"};
  Events events;
  RunOptions options = one_by_one();
  options.repeat = 2;
  run(cases, options, right, &events);
  EXPECT_THAT(events.said(),
              ElementsAre("run begins: 3", "ends test/1: not-applicable", "begins test/0", "1 of 4",
                          "begins test/2", "2 of 4", "ends test/0: passed", "3 of 4",
                          "ends test/2: passed", "4 of 4", "run ends"));
}

TEST(RunnerTest, RecordsAreThoseOfTheEvents) {
  class Collect : public RunObserver {
   public:
    void case_ends(const CaseRecord& record) override { cases[record.test.id] = record; }
    void run_ends(const RunEnd& end) override { last = end; }
    std::map<std::string, CaseRecord> cases;
    RunEnd last;
  };
  Collect collect;
  const RunRecords result = run(cases_of(9), RunOptions{}, right, &collect);
  ASSERT_EQ(collect.cases.size(), 9U);
  for (const CaseRecord& record : result.cases) {
    EXPECT_EQ(collect.cases.at(record.test.id), record);
  }
  EXPECT_EQ(collect.last, result.end);
}

TEST(RunnerTest, LogsAreKeptWhereTheyAreAskedFor) {
  RunOptions options = one_by_one();
  options.keep_logs = true;
  const RunRecords result = run(cases_of(1), options, right);
  ASSERT_FALSE(result.cases[0].log.empty());
  EXPECT_EQ(result.cases[0].sent, "") << "told of failures only";
}

TEST(RunnerTest, CasesThatDoNotApplyAreNotRun) {
  std::vector<TestCase> cases = cases_of(4);
  cases[1].revisions = {Revision::kLegacy, Revision::k2020_03};
  cases[2].requirements = {"verb:echo"};
  std::size_t connections = 0;
  const auto count = [&](std::size_t number, const std::string& payload) {
    connections = number + 1;
    return right_answers(payload);
  };
  const RunRecords result = run(cases, one_by_one(), count);
  EXPECT_EQ(reason_text(result.cases[1]), "not applicable: not in revision 2020-01");
  EXPECT_EQ(reason_text(result.cases[2]), "not applicable: needs the test API: echo");
  EXPECT_THAT(result.cases[2].test.requirements, ElementsAre("verb:echo"));
  EXPECT_EQ(count_of(result, Disposition::kNotApplicable), 2U);
  EXPECT_EQ(count_of(result, Disposition::kPassed), 2U);
  EXPECT_EQ(connections, 2U);
  RunOptions with_echo = one_by_one();
  with_echo.offered = {"verb:echo"};
  EXPECT_EQ(run(cases, with_echo, right).cases[2].state, CaseState::kRun);
}

TEST(RunnerTest, NothingToRunEnds) {
  EXPECT_TRUE(run({}, RunOptions{}, right).cases.empty());
  std::vector<TestCase> cases = cases_of(1);
  cases[0].requirements = {"verb:echo"};
  const RunRecords result = run(cases, RunOptions{}, right);
  EXPECT_EQ(result.cases[0].verdict, VerdictKind::kNone);
  EXPECT_EQ(exit_status(result), ExitStatus::kUsage);
}

// ---- Repeats

TEST(RunnerTest, RepeatsAreCounted) {
  RunOptions options = one_by_one();
  options.repeat = 5;
  const RunRecords result = run(cases_of(2), options, right);
  for (const CaseRecord& one : result.cases) {
    EXPECT_THAT(one.runs, ElementsAre(0, 5, 0, 0, 0));
    EXPECT_FALSE(is_flaky(one));
  }
}

TEST(RunnerTest, PassAndFailInTurnsIsFlaky) {
  RunOptions options = one_by_one();
  options.repeat = 4;
  const auto alternate = [](std::size_t connection, const std::string& payload) {
    const bool wrong = connection % 2 == 1 && payload.starts_with("44");
    return wrong ? Acts{"650100"} : right_answers(payload);
  };
  const RunRecords result = run(cases_of(1), options, alternate);
  const CaseRecord& one = result.cases[0];
  EXPECT_THAT(one.runs, ElementsAre(0, 2, 0, 2, 0));
  EXPECT_TRUE(is_flaky(one));
  EXPECT_EQ(disposition_of(one), Disposition::kInconclusive);
  EXPECT_EQ(reason_text(one),
            "flaky: fail in 2 of 4 runs: DESCRIPTION 1 was expected after DESCRIBE 1; EVENT REMOVE "
            "1 came");
  EXPECT_EQ(one.verdict, VerdictKind::kFail) << "the worst run is shown";
  EXPECT_EQ(one.reason.code, ReasonCode::kExpectedMessageMissing);
  EXPECT_FALSE(one.log.empty());
  EXPECT_THAT(one.sent, HasSubstr("main: DESCRIBE, 3 bytes: 44 01 00\n"));
  EXPECT_EQ(exit_status(result), ExitStatus::kInconclusive);
}

TEST(RunnerTest, FailingAlwaysIsNotFlaky) {
  RunOptions options = one_by_one();
  options.repeat = 3;
  const RunRecords result = run(cases_of(1), options, [](std::size_t, const std::string& payload) {
    return payload.starts_with("44") ? Acts{"650100"} : right_answers(payload);
  });
  EXPECT_THAT(result.cases[0].runs, ElementsAre(0, 0, 0, 3, 0));
  EXPECT_EQ(disposition_of(result.cases[0]), Disposition::kFailed);
  EXPECT_EQ(exit_status(result), ExitStatus::kFailed);
}

// ---- Order

// The ids of the DESCRIBEs in the order in which they came.
std::string order_of(std::uint64_t seed, std::size_t repeat = 1) {
  std::string order;
  RunOptions options = one_by_one();
  options.seed = seed;
  options.repeat = repeat;
  const RunRecords result =
      run(cases_of(12), options, [&](std::size_t, const std::string& payload) {
        if (payload.starts_with("44")) order += payload.substr(2, 2);
        return right_answers(payload);
      });
  for (std::size_t i = 0; i < result.cases.size(); ++i) {
    EXPECT_EQ(result.cases[i].test.id, "test/" + std::to_string(i));
  }
  return order;
}

TEST(RunnerTest, TheSeedShufflesTheOrder) {
  const std::string as_listed = "0102030405060708090a0b0c";
  EXPECT_EQ(order_of(0), as_listed);
  EXPECT_EQ(order_of(0, 2), as_listed + as_listed);
  const std::string shuffled = order_of(7);
  EXPECT_NE(shuffled, as_listed);
  EXPECT_EQ(order_of(7), shuffled) << "the same again";
  EXPECT_NE(order_of(8), shuffled);
  const std::string twice = order_of(7, 2);
  EXPECT_EQ(twice.substr(0, 24), shuffled);
  EXPECT_NE(twice.substr(24), shuffled) << "each round has its own";
}

TEST(RunnerTest, AsManyCasesAtOnceAsJobs) {
  // How many connections there are when the first case gets its answer: those of three cases.
  RunOptions options;
  options.jobs = 3;
  options.access.timeout = 10s;
  std::size_t connections = 0;
  std::size_t answered_with = 0;
  const auto script = [&](std::size_t number, const std::string& payload) {
    connections = std::max(connections, number + 1);
    if (payload.starts_with("44") && answered_with == 0) answered_with = connections;
    return right_answers(payload);
  };
  const RunRecords result = run(cases_of(9), options, script);
  EXPECT_EQ(count_of(result, Disposition::kPassed), 9U);
  EXPECT_EQ(connections, 9U) << "a connection for each case";
  EXPECT_LE(answered_with, 3U);
}

// ---- Early ends

TEST(RunnerTest, StopsWhenTheServerIsGone) {
  const auto leave = [](std::size_t connection, const std::string& payload) -> Acts {
    if (connection == 2 && payload.empty()) return {"stop listening"};
    return right_answers(payload);
  };
  const RunRecords result = run(cases_of(8), one_by_one(), leave);
  EXPECT_EQ(stopped_text(result), "the implementation under test accepts no connection any more");
  EXPECT_EQ(result.end.stopped->code, ReasonCode::kIutLost);
  EXPECT_THAT(result.end.under_way, ElementsAre("test/3"));
  EXPECT_EQ(count_of(result, Disposition::kPassed), 3U);
  EXPECT_EQ(count_of(result, Disposition::kInconclusive), 1U);
  EXPECT_EQ(count_of(result, Disposition::kNotRun), 4U);
  EXPECT_EQ(result.cases[3].fate, Fate::kUnreachable);
  EXPECT_THAT(reason_text(result.cases[7]), HasSubstr("not run: the implementation under test"));
  EXPECT_EQ(exit_status(result), ExitStatus::kUnreachable);
}

TEST(RunnerTest, SaysWhatWasUnderWayWhenTheServerWent) {
  RunOptions options;
  options.jobs = 4;
  options.access.timeout = 10s;
  const auto leave = [](std::size_t, const std::string& payload) -> Acts {
    return payload.empty() ? Acts{"stop listening", "close"} : right_answers(payload);
  };
  const RunRecords result = run(cases_of(12), options, leave);
  EXPECT_EQ(result.end.stopped->code, ReasonCode::kIutLost);
  EXPECT_GE(result.end.under_way.size(), 1U);
  EXPECT_LE(result.end.under_way.size(), 4U);
}

TEST(RunnerTest, StopsWhenTheServerAnswersNothingAnyMore) {
  RunOptions options = one_by_one();
  const RunRecords result =
      run(cases_of(20), options, [](std::size_t, const std::string&) { return Acts{}; });
  EXPECT_EQ(result.end.stopped->code, ReasonCode::kIutUnresponsive);
  EXPECT_EQ(stopped_text(result),
            "the implementation under test answered nothing on 8 connections in a row");
  EXPECT_EQ(count_of(result, Disposition::kFailed), 8U);
  EXPECT_EQ(count_of(result, Disposition::kNotRun), 12U);
  EXPECT_EQ(exit_status(result), ExitStatus::kFailed);
}

TEST(RunnerTest, AServerThatHangsAfterAllHadPassedWasNotKeptAlive) {
  RunOptions options = one_by_one();
  options.repeat = 3;
  const auto hang = [](std::size_t connection, const std::string& payload) {
    return connection < 10 ? right_answers(payload) : Acts{};
  };
  const RunRecords result = run(cases_of(10), options, hang);
  EXPECT_THAT(stopped_text(result), HasSubstr("answered nothing on 8 connections in a row"));
  EXPECT_EQ(count_of(result, Disposition::kFailed), 0U) << "all that failed are flaky";
  EXPECT_EQ(count_of(result, Disposition::kInconclusive), 8U);
  EXPECT_EQ(exit_status(result), ExitStatus::kUnreachable);
}

TEST(RunnerTest, UnderManyJobsItTakesAsManySilentConnections) {
  RunOptions options;
  options.jobs = 12;
  const RunRecords result =
      run(cases_of(40), options, [](std::size_t, const std::string&) { return Acts{}; });
  EXPECT_THAT(stopped_text(result), HasSubstr("on 12 connections in a row"));
  EXPECT_FALSE(result.end.under_way.empty() && count_of(result, Disposition::kFailed) == 40U);
}

TEST(RunnerTest, SilenceNowAndThenDoesNotStop) {
  RunOptions options = one_by_one();
  const auto script = [](std::size_t connection, const std::string& payload) {
    return connection % 4 == 3 ? right_answers(payload) : Acts{};
  };
  const RunRecords result = run(cases_of(16), options, script);
  EXPECT_EQ(stopped_text(result), "");
  EXPECT_EQ(count_of(result, Disposition::kPassed), 4U);
}

}  // namespace
}  // namespace wsapi
