// SPDX-License-Identifier: Apache-2.0

#include "harness/result/finding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/result/finding_key.h"

namespace wsapi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

CaseRecord failure(std::string id, Reason reason, std::string clause = "calls-one-reply") {
  CaseRecord out;
  out.test.id = std::move(id);
  out.test.clause = std::move(clause);
  out.test.purpose = "Purpose of " + out.test.id;
  out.state = CaseState::kRun;
  out.verdict = VerdictKind::kFail;
  out.runs[static_cast<std::size_t>(VerdictKind::kFail)] = 1;
  out.reason = std::move(reason);
  return out;
}

Reason silence(const std::string& sent, const std::string& came) {
  return {ReasonCode::kSilenceRequired, {{"sent", sent}, {"came", came}}};
}

Reason expected(const std::string& required, const std::string& sent, const std::string& came) {
  return {ReasonCode::kExpectedMessageMissing,
          {{"required", required}, {"sent", sent}, {"came", came}}};
}

RunRecords records_of(std::vector<CaseRecord> cases) {
  RunRecords out;
  out.cases = std::move(cases);
  return out;
}

TEST(FindingTest, NumbersAndWordsInParenthesesTellNoFaultsApart) {
  EXPECT_EQ(finding_key(failure("a", silence("CALL 1 (malformed: truncated at 3)", "REPLY 1"))),
            finding_key(failure("b", silence("CALL 77 (malformed: no NUL)", "REPLY 77"))));
  EXPECT_NE(finding_key(failure("a", silence("CALL 1", "REPLY 1"))),
            finding_key(failure("b", silence("DESCRIBE 1", "DESCRIPTION 1"))));
}

TEST(FindingTest, AFieldThatIsWrongIsOneFaultInWhateverRule) {
  CaseRecord one = failure("a", expected("REPLY 1", "CALL 1 \"whoami\"", "REPLY 1"));
  one.differences = {{"/data#/session", "\"a\"", "\"b\""}};
  CaseRecord other =
      failure("b", expected("REPLY 2", "CALL 2 \"whoami\"", "REPLY 2"), "sessions-remove");
  other.differences = {{"/data#/session", "\"c\"", "null"}};
  EXPECT_EQ(finding_key(one), finding_key(other));
  other.differences = {{"/data#/token", "\"c\"", "null"}};
  EXPECT_NE(finding_key(one), finding_key(other));
}

TEST(FindingTest, WhatKnownPeersDoIsAFindingOfItsOwn) {
  CaseRecord should = failure("a", silence("CALL 1", "REPLY 1"));
  should.test.level = Level::kShould;
  EXPECT_NE(finding_key(should), finding_key(failure("b", silence("CALL 1", "REPLY 1"))));
}

TEST(FindingTest, TheSmallestCaseThatWasWrittenByHandIsTheExample) {
  const Reason why = silence("CALL 1", "REPLY 1");
  std::vector<CaseRecord> cases{failure("x~cut@1", why), failure("large", why),
                                failure("small", why)};
  const auto sends = [](CaseRecord& record, std::size_t size) {
    record.log.push_back(
        {.connection = "main", .direction = '>', .size = size, .head = {}, .note = {}});
  };
  sends(cases[0], 1);
  sends(cases[1], 100);
  sends(cases[2], 10);
  const std::vector<Finding> findings = findings_of(records_of(cases));
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_THAT(findings[0].cases, ElementsAre(2, 1, 0));
  EXPECT_EQ(findings[0].title, "Purpose of small");
}

TEST(FindingTest, FaultsComeFirstAndShouldLast) {
  CaseRecord crash = failure("crash", {ReasonCode::kFaultReported, {{"fault", "SIGSEGV"}}});
  crash.faults = {{FaultKind::kSignal, "SIGSEGV", ""}};
  CaseRecord should = failure("should", silence("CALL 1", "REPLY 1"));
  should.test.level = Level::kShould;
  CaseRecord must = failure("must", silence("CALL 1", "REPLY 1"));
  const std::vector<Finding> findings = findings_of(records_of({should, must, crash}));
  ASSERT_THAT(findings, SizeIs(3));
  EXPECT_EQ(findings[0].kind, FindingKind::kFault);
  EXPECT_EQ(findings[0].title, "the process crashes: SIGSEGV");
  EXPECT_EQ(findings[2].level, Level::kShould);
}

TEST(FindingTest, WhatWasLeftOutBelongsToTheCaseThatIsNamed) {
  CaseRecord skipped = failure("later", {});
  skipped.state = CaseState::kNotRun;
  skipped.reason = {ReasonCode::kEnoughOfItsKind, {{"count", "10"}, {"case", "first"}}};
  const std::vector<Finding> findings =
      findings_of(records_of({failure("first", silence("CALL 1", "REPLY 1")), skipped}));
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].left_out, 1U);
}

TEST(FindingTest, ContradictionsAndIncidentsAreFindings) {
  RunRecords records = records_of({failure("a", {})});
  records.cases[0].verdict = VerdictKind::kPass;
  records.header.contradictions = {
      {ReasonCode::kRevisionContradiction, {{"seen", "one thing"}, {"rest", "another"}}}};
  records.end.incidents = {{.faults = {{FaultKind::kExit, "exit status 3", ""}},
                            .cases = {"a"},
                            .victims = {},
                            .is_reproduced = false}};
  const std::vector<Finding> findings = findings_of(records);
  ASSERT_THAT(findings, SizeIs(2));
  EXPECT_EQ(findings[0].kind, FindingKind::kIncident);
  EXPECT_EQ(findings[1].title, "one thing, but another");
}

TEST(FindingTest, PassesAreNone) {
  CaseRecord pass = failure("a", {});
  pass.verdict = VerdictKind::kPass;
  EXPECT_THAT(findings_of(records_of({pass})), IsEmpty());
}

}  // namespace
}  // namespace wsapi
