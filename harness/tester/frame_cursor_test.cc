// SPDX-License-Identifier: Apache-2.0

#include "harness/tester/frame_cursor.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "codec/hex.h"

namespace wsapi {
namespace {

// The sizes of the frames that the cursor finds where it gets `piece_size` octets at a time.
std::vector<std::uint64_t> sizes_of(const std::vector<std::byte>& stream, std::size_t piece_size) {
  FrameCursor cursor;
  std::vector<std::uint64_t> out;
  for (std::size_t at = 0; at < stream.size();) {
    auto piece = std::span(stream).subspan(at, std::min(piece_size, stream.size() - at));
    at += cursor.advance(piece);
    if (cursor.at_boundary()) out.push_back(*cursor.size());
  }
  return out;
}

TEST(FrameCursorTest, FindsTheFramesHoweverTheStreamIsCut) {
  std::vector<std::byte> stream = from_hex("8200 820161 8a820102030401 02 c9020000").value();
  for (const std::size_t size : {125U, 126U, 65535U, 65536U}) {
    const auto frame = encode_frame({.mask = MaskKey{std::byte{1}}}, std::vector<std::byte>(size));
    stream.insert(stream.end(), frame.begin(), frame.end());
  }
  const std::vector<std::uint64_t> sizes{2, 3, 8, 4, 125 + 6, 126 + 8, 65535 + 8, 65536 + 14};
  for (const std::size_t piece : {1U, 2U, 7U, 100U, 1'000'000U}) {
    EXPECT_EQ(sizes_of(stream, piece), sizes) << piece;
  }
}

TEST(FrameCursorTest, TellsHowMuchOfAFrameHasCome) {
  FrameCursor cursor;
  EXPECT_TRUE(cursor.at_boundary());
  EXPECT_EQ(cursor.advance(from_hex("82").value()), 1U);
  EXPECT_FALSE(cursor.at_boundary());
  EXPECT_EQ(cursor.size(), std::nullopt);
  EXPECT_EQ(cursor.advance(from_hex("2561 6263").value()), 4U);
  EXPECT_EQ(cursor.count(), 5U);
  EXPECT_EQ(cursor.size(), 39U);
  EXPECT_EQ(to_hex(cursor.head()), "8225616263");
}

TEST(FrameCursorTest, ALengthThatWrapsIsALongFrame) {
  FrameCursor cursor;
  EXPECT_EQ(cursor.advance(from_hex("82ff ffffffffffffffff 01020304 0000").value()), 16U);
  EXPECT_FALSE(cursor.at_boundary());
  EXPECT_EQ(cursor.size(), UINT64_MAX);
}

TEST(FrameCursorTest, ReadsTheCodeOfAClose) {
  FrameCursor cursor;
  cursor.advance(from_hex("880203ed").value());
  EXPECT_EQ(cursor.close_code(), 1005);
  cursor.advance(from_hex("888201020304 02ef").value());
  EXPECT_EQ(cursor.close_code(), 1005);
  for (const char* other : {"8800", "880103", "820203ed", "880203"}) {
    FrameCursor fresh;
    fresh.advance(from_hex(other).value());
    EXPECT_EQ(fresh.close_code(), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace wsapi
