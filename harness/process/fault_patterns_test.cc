// SPDX-License-Identifier: Apache-2.0

#include "harness/process/fault_patterns.h"

#include <gtest/gtest.h>

namespace wsapi {
namespace {

TEST(FaultPatterns, LinesThatTellOfAFault) {
  const FaultPatterns patterns;
  for (const char* const line :
       {"Segmentation fault (core dumped)", "[worker 3] caught SIGSEGV", "got signal 11",
        "s: main.c:3: f: Assertion `a > b' failed.", "terminate called after throwing an instance",
        "free(): double free detected in tcache 2", "*** stack smashing detected ***: terminated",
        "thread 'main' panicked at src/main.rs:2:5:", "panic: runtime error: index out of range",
        "Traceback (most recent call last):", "==12== Invalid read of size 4"}) {
    EXPECT_TRUE(patterns.matches(line)) << line;
  }
}

TEST(FaultPatterns, OrdinaryLinesDoNot) {
  const FaultPatterns patterns;
  for (const char* const line :
       {"", "listening on port 1111", "signal 15 received, going down",
        "call of verb assert refused", "client failed", "error: bad frame"}) {
    EXPECT_FALSE(patterns.matches(line)) << line;
  }
}

TEST(FaultPatterns, CanBeAddedAndTakenAway) {
  FaultPatterns patterns;
  EXPECT_FALSE(patterns.matches("EMERGENCY in Loop 7"));
  patterns.add("emergency*loop");
  EXPECT_TRUE(patterns.matches("EMERGENCY in Loop 7"));
  EXPECT_FALSE(patterns.matches("loop emergency"));
  EXPECT_TRUE(patterns.remove("Emergency*Loop"));
  EXPECT_FALSE(patterns.remove("emergency*loop"));
  EXPECT_FALSE(patterns.matches("EMERGENCY in Loop 7"));
}

TEST(FaultPatterns, APatternOfNothingMatchesNothing) {
  FaultPatterns patterns;
  patterns.add("*");
  patterns.add("");
  EXPECT_FALSE(patterns.matches("anything"));
}

TEST(StableTitle, NumbersAndAddressesAreReplaced) {
  EXPECT_EQ(stable_title("  12:04:59 [4711] SIGSEGV at 0x7fFa01, fd 3 \r"),
            "N:N:N [N] SIGSEGV at 0xN, fd N");
  EXPECT_EQ(stable_title("\x1b[31mred"), "\\u001b[Nmred");
  EXPECT_LE(stable_title(std::string(100'000, '\x01')).size(), 130U);
}

}  // namespace
}  // namespace wsapi
