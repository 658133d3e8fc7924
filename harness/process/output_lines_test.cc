// SPDX-License-Identifier: Apache-2.0

#include "harness/process/output_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsapi {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(LineSplitter, LinesInPieces) {
  LineSplitter splitter;
  std::vector<std::string> lines;
  const auto sink = [&](std::string_view line) { lines.emplace_back(line); };
  for (const char* const piece : {"a", "b\nc\n", "\n", "d"}) splitter.feed(piece, sink);
  EXPECT_THAT(lines, ElementsAre("ab", "c", ""));
  splitter.finish(sink);
  splitter.finish(sink);
  EXPECT_THAT(lines, ElementsAre("ab", "c", "", "d"));
}

TEST(LineSplitter, ALongLineIsCut) {
  LineSplitter splitter;
  std::vector<std::string> lines;
  const auto sink = [&](std::string_view line) { lines.emplace_back(line); };
  for (int i = 0; i < 100; ++i) splitter.feed(std::string(1000, 'x'), sink);
  splitter.feed("\n" + std::string(5000, 'y') + "\nz\n", sink);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0], std::string(LineSplitter::kMaxLine, 'x'));
  EXPECT_EQ(lines[1], std::string(LineSplitter::kMaxLine, 'y'));
  EXPECT_EQ(lines[2], "z");
}

TEST(OutputLines, KeepsAllOfALittle) {
  OutputLines lines;
  lines.add(5ms, "first");
  lines.add(1200ms, "sec\x01nd");
  EXPECT_EQ(lines.text(), "0.005 first\n1.200 sec\\u0001nd\n");
  EXPECT_EQ(lines.last(1), "sec\\u0001nd\n");
  EXPECT_EQ(lines.last(10), "first\nsec\\u0001nd\n");
}

TEST(OutputLines, KeepsTheFirstAndTheLastOfMuch) {
  OutputLines lines;
  for (int i = 0; i < 1'000'000; ++i) lines.add(0ms, "line " + std::to_string(i));
  const std::string text = lines.text();
  EXPECT_LT(text.size(), OutputLines::kMaxHead + OutputLines::kMaxTail);
  EXPECT_THAT(text, StartsWith("0.000 line 0\n"));
  EXPECT_THAT(text, HasSubstr("lines are left out"));
  EXPECT_EQ(lines.last(2), "line 999998\nline 999999\n");
  EXPECT_EQ(lines.line_count(), 1'000'000U);
}

}  // namespace
}  // namespace wsapi
