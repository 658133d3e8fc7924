// SPDX-License-Identifier: Apache-2.0

// Dispositions, sums and exit statuses of records that are made by hand.

#include "harness/result/disposition.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace wsapi {
namespace {

Reason detail(const std::string& text) { return {ReasonCode::kCannotConnect, {{"detail", text}}}; }

void count(CaseRecord& record, VerdictKind kind) {
  record.state = CaseState::kRun;
  ++record.runs[static_cast<std::size_t>(kind)];
  record.verdict = std::max(record.verdict, kind);
  record.reason = detail("reason");
}

// Records out of letters: P pass, F fail, S a failure of level should, I inconclusive, E error,
// N not applicable, X run without a verdict, Y flaky (pass and fail), - not run.
RunRecords made(std::string_view letters, ReasonCode stopped = ReasonCode::kNone) {
  RunRecords out;
  for (const char letter : letters) {
    CaseRecord& record = out.cases.emplace_back();
    record.test.id = std::string("test/") + letter;
    if (letter == 'S') record.test.level = Level::kShould;
    if (letter == 'F') record.test.level = Level::kRobustness;
    if (letter == 'N') record.state = CaseState::kNotApplicable;
    if (letter == 'X') count(record, VerdictKind::kNone);
    if (letter == 'P' || letter == 'Y') count(record, VerdictKind::kPass);
    if (letter == 'F' || letter == 'S' || letter == 'Y') count(record, VerdictKind::kFail);
    if (letter == 'I') count(record, VerdictKind::kInconc);
    if (letter == 'E') count(record, VerdictKind::kError);
  }
  if (stopped != ReasonCode::kNone) out.end.stopped = Reason{stopped, {}};
  return out;
}

TEST(DispositionTest, EachRecordHasOne) {
  using enum Disposition;
  const std::string letters = "PFSIYEXN-";
  const std::array expected{kPassed, kFailed, kShouldFailed,  kInconclusive, kInconclusive,
                            kError,  kError,  kNotApplicable, kNotRun};
  const RunRecords records = made(letters);
  for (std::size_t i = 0; i < letters.size(); ++i) {
    EXPECT_EQ(disposition_of(records.cases[i]), expected[i]) << letters[i];
  }
}

TEST(DispositionTest, AFailureOfLevelShouldThatIsFlakyIsInconclusive) {
  CaseRecord record;
  record.test.level = Level::kShould;
  count(record, VerdictKind::kPass);
  count(record, VerdictKind::kFail);
  EXPECT_EQ(disposition_of(record), Disposition::kInconclusive);
}

TEST(DispositionTest, NamesAreDifferent) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kDispositionCount; ++i) names.insert(name(Disposition(i)));
  EXPECT_EQ(names.size(), kDispositionCount);
}

TEST(DispositionTest, Sums) {
  const Summary sum = summary_of(made("PPPFFSSSSIIYENNNNNX--"));
  EXPECT_EQ(sum.cases, 21U);
  EXPECT_EQ(sum.count(Disposition::kPassed), 3U);
  EXPECT_EQ(sum.count(Disposition::kFailed), 2U);
  EXPECT_EQ(sum.count(Disposition::kShouldFailed), 4U);
  EXPECT_EQ(sum.count(Disposition::kInconclusive), 3U) << "flaky ones, too";
  EXPECT_EQ(sum.count(Disposition::kError), 2U) << "a verdict of none is our own fault";
  EXPECT_EQ(sum.count(Disposition::kNotApplicable), 5U);
  EXPECT_EQ(sum.count(Disposition::kNotRun), 2U);
}

struct StatusCase {
  const char* letters;
  ReasonCode stopped;
  ExitStatus status;
  ExitStatus strict;
};

TEST(DispositionTest, ExitStatuses) {
  using enum ExitStatus;
  constexpr auto kWhole = ReasonCode::kNone;
  constexpr auto kSilent = ReasonCode::kIutUnresponsive;
  constexpr auto kLost = ReasonCode::kIutLost;
  constexpr auto kBroken = ReasonCode::kInterrupted;
  constexpr auto kCut = ReasonCode::kRecordsIncomplete;
  const StatusCase cases[] = {
      {"P", kWhole, kOk, kOk},
      {"PPN", kWhole, kOk, kOk},
      {"PS", kWhole, kOk, kFailed},
      {"PF", kWhole, kFailed, kFailed},
      {"PFS", kWhole, kFailed, kFailed},
      {"PI", kWhole, kInconclusive, kInconclusive},
      {"PY", kWhole, kInconclusive, kInconclusive},
      {"PIS", kWhole, kInconclusive, kFailed},
      {"PIF", kWhole, kFailed, kFailed},
      {"", kWhole, kUsage, kUsage},
      {"NN", kWhole, kUsage, kUsage},
      {"NP", kWhole, kOk, kOk},
      {"PE", kWhole, kInternal, kInternal},
      {"PEF", kWhole, kInternal, kInternal},
      {"PX", kWhole, kInternal, kInternal},
      {"P-", kWhole, kInternal, kInternal},  // nobody said why it was not run
      {"F-", kSilent, kFailed, kFailed},
      {"S-", kSilent, kUnreachable, kFailed},
      {"PY-", kSilent, kUnreachable, kUnreachable},
      {"PI-", kLost, kUnreachable, kUnreachable},
      {"PF-", kLost, kUnreachable, kUnreachable},
      {"PE-", kLost, kInternal, kInternal},
      {"--", ReasonCode::kIutUnreachable, kUnreachable, kUnreachable},
      {"P-", kBroken, kInconclusive, kInconclusive},
      {"PP", kBroken, kInconclusive, kInconclusive},  // of their repeats, some were not run
      {"PN", kBroken, kInconclusive, kInconclusive},
      {"--", kBroken, kInconclusive, kInconclusive},
      {"PS-", kBroken, kInconclusive, kFailed},
      {"PF-", kBroken, kFailed, kFailed},
      {"PFE-", kBroken, kInternal, kInternal},
      {"P-", kCut, kInconclusive, kInconclusive},
      {"PF-", kCut, kFailed, kFailed},
      {"P", kCut, kInconclusive, kInconclusive},
  };
  for (const StatusCase& one : cases) {
    RunRecords records = made(one.letters, one.stopped);
    const std::string what = std::string{one.letters} + " " + std::string{name(one.stopped)};
    EXPECT_EQ(exit_status(records), one.status) << what;
    records.header.strict = true;
    EXPECT_EQ(exit_status(records), one.strict) << what;
  }
}

TEST(DispositionTest, ExitStatusesAreThoseOfTheDocumentation) {
  EXPECT_EQ(static_cast<int>(ExitStatus::kOk), 0);
  EXPECT_EQ(static_cast<int>(ExitStatus::kFailed), 1);
  EXPECT_EQ(static_cast<int>(ExitStatus::kInconclusive), 2);
  EXPECT_EQ(static_cast<int>(ExitStatus::kUnreachable), 3);
  EXPECT_EQ(static_cast<int>(ExitStatus::kUsage), 4);
  EXPECT_EQ(static_cast<int>(ExitStatus::kInternal), 5);
  EXPECT_EQ(static_cast<int>(ExitStatus::kNotWritten), 6);
}

TEST(DispositionTest, LostOutputHidesNeitherWrongUseNorErrors) {
  using enum ExitStatus;
  for (const ExitStatus status : {kOk, kFailed, kInconclusive, kUnreachable, kNotWritten}) {
    EXPECT_EQ(with_output_lost(status), kNotWritten);
  }
  EXPECT_EQ(with_output_lost(kUsage), kUsage);
  EXPECT_EQ(with_output_lost(kInternal), kInternal);
}

TEST(DispositionTest, AnErrorAmongPassesStaysAnError) {
  CaseRecord record;
  record.state = CaseState::kRun;
  record.runs = {0, 3, 0, 0, 1};
  record.verdict = VerdictKind::kError;
  record.reason = detail("broken");
  EXPECT_TRUE(is_flaky(record));
  EXPECT_EQ(disposition_of(record), Disposition::kError);
  EXPECT_EQ(reason_text(record), "flaky: error in 1 of 4 runs: broken");
}

TEST(DispositionTest, TheReasonSaysWhatItIsAbout) {
  CaseRecord record;
  record.reason = {ReasonCode::kInterrupted, {{"signal", "SIGINT"}}};
  EXPECT_EQ(reason_text(record), "not run: interrupted by SIGINT");
  record.state = CaseState::kNotApplicable;
  record.reason = {ReasonCode::kOtherRevision, {{"revision", "legacy"}}};
  EXPECT_EQ(reason_text(record), "not applicable: not in revision legacy");
  EXPECT_EQ(reason_text(made("P").cases[0]), "reason");
}

}  // namespace
}  // namespace wsapi
