// SPDX-License-Identifier: Apache-2.0

#include "codec/hex.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "codec/test_bytes.h"

namespace wsapi {
namespace {

TEST(Hex, WritesLowerCaseWithTheSeparatorBetweenBytes) {
  const auto input = bytes("00 9A fF");
  EXPECT_EQ(to_hex(input), "009aff");
  EXPECT_EQ(to_hex(input, " "), "00 9a ff");
  EXPECT_EQ(to_hex(input, ", "), "00, 9a, ff");
  EXPECT_EQ(to_hex({}, " "), "");
}

TEST(Hex, ReadsBothCasesAndWhiteSpaceBetweenBytes) {
  for (const std::string_view text : {"0aBc", "0a bc", " 0A\t\r\n\nBC ", "0aBC\n"}) {
    const auto read = from_hex(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(to_hex(*read), "0abc") << text;
  }
  for (const std::string_view text : {"", " ", "\n\t"}) {
    const auto read = from_hex(text);
    ASSERT_TRUE(read) << text;
    EXPECT_TRUE(read->empty()) << text;
  }
}

TEST(Hex, RefusesAnythingElse) {
  using namespace std::string_view_literals;
  for (const std::string_view text : {"0"sv, "0 a"sv, "0a b"sv, "0g"sv, "g0"sv, "0x0a"sv, "0a,0b"sv,
                                      "0a\0"sv, "\0"sv, "0a\v0b"sv, "-1"sv, "\xc3\xa9"sv}) {
    EXPECT_FALSE(from_hex(text)) << text;
  }
}

TEST(Hex, EveryByteComesBack) {
  std::vector<std::byte> all;
  for (unsigned i = 0; i < 256; ++i) all.push_back(static_cast<std::byte>(i));
  EXPECT_EQ(from_hex(to_hex(all)), all);
  EXPECT_EQ(from_hex(to_hex(all, " ")), all);
}

TEST(Hex, ExactlyTwentyTwoCharactersAreDigits) {
  constexpr std::string_view kLower = "0123456789abcdef";
  constexpr std::string_view kUpper = "0123456789ABCDEF";
  for (int i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i);
    const std::size_t value = std::min(kLower.find(c), kUpper.find(c));
    const std::optional<unsigned> digit = hex_digit(c);
    ASSERT_EQ(digit.has_value(), value != std::string_view::npos) << i;
    if (digit) {
      EXPECT_EQ(*digit, value);
    }
  }
}

}  // namespace
}  // namespace wsapi
