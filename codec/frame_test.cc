// SPDX-License-Identifier: Apache-2.0

// The encoder of frames, masking, and the names of violations. Golden bytes by hand, from RFC 6455
// section 5.2. The decoder has its own test.

#include "codec/frame.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "codec/hex.h"

namespace wsapi {
namespace {

using Bytes = std::vector<std::byte>;
using enum FrameViolation;

Bytes hex(std::string_view text) { return from_hex(text).value(); }

Bytes pattern(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 7 + i / 256);
  return bytes;
}

std::string header_hex(const FrameHeader& header) {
  std::array<std::byte, kMaxFrameHeaderSize> out{};
  return to_hex(std::span(out).first(encode_frame_header(header, out)));
}

constexpr MaskKey kKey{std::byte{0x01}, std::byte{0x02}, std::byte{0x03}, std::byte{0x04}};

TEST(FrameHeader, MinimalLengthIsTheShortestForm) {
  const std::vector<std::pair<std::uint64_t, std::string>> rows = {
      {0, "8200"},
      {1, "8201"},
      {125, "827d"},
      {126, "827e007e"},
      {65535, "827effff"},
      {65536, "827f0000000000010000"},
      {~0ull, "827fffffffffffffffff"},
  };
  for (const auto& [size, expected] : rows) {
    EXPECT_EQ(header_hex({.payload_size = size}), expected);
  }
}

TEST(FrameHeader, LengthFormsCanBeForced) {
  EXPECT_EQ(header_hex({.payload_size = 1, .length_form = LengthForm::k16Bit}), "827e0001");
  EXPECT_EQ(header_hex({.payload_size = 1, .length_form = LengthForm::k64Bit}),
            "827f0000000000000001");
  EXPECT_EQ(header_hex({.payload_size = 65536, .length_form = LengthForm::k16Bit}),
            "827f0000000000010000");
}

TEST(FrameHeader, FlagsOpcodeAndMaskAreWrittenAsTold) {
  EXPECT_EQ(header_hex({.fin = false}), "0200");
  EXPECT_EQ(header_hex({.rsv = 4, .opcode = 0xb}), "cb00");
  EXPECT_EQ(header_hex({.fin = false, .rsv = 0xff, .opcode = 0xff}), "7f00");
  EXPECT_EQ(header_hex({.mask = kKey, .payload_size = 5}), "828501020304");
  EXPECT_EQ(header_hex({.mask = kKey, .payload_size = 65536}), "82ff000000000001000001020304");
  EXPECT_EQ(FrameHeader{}, (FrameHeader{.fin = true, .opcode = 2}));
}

TEST(FrameHeader, IsComparedByAllItsMembers) {
  const std::vector<FrameHeader> others = {
      {.fin = false},      {.rsv = 1},          {.opcode = 1},
      {.mask = MaskKey{}}, {.payload_size = 1}, {.length_form = LengthForm::k16Bit}};
  for (const FrameHeader& other : others) EXPECT_NE(FrameHeader{}, other) << header_hex(other);
}

TEST(EncodeFrame, PutsTheHeaderInFrontOfThePayload) {
  EXPECT_EQ(to_hex(encode_frame({}, {})), "8200");
  EXPECT_EQ(to_hex(encode_frame({.opcode = 9, .payload_size = 99}, hex("616263"))), "8903616263");
  EXPECT_EQ(to_hex(encode_frame({.mask = kKey}, hex("0000000000"))), "8285010203040102030401");
}

TEST(EncodeFrame, ControlFrames) {
  EXPECT_EQ(to_hex(ping_frame(hex("6162"))), "89026162");
  EXPECT_EQ(to_hex(pong_frame({})), "8a00");
  EXPECT_EQ(to_hex(pong_frame(hex("616263"))), "8a03616263");
  EXPECT_EQ(to_hex(close_frame()), "8800");
  EXPECT_EQ(to_hex(close_frame(1002)), "880203ea");
  // Wrong ones are made as told.
  EXPECT_EQ(to_hex(close_frame(5)), "88020005");
  EXPECT_EQ(to_hex(ping_frame(std::vector<std::byte>(126))).substr(0, 8), "897e007e");
}

TEST(ApplyMask, AgreesWithTheDefinitionForEverySizeAndPhase) {
  for (std::size_t size = 0; size < 70; ++size) {
    const Bytes in = pattern(size);
    for (std::uint64_t phase = 0; phase < 9; ++phase) {
      Bytes expected(size);
      for (std::size_t i = 0; i < size; ++i) expected[i] = in[i] ^ kKey[(phase + i) % 4];
      Bytes out(size);
      apply_mask(in, out, kKey, phase);
      EXPECT_EQ(out, expected) << size << " " << phase;
      apply_mask(out, out, kKey, phase);
      EXPECT_EQ(out, in) << size << " " << phase;
    }
  }
}

TEST(ApplyMask, PhaseMayBeBeyond32Bits) {
  Bytes out(4);
  apply_mask(hex("00000000"), out, kKey, (std::uint64_t{1} << 40) + 3);
  EXPECT_EQ(to_hex(out), "04010203");
}

TEST(CloseCode, IsValidWhereTheRfcAllowsItOnTheWire) {
  for (unsigned code = 0; code <= 0xffff; ++code) {
    const bool invalid =
        code < 1000 || (code >= 1004 && code <= 1006) || (code >= 1015 && code <= 2999);
    const auto value = static_cast<std::uint16_t>(code);
    EXPECT_EQ(is_valid_close_code(value), !invalid) << code;
  }
}

TEST(FrameViolation, HasANameAndACloseCode) {
  const std::vector<std::pair<FrameViolation, std::string>> rows = {
      {kRsvBits, "rsv-bits 1002"},
      {kUnknownOpcode, "unknown-opcode 1002"},
      {kControlTooLong, "control-too-long 1002"},
      {kControlFragmented, "control-fragmented 1002"},
      {kClosePayloadOneByte, "close-payload-one-byte 1002"},
      {kCloseCodeInvalid, "close-code-invalid 1002"},
      {kContinuationWithoutStart, "continuation-without-start 1002"},
      {kDataInsideFragmented, "data-inside-fragmented 1002"},
      {kTextMessage, "text-message 1003"},
      {kMessageTooLong, "message-too-long 1009"},
      {kTooManyFragments, "too-many-fragments 1009"},
  };
  for (const auto& [violation, expected] : rows) {
    EXPECT_EQ(std::string(name(violation)) + " " + std::to_string(close_code(violation)), expected);
  }
}

}  // namespace
}  // namespace wsapi
