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
using testing::UnorderedElementsAre;

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

CaseRecord crash(std::string id, const std::vector<std::string>& sent) {
  CaseRecord out = failure(std::move(id), {ReasonCode::kFaultReported, {{"fault", "SIGSEGV"}}});
  out.faults = {{FaultKind::kSignal, "SIGSEGV", ""}};
  for (const std::string& note : sent) {
    out.log.push_back(
        {.connection = "main", .direction = '>', .size = 3, .head = {}, .note = note});
  }
  return out;
}

TEST(FindingTest, MuteCrashesAreToldApartByTheKindOfMessageThatTheyShare) {
  std::vector<CaseRecord> cases{
      crash("0", {"VERSION OFFER", "TOKEN CREATE", "TOKEN REMOVE", "CALL"}),
      crash("1", {"VERSION OFFER", "CALL"}),
      crash("2", {"VERSION OFFER", "TOKEN REMOVE", "CALL"}),
      crash("3", {"VERSION OFFER", "octets of the stream", "CALL"}),
      crash("4", {"VERSION OFFER", "DESCRIBE", "CALL"}),
      crash("5", {"VERSION OFFER", "CALL"}),
  };
  cases[5].log_left_out = 7;
  const std::vector<Finding> findings = findings_of(records_of(cases));
  ASSERT_THAT(findings, SizeIs(3));
  EXPECT_THAT(findings[0].cases, UnorderedElementsAre(0, 2, 3, 5)) << "unknown: the largest part";
  EXPECT_THAT(findings[1].cases, ElementsAre(1));
  EXPECT_THAT(findings[2].cases, ElementsAre(4));
  EXPECT_EQ(findings[0].clause, "classes-no-harm");
}

TEST(FindingTest, ACrashWithALineThatSaysWhereIsOneFinding) {
  std::vector<CaseRecord> cases{crash("0", {"TOKEN REMOVE"}), crash("1", {"DESCRIBE"})};
  for (CaseRecord& one : cases) one.faults[0].title = "SIGABRT: assertion x failed in y";
  EXPECT_THAT(findings_of(records_of(cases)), SizeIs(1));
}

TEST(FindingTest, SignsOfOneRuleAreOneFinding) {
  const std::string rule = "unknown-direction";
  const Reason answered = silence("EVENT PUSH 3 (of the other direction)", "EVENT REMOVE 3");
  const Reason instead = expected("REPLY 1", "CALL 1", "EVENT REMOVE 3");
  EXPECT_THAT(findings_of(records_of({failure("a", answered, rule), failure("b", instead, rule)})),
              SizeIs(1));
  EXPECT_THAT(
      findings_of(records_of({failure("a", answered, rule), failure("b", instead, "calls-ids")})),
      SizeIs(2));
  const Reason nothing = expected("REPLY 1", "CALL 1", "nothing");
  EXPECT_THAT(findings_of(records_of({failure("a", answered, rule), failure("b", nothing, rule)})),
              SizeIs(2));
}

TEST(FindingTest, HowMalformedMessagesAreReadIsAFaultOfEachKind) {
  const std::string rule = "classes-truncated";
  const Reason call = silence("CALL 1 (malformed: truncated)", "REPLY 1");
  const Reason describe = silence("DESCRIBE 1 (malformed: truncated)", "DESCRIPTION 1");
  EXPECT_THAT(findings_of(records_of({failure("a", call, rule), failure("b", describe, rule)})),
              SizeIs(2));
}

TEST(FindingTest, InterferenceOfOneSectionIsOneFinding) {
  RunRecords records = records_of({failure("a", {}, "frames-text"), failure("b", {}, "frames-rsv"),
                                   failure("v", {}, "calls-one-reply")});
  for (CaseRecord& one : records.cases) one.verdict = VerdictKind::kPass;
  for (const char* const culprit : {"a", "b"}) {
    records.end.incidents.push_back(
        {.faults = {}, .cases = {culprit}, .victims = {"v"}, .is_reproduced = true});
  }
  const std::vector<Finding> findings = findings_of(records);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].kind, FindingKind::kInterference);
  EXPECT_THAT(findings[0].cases, ElementsAre(0, 1));
  EXPECT_THAT(findings[0].victims, ElementsAre("v"));
}

TEST(FindingTest, HexadecimalNumbersTellNoFaultsApart) {
  EXPECT_EQ(finding_key(failure("a", silence("unknown operation 0x0c", "REPLY 1"))),
            finding_key(failure("b", silence("unknown operation 0xff", "REPLY 1"))));
}

TEST(FindingTest, PassesAreNone) {
  CaseRecord pass = failure("a", {});
  pass.verdict = VerdictKind::kPass;
  EXPECT_THAT(findings_of(records_of({pass})), IsEmpty());
}

}  // namespace
}  // namespace wsapi
