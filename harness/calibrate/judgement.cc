// SPDX-License-Identifier: Apache-2.0

#include "harness/calibrate/judgement.h"

#include <algorithm>

namespace wsapi {
namespace {

constexpr std::size_t kMaxExamples = 5;

// Not a pass, and not left out.
bool has_failed(const ReportedCase& one) {
  return one.disposition == "failed" || one.disposition == "should-failed" ||
         one.disposition == "inconclusive" || one.disposition == "error";
}

bool has_passed(const ReportedCase& one) { return one.disposition == "passed"; }

void add_example(Judgement& judgement, const ReportedCase& one) {
  if (judgement.examples.size() < kMaxExamples) {
    judgement.examples.push_back(one.id + ": " + one.disposition + ": " + one.reason);
  }
}

void judge_right_one(Judgement& judgement, const SuiteReport& report) {
  for (const ReportedCase& one : report.cases) {
    if (has_failed(one)) add_example(judgement, one);
  }
  if (judgement.failed > 0) judgement.why = "false alarms";
  if (judgement.passed == 0) judgement.why = "nothing passed";
  if (!report.stopped.empty()) judgement.why = "the run stopped: " + report.stopped;
}

void judge_null_peer(Judgement& judgement, const SuiteReport& report) {
  for (const ReportedCase& one : report.cases) {
    if (!has_passed(one) || may_pass(judgement.subject.name, one.id, one.clause)) continue;
    judgement.why = "cases passed that a null peer must fail";
    add_example(judgement, one);
  }
  if (judgement.failed == 0 && report.stopped.empty()) judgement.why = "nothing failed";
}

void judge_defect(Judgement& judgement, const SuiteReport& report) {
  const std::vector<std::string> rules = rules_of(*judgement.subject.deviation);
  for (const ReportedCase& one : report.cases) {
    if (!has_failed(one)) continue;
    const bool is_own = std::ranges::find(rules, one.clause) != rules.end();
    judgement.own_failed += is_own ? 1 : 0;
    add_example(judgement, one);
  }
  if (judgement.own_failed == 0) {
    judgement.why = judgement.failed == 0 ? "no case fails" : "no case of its rule fails";
    if (!report.stopped.empty()) judgement.why += "; the run stopped: " + report.stopped;
  }
  if (!report.findings) return;
  judgement.findings = report.findings->size();
  const bool is_named = std::ranges::any_of(*report.findings, [&](const ReportedFinding& one) {
    return std::ranges::find(rules, one.rule) != rules.end();
  });
  if (judgement.why.empty() && !is_named) judgement.why = "no finding names its rule";
}

}  // namespace

Judgement judge(const Subject& subject, const SuiteReport* report, int exit_status) {
  Judgement judgement{.subject = subject};
  if (report == nullptr) {
    constexpr int kUsage = 4;
    judgement.why = exit_status == kUsage
                        ? "no case is about its rule"
                        : "the run left no report, exit status " + std::to_string(exit_status);
    return judgement;
  }
  judgement.passed = static_cast<std::size_t>(std::ranges::count_if(report->cases, has_passed));
  judgement.failed = static_cast<std::size_t>(std::ranges::count_if(report->cases, has_failed));
  switch (subject.kind) {
    case SubjectKind::kReference:
    case SubjectKind::kVariant: judge_right_one(judgement, *report); break;
    case SubjectKind::kNullPeer: judge_null_peer(judgement, *report); break;
    case SubjectKind::kDefect: judge_defect(judgement, *report); break;
  }
  judgement.is_right = judgement.why.empty();
  return judgement;
}

Totals totals_of(const std::vector<Judgement>& judgements) {
  Totals totals;
  for (const Judgement& one : judgements) {
    ++totals.subjects;
    totals.right += one.is_right ? 1 : 0;
    if (one.subject.kind != SubjectKind::kDefect) continue;
    ++totals.defects;
    totals.killed += one.own_failed > 0 ? 1 : 0;
    if (one.findings == 0) continue;
    ++totals.with_findings;
    totals.with_few_findings += one.findings <= kMaxFindings ? 1 : 0;
  }
  return totals;
}

bool is_calibrated(const Totals& totals) {
  return totals.right == totals.subjects &&
         totals.with_few_findings * 100 >= totals.with_findings * kMinPercentOfFindings;
}

}  // namespace wsapi
