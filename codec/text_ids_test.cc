// SPDX-License-Identifier: Apache-2.0

#include "codec/text_ids.h"

#include <gtest/gtest.h>

#include <limits>

namespace wsapi {
namespace {

constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

std::uint32_t bind_text(TextIds& ids, std::string_view text) {
  const auto choice = ids.choose(text);
  if (!choice) return 0;
  if (choice->is_new) ids.bind(text, choice->id);
  return choice->id;
}

TEST(NextFreeId, Skips0AndWhatIsInUseAndWrapsBehind65535) {
  const std::set<std::uint32_t> used{1, 2, 7, 65534, 65535};
  EXPECT_EQ(next_free_id(0, used), 3U);
  EXPECT_EQ(next_free_id(3, used), 4U);
  EXPECT_EQ(next_free_id(6, used), 8U);
  EXPECT_EQ(next_free_id(65533, used), 3U);
  EXPECT_EQ(next_free_id(65535, std::set<std::uint32_t>{}), 1U);
}

TEST(TextIds, TextKeepsItsId) {
  TextIds ids(10, 100);
  EXPECT_EQ(bind_text(ids, "a"), 1U);
  EXPECT_EQ(bind_text(ids, "b"), 2U);
  EXPECT_EQ(bind_text(ids, "a"), 1U);
  EXPECT_EQ(bind_text(ids, ""), 3U);
  EXPECT_EQ(ids.size(), 3U);
}

TEST(TextIds, NoTextIsId0) {
  const TextIds ids(0, 0);
  const auto choice = ids.choose(std::nullopt);
  ASSERT_TRUE(choice.has_value());
  EXPECT_EQ(choice->id, 0U);
  EXPECT_FALSE(choice->is_new);
}

TEST(TextIds, ChoosingChangesNothing) {
  const TextIds ids(10, 100);
  for (const char* const text : {"a", "b"}) {
    const auto choice = ids.choose(text);
    ASSERT_TRUE(choice.has_value());
    EXPECT_EQ(choice->id, 1U);
    EXPECT_TRUE(choice->is_new);
  }
  EXPECT_EQ(ids.size(), 0U);
}

TEST(TextIds, UnboundTextGetsTheNextIdAndItsOwnComesAgainInTurn) {
  TextIds ids(10, 100);
  EXPECT_EQ(bind_text(ids, "a"), 1U);
  EXPECT_EQ(ids.unbind("a"), 1U);
  EXPECT_EQ(ids.unbind("a"), std::nullopt);
  EXPECT_EQ(bind_text(ids, "a"), 2U);
  EXPECT_EQ(bind_text(ids, "b"), 3U);
}

TEST(TextIds, LimitsOfNumberAndBytes) {
  TextIds few(2, 100);
  EXPECT_EQ(bind_text(few, "a"), 1U);
  EXPECT_EQ(bind_text(few, "b"), 2U);
  EXPECT_FALSE(few.choose("c").has_value());
  EXPECT_TRUE(few.choose("a").has_value());
  few.unbind("b");
  EXPECT_EQ(bind_text(few, "c"), 3U);

  TextIds small(10, 5);
  EXPECT_FALSE(small.choose("123456").has_value());
  EXPECT_EQ(bind_text(small, "123"), 1U);
  EXPECT_FALSE(small.choose("456").has_value());
  EXPECT_EQ(bind_text(small, "45"), 2U);
  EXPECT_EQ(bind_text(small, ""), 3U);
  small.unbind("123");
  EXPECT_EQ(bind_text(small, "678"), 4U);
  EXPECT_FALSE(small.choose("9").has_value());
}

TEST(TextIds, NoMoreTextsThanIdsWhateverTheLimit) {
  TextIds ids(kUnlimited, kUnlimited);
  for (std::uint32_t i = 1; i <= 65535; ++i) ASSERT_EQ(bind_text(ids, std::to_string(i)), i);
  EXPECT_FALSE(ids.choose("one more").has_value());
  EXPECT_EQ(ids.unbind("4660"), 4660U);
  EXPECT_EQ(bind_text(ids, "one more"), 4660U);
}

TEST(TextIds, ClearMakesRoom) {
  TextIds ids(1, 1);
  EXPECT_EQ(bind_text(ids, "a"), 1U);
  ids.clear();
  EXPECT_EQ(ids.size(), 0U);
  EXPECT_EQ(bind_text(ids, "b"), 2U);
}

}  // namespace
}  // namespace wsapi
