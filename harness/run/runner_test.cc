// SPDX-License-Identifier: Apache-2.0

// Runs against scripted servers: what applies, order, repeats, early ends.

#include "harness/run/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "harness/peers/scripted_memory_server.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

// A case that sends DESCRIBE with the number as id, and asks for the answer.
TestCase case_of(const std::string& id, std::uint16_t number = 1) {
  TestCase out;
  out.id = id;
  out.revisions = {Revision::k2020_01};
  std::vector<Step> steps;
  steps.push_back({.connection = "main", .action = Connect{}});
  const nlohmann::json describe{{"message", "describe"}, {"description_id", number}};
  steps.push_back({.connection = "main", .action = SendMessage{.message = describe, .frame = {}}});
  const Pattern answer{{"message", "description"}, {"description_id", number}};
  steps.push_back(
      {.connection = "main", .action = Expect{.mode = Expect::Mode::kAll, .patterns = {answer}}});
  out.script = script_of(std::move(steps));
  return out;
}

std::vector<TestCase> cases_of(std::size_t count) {
  std::vector<TestCase> cases;
  for (std::size_t i = 0; i < count; ++i) {
    cases.push_back(case_of("test/" + std::to_string(i), static_cast<std::uint16_t>(i + 1)));
  }
  return cases;
}

std::vector<const TestCase*> pointers_to(const std::vector<TestCase>& cases) {
  std::vector<const TestCase*> out;
  for (const TestCase& one : cases) out.push_back(&one);
  return out;
}

// A result and the cases that it points to.
struct Ran : RunResult {
  std::vector<TestCase> kept;
};

// On a server in memory, in virtual time.
Ran run(std::vector<TestCase> cases, RunOptions options, ServerScript script,
        Progress progress = {}) {
  Ran ran{{}, std::move(cases)};
  RunResult& result = ran;
  result = run_with_script(std::move(script), [&](OpenWire open, std::shared_ptr<Clock> clock) {
    options.access.open_wire = std::move(open);
    options.access.clock = clock;
    return run_cases(pointers_to(ran.kept), options, std::move(progress));
  });
  return ran;
}

RunOptions one_by_one() {
  RunOptions options;
  options.jobs = 1;
  options.access.timeout = 10s;
  return options;
}

Acts right(std::size_t, const std::string& payload) { return right_answers(payload); }

TEST(RunnerTest, RightServersPass) {
  const std::vector<TestCase> cases = cases_of(20);
  std::vector<std::size_t> steps;
  const Ran result = run(cases, RunOptions{}, right, [&](std::size_t done, std::size_t all) {
    EXPECT_EQ(all, 20U);
    steps.push_back(done);
  });
  ASSERT_EQ(result.cases.size(), 20U);
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_EQ(result.cases[i].test_case->id, cases[i].id) << "in the order of the choice";
    EXPECT_EQ(result.cases[i].verdict(), VerdictKind::kPass) << result.cases[i].reason();
    EXPECT_TRUE(result.cases[i].log.entries().empty());
    EXPECT_EQ(steps.at(i), i + 1);
  }
  EXPECT_EQ(result.stopped, "");
  EXPECT_TRUE(result.under_way.empty());
  EXPECT_FALSE(result.lost);
  EXPECT_GT(result.seconds, 0);
}

TEST(RunnerTest, LogsAreKeptWhereTheyAreAskedFor) {
  RunOptions options = one_by_one();
  options.keep_logs = true;
  EXPECT_FALSE(run(cases_of(1), options, right).cases[0].log.entries().empty());
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
  const Ran result = run(cases, one_by_one(), count);
  EXPECT_EQ(result.cases[0].not_applicable, "");
  EXPECT_EQ(result.cases[1].not_applicable, "not in revision 2020-01");
  EXPECT_EQ(result.cases[1].reason(), "not applicable: not in revision 2020-01");
  EXPECT_EQ(result.cases[2].not_applicable, "needs the test API: echo");
  EXPECT_EQ(result.summary().not_applicable, 2U);
  EXPECT_EQ(result.summary().pass, 2U);
  EXPECT_EQ(connections, 2U);
  RunOptions with_echo = one_by_one();
  with_echo.offered = {"verb:echo"};
  EXPECT_EQ(run(cases, with_echo, right).cases[2].not_applicable, "");
}

TEST(RunnerTest, NothingToRunEnds) {
  EXPECT_TRUE(run({}, RunOptions{}, right).cases.empty());
  std::vector<TestCase> cases = cases_of(1);
  cases[0].requirements = {"verb:echo"};
  const Ran result = run(cases, RunOptions{}, right);
  EXPECT_EQ(result.cases[0].verdict(), VerdictKind::kNone);
  EXPECT_EQ(exit_status(result, false), ExitStatus::kUsage);
}

// ---- Repeats

TEST(RunnerTest, RepeatsAreCounted) {
  RunOptions options = one_by_one();
  options.repeat = 5;
  const Ran result = run(cases_of(2), options, right);
  for (const CaseResult& one : result.cases) {
    EXPECT_THAT(one.counts, ElementsAre(0, 5, 0, 0, 0));
    EXPECT_FALSE(one.flaky());
  }
}

TEST(RunnerTest, PassAndFailInTurnsIsFlaky) {
  RunOptions options = one_by_one();
  options.repeat = 4;
  const auto alternate = [](std::size_t connection, const std::string& payload) {
    const bool wrong = connection % 2 == 1 && payload.starts_with("44");
    return wrong ? Acts{"650100"} : right_answers(payload);
  };
  const Ran result = run(cases_of(1), options, alternate);
  const CaseResult& one = result.cases[0];
  EXPECT_THAT(one.counts, ElementsAre(0, 2, 0, 2, 0));
  EXPECT_TRUE(one.flaky());
  EXPECT_EQ(one.verdict(), VerdictKind::kInconc);
  EXPECT_EQ(one.reason(),
            "flaky: fail in 2 of 4 runs: an expected message did not come: a message came");
  EXPECT_EQ(one.outcome.verdict.kind(), VerdictKind::kFail) << "the worst run is shown";
  EXPECT_FALSE(one.log.entries().empty());
  EXPECT_EQ(exit_status(result, true), ExitStatus::kInconclusive);
}

TEST(RunnerTest, FailingAlwaysIsNotFlaky) {
  RunOptions options = one_by_one();
  options.repeat = 3;
  const Ran result = run(cases_of(1), options, [](std::size_t, const std::string& payload) {
    return payload.starts_with("44") ? Acts{"650100"} : right_answers(payload);
  });
  EXPECT_THAT(result.cases[0].counts, ElementsAre(0, 0, 0, 3, 0));
  EXPECT_EQ(result.cases[0].verdict(), VerdictKind::kFail);
  EXPECT_EQ(exit_status(result, false), ExitStatus::kFailed);
}

// ---- Order

// The ids of the DESCRIBEs in the order in which they came.
std::string order_of(std::uint64_t seed, std::size_t repeat = 1) {
  std::string order;
  RunOptions options = one_by_one();
  options.seed = seed;
  options.repeat = repeat;
  const Ran result = run(cases_of(12), options, [&](std::size_t, const std::string& payload) {
    if (payload.starts_with("44")) order += payload.substr(2, 2);
    return right_answers(payload);
  });
  for (std::size_t i = 0; i < result.cases.size(); ++i) {
    EXPECT_EQ(result.cases[i].test_case->id, "test/" + std::to_string(i));
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

TEST(RunnerTest, SoManyCasesAtOnceAsJobs) {
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
  const Ran result = run(cases_of(9), options, script);
  EXPECT_EQ(result.summary().pass, 9U);
  EXPECT_EQ(connections, 9U) << "a connection for each case";
  EXPECT_LE(answered_with, 3U);
}

// ---- Early ends

TEST(RunnerTest, StopsWhenTheServerIsGone) {
  const auto leave = [](std::size_t connection, const std::string& payload) -> Acts {
    if (connection == 2 && payload.empty()) return {"stop listening"};
    return right_answers(payload);
  };
  const Ran result = run(cases_of(8), one_by_one(), leave);
  EXPECT_TRUE(result.lost);
  EXPECT_EQ(result.stopped, "the implementation under test accepts no connection any more");
  EXPECT_THAT(result.under_way, ElementsAre("test/3"));
  const Summary sum = result.summary();
  EXPECT_EQ(sum.pass, 3U);
  EXPECT_EQ(sum.inconc, 5U);
  EXPECT_EQ(result.cases[3].outcome.fate, Fate::kUnreachable);
  EXPECT_THAT(result.cases[7].reason(), HasSubstr("not run: the implementation under test"));
  EXPECT_EQ(exit_status(result, false), ExitStatus::kUnreachable);
}

TEST(RunnerTest, SaysWhatWasUnderWayWhenTheServerWent) {
  RunOptions options;
  options.jobs = 4;
  options.access.timeout = 10s;
  const auto leave = [](std::size_t, const std::string& payload) -> Acts {
    return payload.empty() ? Acts{"stop listening", "close"} : right_answers(payload);
  };
  const Ran result = run(cases_of(12), options, leave);
  EXPECT_TRUE(result.lost);
  EXPECT_GE(result.under_way.size(), 1U);
  EXPECT_LE(result.under_way.size(), 4U);
}

TEST(RunnerTest, StopsWhenTheServerAnswersNothingAnyMore) {
  RunOptions options = one_by_one();
  const Ran result =
      run(cases_of(20), options, [](std::size_t, const std::string&) { return Acts{}; });
  EXPECT_FALSE(result.lost);
  EXPECT_EQ(result.stopped,
            "the implementation under test answered nothing on 8 connections in a row");
  EXPECT_EQ(result.summary().fail, 8U);
  EXPECT_EQ(result.summary().inconc, 12U);
  EXPECT_EQ(exit_status(result, false), ExitStatus::kFailed);
}

TEST(RunnerTest, AServerThatHangsAfterAllHadPassedWasNotKeptAlive) {
  RunOptions options = one_by_one();
  options.repeat = 3;
  const auto hang = [](std::size_t connection, const std::string& payload) {
    return connection < 10 ? right_answers(payload) : Acts{};
  };
  const Ran result = run(cases_of(10), options, hang);
  EXPECT_THAT(result.stopped, HasSubstr("answered nothing on 8 connections in a row"));
  EXPECT_EQ(result.summary().fail, 0U) << "all that failed are flaky";
  EXPECT_EQ(result.summary().inconc, 8U);
  EXPECT_EQ(exit_status(result, false), ExitStatus::kUnreachable);
}

TEST(RunnerTest, UnderManyJobsItTakesAsManySilentConnections) {
  RunOptions options;
  options.jobs = 12;
  const Ran result =
      run(cases_of(40), options, [](std::size_t, const std::string&) { return Acts{}; });
  EXPECT_THAT(result.stopped, HasSubstr("on 12 connections in a row"));
  EXPECT_FALSE(result.under_way.empty() && result.summary().fail == 40U);
}

TEST(RunnerTest, SilenceNowAndThenDoesNotStop) {
  RunOptions options = one_by_one();
  const auto script = [](std::size_t connection, const std::string& payload) {
    return connection % 4 == 3 ? right_answers(payload) : Acts{};
  };
  const Ran result = run(cases_of(16), options, script);
  EXPECT_EQ(result.stopped, "");
  EXPECT_EQ(result.summary().pass, 4U);
}

}  // namespace
}  // namespace wsapi
