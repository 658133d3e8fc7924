// SPDX-License-Identifier: Apache-2.0

// Cases that fail in company are run again alone, and nobody innocent is blamed.

#include "harness/run/confirmation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include "harness/result/finding.h"
#include "harness/result/records_json.h"
#include "harness/run/runner_test_tools.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

RunOptions many_at_once() {
  RunOptions options;
  options.jobs = 4;
  options.access.timeout = 10s;
  options.access.confirm_timeout = 20s;
  return options;
}

bool asks(const std::string& payload, const char* id) { return payload.starts_with(id); }

TEST(ConfirmationTest, WhatFailsAloneTooIsConfirmed) {
  const auto wrong = [](std::size_t, const std::string& payload) {
    return asks(payload, "4403") ? Acts{"650100"} : right_answers(payload);
  };
  const RunRecords result = run(cases_of(8), many_at_once(), wrong);
  EXPECT_EQ(count_of(result, Disposition::kPassed), 7U);
  const CaseRecord& record = result.cases[2];
  EXPECT_EQ(disposition_of(record), Disposition::kFailed);
  EXPECT_EQ(record.confirmation, Confirmation::kConfirmed);
  EXPECT_EQ(record.alone_runs, 1U);
  EXPECT_EQ(record.alone_passes, 0U);
  EXPECT_THAT(record.runs, ElementsAre(0, 0, 0, 1, 0));
  EXPECT_EQ(exit_status(result), ExitStatus::kFailed);
}

TEST(ConfirmationTest, NobodyIsAskedTwiceWithoutConfirmation) {
  RunOptions options = many_at_once();
  options.confirm = false;
  std::size_t asked = 0;
  const RunRecords result = run(cases_of(8), options, [&](std::size_t, const std::string& payload) {
    if (!asks(payload, "4403")) return right_answers(payload);
    ++asked;
    return Acts{"650100"};
  });
  EXPECT_EQ(asked, 1U);
  EXPECT_EQ(result.cases[2].confirmation, Confirmation::kNone);
  EXPECT_EQ(disposition_of(result.cases[2]), Disposition::kFailed);
}

TEST(ConfirmationTest, AfterEnoughSlowFailuresOfAFindingTheOthersAreLeftOut) {
  const auto silent_at_last = [](std::size_t, const std::string& payload) {
    const bool is_late_one = payload >= "4403" && payload < "440a";
    return is_late_one ? Acts{} : right_answers(payload);
  };
  for (const std::size_t jobs : {1U, 4U, 64U}) {
    RunOptions options = many_at_once();
    options.jobs = jobs;
    options.max_per_finding = 3;
    const RunRecords result = run(cases_of(9), options, silent_at_last);
    EXPECT_EQ(count_of(result, Disposition::kPassed), 2U);
    EXPECT_EQ(count_of(result, Disposition::kFailed), 3U);
    EXPECT_EQ(count_of(result, Disposition::kNotRun), 4U);
    const CaseRecord& left_out = result.cases[5];
    EXPECT_EQ(left_out.reason.code, ReasonCode::kEnoughOfItsKind);
    EXPECT_EQ(left_out.reason.parts.at("case"), "test/2");
    const std::vector<Finding> findings = findings_of(result);
    ASSERT_THAT(findings, SizeIs(1));
    EXPECT_EQ(findings[0].left_out, 4U);
    EXPECT_EQ(exit_status(result), ExitStatus::kFailed);
  }
}

TEST(ConfirmationTest, WhatFailsNowAndThenIsUnstable) {
  std::size_t asked = 0;
  const auto now_and_then = [&](std::size_t, const std::string& payload) {
    if (!asks(payload, "4403")) return right_answers(payload);
    return ++asked == 2 ? right_answers(payload) : Acts{"650100"};
  };
  const RunRecords result = run(cases_of(8), many_at_once(), now_and_then);
  const CaseRecord& record = result.cases[2];
  EXPECT_EQ(record.confirmation, Confirmation::kUnstable);
  EXPECT_EQ(record.alone_runs, 3U);
  EXPECT_EQ(record.alone_passes, 1U);
  EXPECT_EQ(disposition_of(record), Disposition::kInconclusive);
  EXPECT_EQ(exit_status(result), ExitStatus::kInconclusive);
}

// The first answer to case 4 after case 1 has run is wrong.
class Disturbed {
 public:
  Acts operator()(std::size_t, const std::string& payload) {
    if (asks(payload, "4401")) is_disturbed_ = true;
    if (asks(payload, "4404") && std::exchange(is_disturbed_, false)) return {"650100"};
    return right_answers(payload);
  }

 private:
  bool is_disturbed_ = false;
};

TEST(ConfirmationTest, WhoMakesOthersFailIsFound) {
  const RunRecords result = run(cases_of(4), many_at_once(), Disturbed{});
  EXPECT_EQ(count_of(result, Disposition::kPassed), 4U) << "nobody fails alone";
  const CaseRecord& victim = result.cases[3];
  EXPECT_EQ(victim.confirmation, Confirmation::kCleared);
  EXPECT_THAT(victim.company, ElementsAre("test/0"));
  ASSERT_THAT(result.end.incidents, SizeIs(1));
  EXPECT_THAT(result.end.incidents[0].cases, ElementsAre("test/0"));
  EXPECT_THAT(result.end.incidents[0].victims, ElementsAre("test/3"));
  EXPECT_TRUE(result.end.incidents[0].is_reproduced);
  EXPECT_EQ(exit_status(result), ExitStatus::kFailed);
  const std::vector<Finding> findings = findings_of(result);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].kind, FindingKind::kInterference);
}

TEST(ConfirmationTest, ASingleTimeLimitThatPassesSaysNothing) {
  std::size_t asked = 0;
  const RunRecords result =
      run(cases_of(8), many_at_once(), [&](std::size_t, const std::string& payload) {
        if (!asks(payload, "4403") || ++asked > 1) return right_answers(payload);
        return Acts{};
      });
  EXPECT_EQ(result.cases[2].confirmation, Confirmation::kCleared);
  EXPECT_THAT(result.end.incidents, IsEmpty());
  EXPECT_EQ(exit_status(result), ExitStatus::kOk);
}

TEST(ConfirmationTest, WhatIsOnlyLateInCompanyHarmsNobody) {
  std::size_t asked = 0;
  const RunRecords result =
      run(cases_of(4), many_at_once(), [&](std::size_t, const std::string& payload) {
        Acts answer = right_answers(payload);
        // Late in company: the first time, and after the three runs alone.
        if (asks(payload, "4403") && (++asked == 1 || asked > 4)) {
          answer.insert(answer.begin(), "wait 15");
        }
        return answer;
      });
  EXPECT_GT(asked, 4U) << "company is looked for";
  EXPECT_EQ(result.cases[2].confirmation, Confirmation::kCleared);
  EXPECT_THAT(result.end.incidents, IsEmpty());
  EXPECT_EQ(exit_status(result), ExitStatus::kOk);
}

TEST(ConfirmationTest, TheVerdictsAreTheSameHoweverManyRunAtOnce) {
  const auto wrong = [](std::size_t, const std::string& payload) {
    const bool is_wrong = asks(payload, "4403") || asks(payload, "440a") || asks(payload, "4411");
    return is_wrong ? Acts{"650100"} : right_answers(payload);
  };
  std::set<std::vector<Disposition>> seen;
  for (const std::size_t jobs : {1U, 16U, 64U}) {
    RunOptions options = many_at_once();
    options.jobs = jobs;
    std::vector<Disposition> dispositions;
    for (const CaseRecord& record : run(cases_of(40), options, wrong).cases) {
      dispositions.push_back(disposition_of(record));
    }
    seen.insert(dispositions);
  }
  EXPECT_THAT(seen, SizeIs(1));
}

TEST(ConfirmationTest, RecordsOfEachKindCanBeReadBack) {
  std::size_t asked = 0;
  const auto now_and_then = [&](std::size_t, const std::string& payload) {
    if (asks(payload, "4405")) return Acts{"650100"};
    if (!asks(payload, "4403")) return right_answers(payload);
    return ++asked == 2 ? right_answers(payload) : Acts{"650100"};
  };
  std::stringstream lines;
  RecordsWriter writer(lines);
  const RunRecords result = run(cases_of(8), many_at_once(), now_and_then, &writer);
  RunRecords read;
  RecordsError error;
  ASSERT_TRUE(read_records(lines, read, error)) << error.line << ": " << error.message;
  EXPECT_EQ(read, result);
}

// ---- Features

TEST(ConfirmationTest, WhatUsesAFeatureThatFailsIsBlocked) {
  std::vector<TestCase> cases = cases_of(4);
  cases[3].basic = "describe";
  std::size_t describes = 0;
  const RunRecords result =
      run(cases, many_at_once(), [&](std::size_t, const std::string& payload) {
        if (!asks(payload, "44")) return right_answers(payload);
        ++describes;
        return Acts{"650100"};
      });
  EXPECT_EQ(describes, 2U) << "the basic case, and once more";
  EXPECT_EQ(count_of(result, Disposition::kBlocked), 3U);
  EXPECT_EQ(disposition_of(result.cases[3]), Disposition::kFailed);
  EXPECT_EQ(result.cases[0].reason.code, ReasonCode::kBlockedByFeature);
  const std::vector<Finding> findings = findings_of(result);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].kind, FindingKind::kFeature);
  EXPECT_EQ(findings[0].feature, "describe");
  EXPECT_EQ(findings[0].blocked, 3U);
  EXPECT_EQ(exit_status(result), ExitStatus::kFailed);
}

TEST(ConfirmationTest, WhatMustBeAloneRunsLastAndAlone) {
  std::vector<TestCase> cases = cases_of(6);
  cases[1].alone = true;
  Events events;
  RunOptions options = many_at_once();
  run(cases, options, right, &events);
  const std::vector<std::string>& said = events.said();
  ASSERT_GE(said.size(), 4U);
  EXPECT_THAT(std::vector(said.end() - 4, said.end()),
              ElementsAre("begins test/1", "6 of 6", "ends test/1: passed", "run ends"));
}

}  // namespace
}  // namespace wsapi
