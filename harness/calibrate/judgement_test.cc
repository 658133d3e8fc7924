// SPDX-License-Identifier: Apache-2.0

#include "harness/calibrate/judgement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "harness/calibrate/calibration.h"
#include "harness/peers/builtin.h"
#include "harness/peers/deviations/defects.h"

namespace wsapi {
namespace {

Subject defect(std::string_view name) {
  const Deviation* const one = find_deviation(defects(), name);
  return {SubjectKind::kDefect, std::string(name), kReferenceRevision, one};
}

ReportedCase case_of(std::string clause, std::string disposition) {
  return {"server/x", std::move(clause), "must", std::move(disposition), "why"};
}

TEST(Judgement, ADefectIsKilledByACaseOfItsOwnRuleAlone) {
  SuiteReport report;
  report.cases = {case_of("calls-one-reply", "passed"), case_of("events-push", "failed")};
  const Judgement survives = judge(defect("reply-twice"), &report, 1);
  EXPECT_FALSE(survives.is_right);
  EXPECT_EQ(survives.why, "no case of its rule fails");
  report.cases.push_back(case_of("calls-one-reply", "should-failed"));
  const Judgement killed = judge(defect("reply-twice"), &report, 1);
  EXPECT_TRUE(killed.is_right);
  EXPECT_EQ(killed.own_failed, 1U);
}

TEST(Judgement, WhereFindingsAreToldOneMustNameTheRule) {
  SuiteReport report;
  report.cases = {case_of("calls-one-reply", "failed")};
  report.findings.emplace(1, ReportedFinding{"events-push", "another"});
  EXPECT_FALSE(judge(defect("reply-twice"), &report, 1).is_right);
  report.findings->push_back({"calls-one-reply", "the right one"});
  EXPECT_TRUE(judge(defect("reply-twice"), &report, 1).is_right);
}

TEST(Judgement, AVariantMayFailNoCaseOfAnyLevel) {
  SuiteReport report;
  report.cases = {case_of("events-push", "passed"), case_of("events-push", "not-applicable")};
  const Subject variant{SubjectKind::kVariant, "any"};
  EXPECT_TRUE(judge(variant, &report, 0).is_right);
  report.cases.push_back(case_of("events-push", "should-failed"));
  EXPECT_FALSE(judge(variant, &report, 0).is_right);
}

TEST(Judgement, ANullPeerMayPassNothing) {
  SuiteReport report;
  report.cases = {case_of("events-push", "failed")};
  const Subject peer{SubjectKind::kNullPeer, "silent"};
  EXPECT_TRUE(judge(peer, &report, 1).is_right);
  report.cases.push_back(case_of("events-push", "passed"));
  EXPECT_FALSE(judge(peer, &report, 1).is_right);
}

TEST(Judgement, ARunWithoutReportIsWrong) {
  EXPECT_FALSE(judge(defect("reply-twice"), nullptr, 5).is_right);
  EXPECT_EQ(judge(defect("reply-twice"), nullptr, 4).why, "no case is about its rule");
}

TEST(Totals, FindingsMustBeFewForNinetyPercent) {
  std::vector<Judgement> judgements(10);
  for (Judgement& one : judgements) {
    one.subject.kind = SubjectKind::kDefect;
    one.is_right = true;
    one.own_failed = 1;
    one.findings = 1;
  }
  judgements[0].findings = 3;
  EXPECT_TRUE(is_calibrated(totals_of(judgements)));
  judgements[1].findings = 3;
  EXPECT_FALSE(is_calibrated(totals_of(judgements)));
  judgements[1].findings = 2;
  judgements[2].is_right = false;
  EXPECT_FALSE(is_calibrated(totals_of(judgements)));
}

TEST(SuiteReport, IsReadWithoutItsLogs) {
  std::istringstream in(R"({"format":"wsapi-conform-report","version":2,
    "stopped":{"reason":"gone"},
    "cases":[{"id":"a","clause":"c","level":"must","disposition":"failed","reason":"r",
              "log":[{"note":"n"}]}]})");
  const auto report = read_suite_report(in);
  ASSERT_TRUE(report.has_value());
  ASSERT_EQ(report->cases.size(), 1U);
  EXPECT_EQ(report->cases[0].clause, "c");
  EXPECT_EQ(report->stopped, "gone");
  EXPECT_FALSE(report->findings.has_value());
  std::istringstream other("{}");
  EXPECT_FALSE(read_suite_report(other).has_value());
}

TEST(Subjects, HaveCommandsThatServeThem) {
  const CalibrationOptions options{.program = "/p", .rules = {}};
  const auto harmful = subjects(std::nullopt, "crash-on-long-verb");
  ASSERT_EQ(harmful.size(), 1U);
  const auto command = command_of(harmful[0], options);
  EXPECT_NE(std::ranges::find(command,
                              "/p serve {address} --defect crash-on-long-verb --revision "
                              "2020-01"),
            command.end());
  EXPECT_EQ(subjects(std::nullopt, "reference").size(), 1U);
  EXPECT_TRUE(subjects(Revision::kLegacy, "offer-not-answered").empty());
}

TEST(Subjects, DefectsAreTriedByTheCasesOfTheirRulesThatThereAre) {
  const CalibrationOptions options{.program = "/p", .rules = {"frames-limit", "other"}};
  const auto command = command_of(subjects(std::nullopt, "violation-not-ended")[0], options);
  EXPECT_EQ(std::ranges::count(command, "--clause"), 1);
  EXPECT_EQ(command.back(), "frames-limit");
}

TEST(Subjects, SomeAreTriedByTheCasesThatTheirRowNames) {
  CalibrationOptions options{.program = "/p", .rules = {"classes-no-harm"}};
  const Subject leak = subjects(std::nullopt, "leak-per-call")[0];
  auto command = command_of(leak, options);
  EXPECT_EQ(std::ranges::count(command, "--clause"), 0);
  EXPECT_EQ(command.back(), "server/resources/memory-*");
  options.whole = true;
  command = command_of(leak, options);
  EXPECT_EQ(std::ranges::count(command, "--select"), 0);
}

TEST(Subjects, VariantsAreTriedWithAllThatIsWrittenByHand) {
  CalibrationOptions options{.program = "/p", .rules = {}};
  const Subject variant = subjects(std::nullopt, "close-always-1000")[0];
  EXPECT_EQ(std::ranges::count(command_of(variant, options), "*~*"), 1);
  options.whole = true;
  EXPECT_EQ(std::ranges::count(command_of(variant, options), "--exclude"), 0);
}

TEST(Matches, KnowsStars) {
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("a*c", "abbc"));
  EXPECT_FALSE(matches("a*c", "abbd"));
  EXPECT_TRUE(matches("abc", "abc"));
  EXPECT_FALSE(matches("abc", "abcd"));
}

}  // namespace
}  // namespace wsapi
