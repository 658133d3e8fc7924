// SPDX-License-Identifier: Apache-2.0

#include "codec/error.h"

#include <gtest/gtest.h>

#include <set>

namespace wsapi {
namespace {

constexpr auto kLast = ErrorCode::kHopsExhausted;

bool is_kebab_case(std::string_view text) {
  if (text.empty() || text.front() == '-' || text.back() == '-') return false;
  return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == text.npos &&
         text.find("--") == text.npos;
}

TEST(ErrorTest, EachCodeHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(kLast); ++code) {
    const std::string_view text = name(static_cast<ErrorCode>(code));
    EXPECT_TRUE(is_kebab_case(text)) << code;
    EXPECT_TRUE(names.insert(text).second) << text;
  }
  EXPECT_EQ(name(ErrorCode::kNone), "none");
  EXPECT_EQ(name(kLast), "hops-exhausted");
}

TEST(ErrorTest, TextSaysWhereAndInWhichField) {
  EXPECT_EQ(to_string({.code = ErrorCode::kLengthBeyondEnd, .offset = 3, .field = "verb"}),
            "length-beyond-end at offset 3 in field verb");
  EXPECT_EQ(to_string({.code = ErrorCode::kEmptyMessage, .offset = 0, .field = {}}),
            "empty-message at offset 0");
}

}  // namespace
}  // namespace wsapi
