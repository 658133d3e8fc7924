// SPDX-License-Identifier: Apache-2.0

#include "harness/text/columns.h"

#include <gtest/gtest.h>

#include <random>
#include <sstream>
#include <vector>

namespace wsapi {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  EXPECT_TRUE(text.ends_with('\n'));
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

TEST(TextTest, ShortTextsAreOneLine) {
  EXPECT_EQ(wrapped("", 4), "\n");
  EXPECT_EQ(wrapped("a b", 4), "a b\n");
  EXPECT_EQ(wrapped(std::string(100, 'x'), 4), std::string(100, 'x') + "\n");
}

TEST(TextTest, BreaksAtTheLastSpaceThatFits) {
  const std::string first(60, 'a');
  const std::string second(39, 'b');
  EXPECT_EQ(wrapped(first + " " + second, 2), first + " " + second + "\n") << "100 columns";
  EXPECT_EQ(wrapped(first + " " + second + "b", 2), first + "\n  " + second + "b\n");
  EXPECT_EQ(wrapped(std::string(100, 'x') + " y", 0), std::string(100, 'x') + "\ny\n");
  EXPECT_EQ(wrapped(std::string(100, 'x') + "  ", 3), std::string(100, 'x') + "\n");
}

TEST(TextTest, WordsThatAreTooLongAreCut) {
  EXPECT_EQ(wrapped(std::string(101, 'x'), 4), std::string(100, 'x') + "\n    x\n");
  EXPECT_EQ(wrapped(std::string(250, 'x'), 10),
            std::string(100, 'x') + "\n" + std::string(10, ' ') + std::string(90, 'x') + "\n" +
                std::string(10, ' ') + std::string(60, 'x') + "\n");
}

TEST(TextTest, TheMarginOfTheFirstLineIsNoPlaceToBreak) {
  const std::string head = "pass        ";
  const std::string id(95, 'i');
  const auto lines = lines_of(wrapped(head + id, 12));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0], head + std::string(88, 'i'));
  EXPECT_EQ(lines[1], std::string(12, ' ') + std::string(7, 'i'));
}

TEST(TextTest, ShortWordsInLaterLinesArePlacesToBreak) {
  const std::string first(98, 'a');
  const std::string last(85, 'b');
  const auto lines = lines_of(wrapped(first + " ccc " + last, 12));
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[1], std::string(12, ' ') + "ccc");
  EXPECT_EQ(lines[2], std::string(12, ' ') + last);
}

TEST(TextTest, NoLineIsTooLongAndNoWordIsLost) {
  std::mt19937 random(1);
  for (int round = 0; round < 500; ++round) {
    const std::size_t indent = random() % 40;
    std::string text;
    for (std::size_t i = random() % 60; i > 0; --i) {
      text += std::string(1 + random() % 15, static_cast<char>('a' + random() % 26)) + " ";
    }
    const std::string out = wrapped(text, indent);
    for (const std::string& line : lines_of(out)) EXPECT_LE(line.size(), kColumns);
    EXPECT_EQ(words_of(out), words_of(text));
  }
}

TEST(TextTest, IndentsEachLineButEmptyOnes) {
  EXPECT_EQ(indented("", 2), "");
  EXPECT_EQ(indented("a", 2), "  a\n");
  EXPECT_EQ(indented("a\n\nb\n", 2), "  a\n\n  b\n");
  EXPECT_EQ(indented("\n", 2), "\n");
}

}  // namespace
}  // namespace wsapi
