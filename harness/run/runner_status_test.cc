// SPDX-License-Identifier: Apache-2.0

// Sums and exit statuses of results that are made by hand.

#include <gtest/gtest.h>

#include <list>
#include <string>

#include "harness/run/runner.h"

namespace wsapi {
namespace {

// How a run ended: all was run; no answer came any more; no connection could be made any more.
enum End { kWhole, kSilent, kLost };

// Results out of letters: P pass, F fail, S a failure of level should, I inconclusive, E error,
// N not applicable, X never run, Y flaky (pass and fail).
class Made {
 public:
  explicit Made(std::string_view letters, End end = kWhole) {
    for (const char letter : letters) add(letter);
    if (end != kWhole) result_.stopped = "reason";
    result_.lost = end == kLost;
  }
  [[nodiscard]] const RunResult& result() const { return result_; }

 private:
  void add(char letter) {
    TestCase& test_case = cases_.emplace_back();
    test_case.id = std::string("test/") + letter;
    if (letter == 'S') test_case.level = Level::kShould;
    if (letter == 'F') test_case.level = Level::kRobustness;
    CaseResult& one = result_.cases.emplace_back();
    one.test_case = &test_case;
    if (letter == 'N') one.not_applicable = "needs the test API";
    if (letter == 'P' || letter == 'Y') set(one, VerdictKind::kPass);
    if (letter == 'F' || letter == 'S' || letter == 'Y') set(one, VerdictKind::kFail);
    if (letter == 'I') set(one, VerdictKind::kInconc);
    if (letter == 'E') set(one, VerdictKind::kError);
  }
  static void set(CaseResult& one, VerdictKind kind) {
    one.outcome.verdict.set(kind, "reason");
    ++one.counts[static_cast<std::size_t>(kind)];
  }

  std::list<TestCase> cases_;
  RunResult result_;
};

TEST(RunnerStatusTest, Sums) {
  const Summary sum = Made("PPPFFSSSSIIYENNNNNX").result().summary();
  EXPECT_EQ(sum.cases, 19U);
  EXPECT_EQ(sum.pass, 3U);
  EXPECT_EQ(sum.fail, 2U);
  EXPECT_EQ(sum.should_fail, 4U);
  EXPECT_EQ(sum.inconc, 3U) << "flaky ones, too";
  EXPECT_EQ(sum.error, 2U) << "a verdict of none is our own fault";
  EXPECT_EQ(sum.not_applicable, 5U);
  EXPECT_EQ(sum.pass + sum.fail + sum.should_fail + sum.inconc + sum.error + sum.not_applicable,
            sum.cases);
}

struct StatusCase {
  const char* letters;
  End end;
  ExitStatus status;
  ExitStatus strict;
};

TEST(RunnerStatusTest, ExitStatuses) {
  using enum ExitStatus;
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
      {"FI", kSilent, kFailed, kFailed},
      {"SI", kSilent, kUnreachable, kFailed},
      {"PYI", kSilent, kUnreachable, kUnreachable},
      {"PI", kLost, kUnreachable, kUnreachable},
      {"PFI", kLost, kUnreachable, kUnreachable},
      {"PEI", kLost, kInternal, kInternal},
  };
  for (const StatusCase& one : cases) {
    const Made made(one.letters, one.end);
    EXPECT_EQ(exit_status(made.result(), false), one.status) << one.letters;
    EXPECT_EQ(exit_status(made.result(), true), one.strict) << one.letters;
  }
}

TEST(RunnerStatusTest, TheNumbersAreThoseOfTheDocumentation) {
  EXPECT_EQ(static_cast<int>(ExitStatus::kOk), 0);
  EXPECT_EQ(static_cast<int>(ExitStatus::kFailed), 1);
  EXPECT_EQ(static_cast<int>(ExitStatus::kInconclusive), 2);
  EXPECT_EQ(static_cast<int>(ExitStatus::kUnreachable), 3);
  EXPECT_EQ(static_cast<int>(ExitStatus::kUsage), 4);
  EXPECT_EQ(static_cast<int>(ExitStatus::kInternal), 5);
}

TEST(RunnerStatusTest, AnErrorAmongPassesStaysAnError) {
  CaseResult one;
  one.counts = {0, 3, 0, 0, 1};
  one.outcome.verdict.set(VerdictKind::kError, "broken");
  EXPECT_TRUE(one.flaky());
  EXPECT_EQ(one.verdict(), VerdictKind::kError);
  EXPECT_EQ(one.reason(), "flaky: error in 1 of 4 runs: broken");
}

}  // namespace
}  // namespace wsapi
