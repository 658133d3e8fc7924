// SPDX-License-Identifier: Apache-2.0

#include "harness/peers/deviations/frame_rewriter.h"

#include <gtest/gtest.h>

#include "codec/hex.h"

namespace wsapi {
namespace {

std::vector<std::byte> bytes(std::string_view hex) { return from_hex(hex).value(); }

TEST(FrameRewriter, PassesWhatItDoesNotChangeHoweverItIsCut) {
  const auto stream =
      bytes("82 01 41 89 00 827e0003 010203 8281 01020304 55 827f0000000000000001 07");
  for (std::size_t size = 1; size <= stream.size(); ++size) {
    FrameRewriter rewriter({}, {});
    std::vector<std::byte> out;
    for (std::size_t at = 0; at < stream.size(); at += size) {
      const auto piece = std::span(stream).subspan(at, std::min(size, stream.size() - at));
      const auto passed = rewriter.rewrite(piece);
      out.insert(out.end(), passed.begin(), passed.end());
    }
    EXPECT_EQ(to_hex(out), to_hex(stream)) << size;
  }
}

TEST(FrameRewriter, ChangesHeadersDropsFramesAndChangesPayloads) {
  FrameRewriter rewriter(
      [](FrameHeader& header) {
        header.rsv = 0;
        return header.opcode == 9 ? FrameFate::kDropped : FrameFate::kPassed;
      },
      [](std::span<std::byte> octets, std::uint64_t offset) {
        if (offset == 0) octets.front() = std::byte{0xee};
      });
  EXPECT_EQ(to_hex(rewriter.rewrite(bytes("f2 02 0102 89 01 00 82 00"))), "8202ee028200");
}

TEST(FrameRewriter, TakesAsMuchForPayloadAsTheChangedHeaderSays) {
  FrameRewriter rewriter(
      [](FrameHeader& header) {
        header.payload_size &= 1;
        return FrameFate::kPassed;
      },
      {});
  EXPECT_EQ(to_hex(rewriter.rewrite(bytes("82 03 41 82 01 42"))), "820141820142");
}

TEST(FramePosition, KnowsHeadersAndPayloads) {
  FramePosition position;
  EXPECT_FALSE(position.in_frame());
  position.pass(bytes("82"));
  EXPECT_TRUE(position.in_header());
  position.pass(bytes("02 01"));
  EXPECT_TRUE(position.in_payload());
  EXPECT_FALSE(position.in_header());
  position.pass(bytes("02"));
  EXPECT_FALSE(position.in_frame());
}

}  // namespace
}  // namespace wsapi
