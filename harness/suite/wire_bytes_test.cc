// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/wire_bytes.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "codec/test_bytes.h"

namespace wsapi {
namespace {

// 01 02 02 02 03 03 03 03: the middle of it by rule.
WireBytes sample() { return WireBytes({{bytes("01"), 1}, {bytes("02"), 3}, {bytes("0303"), 2}}); }

std::string hex(const WireBytes& wire) {
  const std::vector<std::byte> all = wire.expand();
  EXPECT_EQ(wire.size(), all.size());
  return to_hex(all);
}

TEST(WireBytesTest, NothingHasNoBytes) {
  const WireBytes nothing;
  EXPECT_EQ(hex(nothing), "");
  EXPECT_EQ(hex(nothing.cut(0)), "");
  EXPECT_EQ(hex(nothing.cut(5)), "");
  EXPECT_EQ(hex(nothing.patched(0, bytes("ff"))), "");
  EXPECT_EQ(hex(nothing.with_tail(bytes("7a7a"))), "7a7a");
  EXPECT_EQ(hex(WireBytes(std::vector<BytePiece>{})), "");
  EXPECT_EQ(hex(WireBytes(std::vector<std::byte>{})), "");
}

TEST(WireBytesTest, PiecesFollowEachOther) {
  EXPECT_EQ(hex(sample()), "0102020203030303");
  EXPECT_EQ(hex(WireBytes(bytes("00ff"))), "00ff");
  EXPECT_EQ(hex(WireBytes({{bytes("61"), 0}, {{}, 3}, {bytes("62"), 1}})), "62");
}

TEST(WireBytesTest, EveryCutIsThePrefix) {
  const std::string whole = hex(sample());
  for (std::size_t n = 0; n <= sample().size(); ++n) {
    EXPECT_EQ(hex(sample().cut(n)), whole.substr(0, 2 * n)) << n;
  }
  EXPECT_EQ(hex(sample().cut(99)), whole);
  EXPECT_EQ(hex(sample().cut(5).cut(2)), "0102");
}

TEST(WireBytesTest, PatchesReplaceInPlace) {
  EXPECT_EQ(hex(sample().patched(0, bytes("ff"))), "ff02020203030303");
  EXPECT_EQ(hex(sample().patched(7, bytes("ff"))), "01020202030303ff");
  EXPECT_EQ(hex(sample().patched(3, bytes("aabbcc"))), "010202aabbcc0303") << "over two pieces";
  EXPECT_EQ(hex(sample().patched(0, bytes("a0a1a2a3a4a5a6a7"))), "a0a1a2a3a4a5a6a7");
  EXPECT_EQ(hex(sample().patched(4, {})), "0102020203030303");
}

TEST(WireBytesTest, PatchesNeverLengthen) {
  EXPECT_EQ(hex(sample().patched(7, bytes("aabb"))), "01020202030303aa");
  EXPECT_EQ(hex(sample().patched(8, bytes("aa"))), "0102020203030303");
  EXPECT_EQ(hex(sample().patched(1000, bytes("aa"))), "0102020203030303");
}

TEST(WireBytesTest, TailsStandBehind) {
  EXPECT_EQ(hex(sample().with_tail(bytes("7a"))), "01020202030303037a");
  EXPECT_EQ(hex(sample().with_tail({})), "0102020203030303");
}

TEST(WireBytesTest, AllThreeTogether) {
  const WireBytes wire = sample().patched(2, bytes("aabb")).cut(4).with_tail(bytes("7a7a"));
  EXPECT_EQ(hex(wire), "0102aabb7a7a");
  EXPECT_EQ(hex(sample().patched(2, bytes("aabb")).cut(3)), "0102aa") << "through the patch";
  EXPECT_EQ(hex(sample().patched(2, bytes("aabb")).cut(2)), "0102") << "in front of the patch";
}

TEST(WireBytesTest, TheOriginalStaysAsItIs) {
  const WireBytes original = sample();
  (void)original.cut(1);
  (void)original.patched(0, bytes("ff"));
  (void)original.with_tail(bytes("ff"));
  EXPECT_EQ(hex(original), "0102020203030303");
}

TEST(WireBytesTest, AMegabyteByRule) {
  const WireBytes wire({{bytes("78"), 1'000'000}, {bytes("00"), 1}});
  EXPECT_EQ(wire.size(), 1'000'001U);
  const auto all = wire.expand();
  ASSERT_EQ(all.size(), 1'000'001U);
  EXPECT_EQ(all[999'999], std::byte{0x78});
  EXPECT_EQ(all.back(), std::byte{0});
}

}  // namespace
}  // namespace wsapi
