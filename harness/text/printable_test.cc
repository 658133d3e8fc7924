// SPDX-License-Identifier: Apache-2.0

#include "harness/text/printable.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace wsapi {
namespace {

using namespace std::string_literals;

TEST(PrintableTest, PlainAsciiStays) {
  EXPECT_EQ(printable(""), "");
  EXPECT_EQ(printable("call/minimal~cut@7"), "call/minimal~cut@7");
  EXPECT_EQ(printable("\"quoted\" \\ ~ {}"), "\"quoted\" \\ ~ {}");
}

TEST(PrintableTest, WhatATerminalWouldObeyIsEscaped) {
  EXPECT_EQ(printable("\x1b[31m"), "\\u001b[31m");
  EXPECT_EQ(printable("a\0b"s), "a\\u0000b");
  EXPECT_EQ(printable("\x7f"), "\\u007f");
  EXPECT_EQ(printable("\xc2\x85"), "\\u0085") << "C1: next line";
  EXPECT_EQ(printable("\xc2\x9b"), "\\u009b") << "C1: control sequence introducer";
  EXPECT_EQ(printable("\xe2\x80\xae"), "\\u202e") << "right to left override";
  EXPECT_EQ(printable("\xe2\x81\xa6"), "\\u2066") << "left to right isolate";
  EXPECT_EQ(printable("\xf0\x9f\x98\x80"), "\\ud83d\\ude00") << "beyond 16 bits";
  EXPECT_EQ(printable("one\ntwo").find('\n'), std::string::npos);
}

TEST(PrintableTest, WhatIsNotUtf8IsReplaced) {
  EXPECT_EQ(printable("\xff"), "\\ufffd");
  EXPECT_EQ(printable("a\xc3"), "a\\ufffd") << "cut short";
  EXPECT_EQ(printable("\xc0\x80").find("\\ufffd"), 0U) << "too long a form";
  EXPECT_EQ(printable("\xed\xa0\x80").find("\\ufffd"), 0U) << "half of a surrogate pair";
}

TEST(PrintableTest, LimitsAreExact) {
  EXPECT_EQ(printable(std::string(200, 'x')), std::string(200, 'x'));
  EXPECT_EQ(printable(std::string(201, 'x')), std::string(197, 'x') + "...");
  EXPECT_EQ(printable("12345", 5), "12345");
  EXPECT_EQ(printable("123456", 5), "12...");
  EXPECT_EQ(printable("\x01\x01", 12), "\\u0001\\u0001") << "the limit is of what is shown";
  EXPECT_EQ(printable("\x01\x01", 11), "\\u0001\\u...");
  EXPECT_EQ(printable(std::string(1'000'000, '\xff'), 50).size(), 50U);
  EXPECT_EQ(printable("abcd", 3), "...");
}

TEST(PrintableTest, AnyBytesGiveShortAscii) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::string text(random() % 40, '\0');
    for (char& c : text) c = static_cast<char>(random() & 0xff);
    const std::size_t limit = 3 + random() % 60;
    const std::string shown = printable(text, limit);
    EXPECT_LE(shown.size(), limit);
    EXPECT_TRUE(std::ranges::all_of(shown, [](char c) { return c >= 0x20 && c < 0x7f; }));
  }
}

TEST(PrintableTest, LinesKeepTheirLineFeeds) {
  EXPECT_EQ(printable_lines("", 10), "");
  EXPECT_EQ(printable_lines("one\ntwo", 10), "one\ntwo");
  EXPECT_EQ(printable_lines("\n\x1b\n", 10), "\n\\u001b\n");
  EXPECT_EQ(printable_lines("0123456789x\nshort\n", 10), "0123456...\nshort\n");
}

}  // namespace
}  // namespace wsapi
