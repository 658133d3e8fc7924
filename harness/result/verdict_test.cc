// SPDX-License-Identifier: Apache-2.0

#include "harness/result/verdict.h"
#include "harness/suite/level.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>

namespace wsapi {
namespace {

constexpr std::array kKinds{VerdictKind::kNone, VerdictKind::kPass, VerdictKind::kInconc,
                            VerdictKind::kFail, VerdictKind::kError};

Reason why(const std::string& text) { return {ReasonCode::kCannotConnect, {{"detail", text}}}; }

TEST(VerdictTest, StartsAsNone) {
  const Verdict verdict;
  EXPECT_EQ(verdict.kind(), VerdictKind::kNone);
  EXPECT_EQ(verdict.reason(), "");
  EXPECT_TRUE(verdict.may_go_on());
}

TEST(VerdictTest, IsOrderedAsInTheStandard) {
  EXPECT_TRUE(std::ranges::is_sorted(kKinds));
  std::string names;
  for (const VerdictKind kind : kKinds) names += std::string{name(kind)} + " ";
  EXPECT_EQ(names, "none pass inconc fail error ");
}

// All sequences of three: the worst counts, and the first reason for it is kept.
TEST(VerdictTest, OnlyWorsensAndKeepsTheFirstReason) {
  for (const VerdictKind a : kKinds) {
    for (const VerdictKind b : kKinds) {
      for (const VerdictKind c : kKinds) {
        Verdict verdict;
        verdict.set(a, why("first"), {"e1", "r1"});
        verdict.set(b, why("second"), {"e2", "r2"});
        verdict.set(c, why("third"), {"e3", "r3"});
        const VerdictKind worst = std::max({a, b, c});
        EXPECT_EQ(verdict.kind(), worst);
        if (worst == VerdictKind::kNone) {
          EXPECT_EQ(verdict.reason(), "");
          continue;
        }
        const std::string digit = a == worst ? "1" : b == worst ? "2" : "3";
        EXPECT_EQ(verdict.reason(), digit == "1" ? "first" : digit == "2" ? "second" : "third");
        EXPECT_EQ(verdict.mismatch().expected, "e" + digit);
        EXPECT_EQ(verdict.mismatch().received, "r" + digit);
      }
    }
  }
}

TEST(VerdictTest, NothingGoesOnAfterTrouble) {
  for (const VerdictKind kind : kKinds) {
    Verdict verdict;
    verdict.set(kind);
    EXPECT_EQ(verdict.may_go_on(), kind == VerdictKind::kNone || kind == VerdictKind::kPass);
  }
}

TEST(VerdictTest, NamesAreDifferent) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Fate::kUnreachable); ++i) {
    names.insert(name(static_cast<Fate>(i)));
  }
  EXPECT_EQ(names.size(), 7U);
  EXPECT_EQ(name(Fate::kOrderlyClose), "orderly-close");
  EXPECT_EQ(name(Level::kMust), "must");
  EXPECT_EQ(name(Level::kShould), "should");
  EXPECT_EQ(name(Level::kRobustness), "robustness");
}

}  // namespace
}  // namespace wsapi
