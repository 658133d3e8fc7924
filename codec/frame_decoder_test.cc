// SPDX-License-Identifier: Apache-2.0

// The rules of the decoder of frames (RFC 6455 section 5, protocol section 1). Every stream is fed
// whole, byte by byte, and cut in two at every place; the events must be the same. The expectations
// are written by hand: the encoder makes only long inputs.

#include "codec/frame.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "codec/hex.h"

namespace wsapi {
namespace {

using Bytes = std::vector<std::byte>;
using Kind = FrameEventKind;
using enum FrameViolation;

Bytes hex(std::string_view text) { return from_hex(text).value(); }

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Bytes pattern(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 7 + i / 256);
  return bytes;
}

// One line per event: what the tests compare.
std::string describe(const FrameEvent& event) {
  const std::string payload = to_hex(event.payload);
  const std::string remarks =
      std::string(event.masked ? " masked" : "") + (event.non_minimal_length ? " non-minimal" : "");
  switch (event.kind) {
    case Kind::kNeedMore: return "need-more";
    case Kind::kMessage:
      return "message/" + std::to_string(event.fragments) + " " + payload + remarks;
    case Kind::kPing: return "ping " + payload + remarks;
    case Kind::kPong: return "pong " + payload + remarks;
    case Kind::kClose:
      return "close " + (event.close_code ? std::to_string(*event.close_code) : "-") + " " +
             payload + remarks;
    case Kind::kViolation: break;
  }
  return "violation " + std::string(name(event.violation));
}

// Feeds one piece; events are appended until the input is used up or the decoder has ended.
void feed(FrameDecoder& decoder, std::span<const std::byte> piece, std::string& log) {
  while (!decoder.ended()) {
    const FrameEvent event = decoder.next(piece);
    if (event.kind == Kind::kNeedMore) break;
    log += describe(event) + "\n";
  }
}

// The events of a stream, after each way of cutting it has given the same.
std::string events_of(const Bytes& stream, FrameLimits limits = {}) {
  const auto all = std::span<const std::byte>(stream);
  std::string whole;
  FrameDecoder decoder(limits);
  feed(decoder, all, whole);

  std::string bytewise;
  FrameDecoder bytewise_decoder(limits);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Bytes piece{all[i]};  // a copy of its own: nothing may look behind it
    feed(bytewise_decoder, piece, bytewise);
  }
  EXPECT_EQ(whole, bytewise) << to_hex(all);

  for (std::size_t cut = 1; cut < all.size(); ++cut) {
    std::string in_two;
    FrameDecoder cut_decoder(limits);
    const Bytes first(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(cut));
    feed(cut_decoder, first, in_two);
    feed(cut_decoder, all.subspan(cut), in_two);
    EXPECT_EQ(whole, in_two) << to_hex(all) << " cut at " << cut;
  }
  return whole;
}

struct Row {
  std::string stream;  // hexadecimal
  std::string events;  // lines of describe()
};

void expect_events(const std::vector<Row>& rows, FrameLimits limits = {}) {
  for (const Row& row : rows) {
    EXPECT_EQ(events_of(hex(row.stream), limits), row.events) << row.stream;
  }
}

constexpr MaskKey kKey{std::byte{0x01}, std::byte{0x02}, std::byte{0x03}, std::byte{0x04}};

TEST(FrameDecoder, WholeFramesAreMessages) {
  expect_events({
      {"", ""},
      {"8200", "message/1 \n"},
      {"820161", "message/1 61\n"},
      {"82026162 820163", "message/1 6162\nmessage/1 63\n"},
      {"82026162 82", "message/1 6162\n"},
  });
}

TEST(FrameDecoder, EveryLengthFormIsAccepted) {
  expect_events({
      {"827e0000", "message/1  non-minimal\n"},
      {"827e000161", "message/1 61 non-minimal\n"},
      {"827f000000000000000161", "message/1 61 non-minimal\n"},
      {"02026162 807e000163", "message/2 616263 non-minimal\n"},
      {"027e000161 8000", "message/2 61 non-minimal\n"},
      {"82fe0001 01020304 60", "message/1 61 masked non-minimal\n"},
  });
}

TEST(FrameDecoder, LengthsAtTheEdgesOfTheForms) {
  const std::vector<std::pair<std::size_t, std::string>> rows = {
      {125, "827d"}, {126, "827e007e"}, {127, "827e007f"}, {255, "827e00ff"}, {256, "827e0100"}};
  for (const auto& [size, head] : rows) {
    const Bytes payload = pattern(size);
    EXPECT_EQ(events_of(hex(head) + payload), "message/1 " + to_hex(payload) + "\n");
  }
  EXPECT_EQ(events_of(hex("827f000000000000007e") + pattern(126)),
            "message/1 " + to_hex(pattern(126)) + " non-minimal\n");
}

// Cut in a few places only: in two at each of 65,000 would take long.
TEST(FrameDecoder, LongFramesComeWhole) {
  for (const std::size_t size : {65535u, 65536u, 1'048'500u}) {
    for (const auto& mask : {std::optional<MaskKey>{}, std::optional{kKey}}) {
      const Bytes payload = pattern(size);
      const Bytes frame = encode_frame({.mask = mask}, payload);
      for (const std::size_t cut : {0ul, 1ul, 9ul, 15ul, 40'001ul, frame.size() - 1}) {
        FrameDecoder decoder;
        auto input = std::span(frame).first(cut);
        EXPECT_EQ(decoder.next(input).kind, Kind::kNeedMore);
        input = std::span(frame).subspan(cut);
        const FrameEvent event = decoder.next(input);
        ASSERT_EQ(event.kind, Kind::kMessage);
        EXPECT_FALSE(event.non_minimal_length);
        EXPECT_TRUE(std::ranges::equal(event.payload, payload));
      }
    }
  }
}

TEST(FrameDecoder, MaskedFramesAreUnmasked) {
  expect_events({
      {"8280 01020304", "message/1  masked\n"},
      {"8285 01020304 60606060 60", "message/1 6162636461 masked\n"},
      {"8283 00000000 616263", "message/1 616263 masked\n"},
      {"0281 01020304 60 8002 6263", "message/2 616263 masked\n"},
      {"0201 61 8083 ff00ff00 9d 63 9b", "message/2 61626364 masked\n"},
      {"8982 01020304 6060", "ping 6162 masked\n"},
      {"8882 01020304 02ea", "close 1000  masked\n"},
      {"8284 01020304 01020304 820161", "message/1 00000000 masked\nmessage/1 61\n"},
  });
}

TEST(FrameDecoder, FragmentsAreOneMessage) {
  expect_events({
      {"020161 800162", "message/2 6162\n"},
      {"020161 000162 800163", "message/3 616263\n"},
      {"0200 8000", "message/2 \n"},
      {"0200 0000 0000 800161", "message/4 61\n"},
      {"020161 8000", "message/2 61\n"},
      {"020161 800162 020163 800164", "message/2 6162\nmessage/2 6364\n"},
      {"020161 000162", ""},
  });
}

TEST(FrameDecoder, ControlFramesMayComeBetweenFragments) {
  expect_events({
      {"020161 8900 800162", "ping \nmessage/2 6162\n"},
      {"020161 89027879 000162 8a017a 800163", "ping 7879\npong 7a\nmessage/3 616263\n"},
      {"020161 8981 01020304 79 8001 62", "ping 78 masked\nmessage/2 6162\n"},
      {"020161 880203e8 800162", "close 1000 \n"},
  });
}

TEST(FrameDecoder, ControlFramesCarryUpTo125Bytes) {
  const Bytes payload = pattern(125);
  EXPECT_EQ(events_of(hex("897d") + payload), "ping " + to_hex(payload) + "\n");
  EXPECT_EQ(events_of(hex("8afd 00000000") + payload), "pong " + to_hex(payload) + " masked\n");
  EXPECT_EQ(events_of(hex("887d 03e8") + pattern(123)),
            "close 1000 " + to_hex(pattern(123)) + "\n");
}

TEST(FrameDecoder, CloseEndsTheStream) {
  expect_events({
      {"8800", "close - \n"},
      {"880203e8", "close 1000 \n"},
      {"880503e9627965", "close 1001 627965\n"},
      {"8800 820161", "close - \n"},
  });
}

TEST(FrameDecoder, CloseCodesThatMustNotBeSentAreViolations) {
  const std::string violation = "violation close-code-invalid\n";
  expect_events({{"88020000", violation},
                 {"880203e7", violation},
                 {"880203ed", violation},
                 {"880503ed627965", violation},
                 {"8882 00000000 0bb7", violation}});
}

// Each row ends with the byte that must give the violation away: nothing before it does.
TEST(FrameDecoder, ViolationsAreFoundWithTheFirstByteThatShowsThem) {
  const std::vector<std::pair<std::string, FrameViolation>> rows = {
      {"c2", kRsvBits},
      {"a2", kRsvBits},
      {"92", kRsvBits},
      {"f9", kRsvBits},
      {"83", kUnknownOpcode},
      {"87", kUnknownOpcode},
      {"8b", kUnknownOpcode},
      {"8f", kUnknownOpcode},
      {"03", kUnknownOpcode},
      {"897e", kControlTooLong},
      {"8a7f", kControlTooLong},
      {"88fe", kControlTooLong},
      {"09", kControlFragmented},
      {"0a", kControlFragmented},
      {"08", kControlFragmented},
      {"8801", kClosePayloadOneByte},
      {"8881", kClosePayloadOneByte},
      {"880203ee", kCloseCodeInvalid},
      {"80", kContinuationWithoutStart},
      {"00", kContinuationWithoutStart},
      {"820161 80", kContinuationWithoutStart},
      {"0200 8000 80", kContinuationWithoutStart},
      {"020161 82", kDataInsideFragmented},
      {"020161 02", kDataInsideFragmented},
      {"020161 81", kDataInsideFragmented},
      {"81", kTextMessage},
      {"01", kTextMessage},
      {"827f00000000000fffb5", kMessageTooLong},
      {"82ff00000000000fffb5", kMessageTooLong},
      {"027f00000000000fffb5", kMessageTooLong},
      {"827f8000000000000000", kMessageTooLong},
      {"827fffffffffffffffff", kMessageTooLong},
  };
  for (const auto& [text, violation] : rows) {
    const Bytes stream = hex(text);
    const std::string before = events_of(Bytes(stream.begin(), stream.end() - 1));
    EXPECT_EQ(before.find("violation"), std::string::npos) << text;
    EXPECT_EQ(events_of(stream), before + "violation " + std::string(name(violation)) + "\n");
    EXPECT_EQ(events_of(stream + hex("8200 820161")), events_of(stream)) << text;
  }
}

TEST(FrameDecoder, LimitHoldsForAFrameAndForTheWholeMessage) {
  const std::string too_long = "violation message-too-long\n";
  expect_events({{"820461626364", "message/1 61626364\n"},
                 {"8205", too_long},
                 {"8285", too_long},
                 {"02026162 80026364", "message/2 61626364\n"},
                 {"02026162 000163 8002", too_long},
                 {"02026162 80028200", "message/2 61628200\n"},
                 {"0203616263 8900 807e0002", "ping \n" + too_long},
                 {"0203616263 800164 8204", "message/2 61626364\n"},
                 {"8905 6162636465 8205", "ping 6162636465\n" + too_long}},
                {.max_payload_size = 4});
  expect_events({{"8200", "message/1 \n"}, {"8201", too_long}}, {.max_payload_size = 0});
  // No limit lets a length of 64 bits pass.
  expect_events({{"827f8000000000000000", too_long}}, {.max_payload_size = ~0ull});
}

TEST(FrameDecoder, FragmentsAreCounted) {
  const std::string too_many = "violation too-many-fragments\n";
  expect_events({{"0200 0000 8000", "message/3 \n"},
                 {"0200 0000 0000 00", too_many},
                 {"0200 0000 0000 80", too_many},
                 {"0200 8000 0200 0000 8000 8200", "message/2 \nmessage/3 \nmessage/1 \n"}},
                {.max_fragments = 3});
  expect_events({{"8200", "message/1 \n"}, {"0200 80", too_many}}, {.max_fragments = 1});
}

TEST(FrameDecoder, EndlessEmptyFragmentsEnd) {
  Bytes stream = hex("0200");
  for (std::uint32_t i = 1; i < kDefaultMaxFragments; ++i) stream = std::move(stream) + hex("0000");
  std::string log;
  FrameDecoder decoder;
  feed(decoder, stream, log);
  EXPECT_EQ(log, "");
  EXPECT_TRUE(decoder.mid_message());
  feed(decoder, hex("0000"), log);
  EXPECT_EQ(log, "violation too-many-fragments\n");
}

TEST(FrameDecoder, WholeUnmaskedFrameIsAViewOfTheInput) {
  const Bytes stream = hex("8203616263 89017a 880303e878");
  FrameDecoder decoder;
  auto input = std::span<const std::byte>(stream);
  EXPECT_EQ(decoder.next(input).payload.data(), &stream[2]);
  EXPECT_EQ(decoder.next(input).payload.data(), &stream[7]);
  EXPECT_EQ(decoder.next(input).payload.data(), &stream[12]);
  EXPECT_EQ(decoder.capacity(), 0u);
}

TEST(FrameDecoder, InputIsConsumedUpToTheEvent) {
  const Bytes stream = hex("820161 820162 88");
  FrameDecoder decoder;
  auto input = std::span<const std::byte>(stream);
  for (const std::size_t left : {4u, 1u}) {
    EXPECT_EQ(decoder.next(input).kind, Kind::kMessage);
    EXPECT_EQ(input.size(), left);
  }
  EXPECT_EQ(decoder.next(input).kind, Kind::kNeedMore);
  EXPECT_TRUE(input.empty());
}

TEST(FrameDecoder, ClaimedLengthDoesNotAllocate) {
  FrameDecoder decoder({.max_payload_size = std::uint64_t{1} << 62});
  const Bytes stream = hex("827f4000000000000000 616263");
  auto input = std::span<const std::byte>(stream);
  EXPECT_EQ(decoder.next(input).kind, Kind::kNeedMore);
  EXPECT_LE(decoder.capacity(), 1024u);
}

TEST(FrameDecoder, MemoryGrowsWithTheBytesUpToTheLimitAndIsReleased) {
  FrameDecoder decoder;
  const Bytes frame = encode_frame({}, pattern(kDefaultMaxPayloadSize));
  FrameEvent event;
  for (std::size_t fed = 0; fed < frame.size();) {
    auto input = std::span(frame).subspan(fed);
    input = input.first(std::min<std::size_t>(1000, input.size()));
    fed += input.size();
    event = decoder.next(input);
    EXPECT_LE(decoder.capacity(), std::min<std::size_t>(kDefaultMaxPayloadSize, 2 * fed + 256));
  }
  EXPECT_EQ(event.kind, Kind::kMessage);
  EXPECT_EQ(decoder.capacity(), kDefaultMaxPayloadSize);
  std::span<const std::byte> nothing;
  EXPECT_EQ(decoder.next(nothing).kind, Kind::kNeedMore);
  EXPECT_EQ(decoder.capacity(), 0u);

  const Bytes small = encode_frame({.mask = kKey}, pattern(FrameDecoder::kRetainedCapacity));
  auto input = std::span<const std::byte>(small);
  EXPECT_EQ(decoder.next(input).kind, Kind::kMessage);
  EXPECT_EQ(decoder.next(nothing).kind, Kind::kNeedMore);
  EXPECT_EQ(decoder.capacity(), FrameDecoder::kRetainedCapacity);
}

TEST(FrameDecoder, EndedDecoderRepeatsItsEndAndConsumesAll) {
  const std::vector<Row> rows = {{"880403e86869", "close 1000 "},
                                 {"8800", "close - "},
                                 {"82", "violation data-inside-fragmented"}};
  for (const auto& [text, expected] : rows) {
    const Bytes stream = hex("020161" + text);  // ends with something gathered
    FrameDecoder decoder;
    std::string log;
    feed(decoder, stream, log);
    EXPECT_TRUE(decoder.ended());
    EXPECT_FALSE(decoder.mid_frame());
    EXPECT_FALSE(decoder.mid_message());
    EXPECT_EQ(decoder.capacity(), 0u);
    for (int i = 0; i < 3; ++i) {
      auto input = std::span<const std::byte>(stream);
      EXPECT_EQ(describe(decoder.next(input)), expected);
      EXPECT_TRUE(input.empty());
    }
  }
}

TEST(FrameDecoder, SaysWhetherTheStreamMayEndHere) {
  const Bytes stream = hex("020161 890178 800162");
  FrameDecoder decoder;
  for (std::size_t i = 0; i < stream.size(); ++i) {
    auto input = std::span<const std::byte>(stream).subspan(i, 1);
    (void)decoder.next(input);
    EXPECT_EQ(decoder.mid_frame(), i % 3 != 2) << i;
    EXPECT_EQ(decoder.mid_message(), i >= 2 && i < 8) << i;
  }
}

TEST(FrameDecoder, CanBeMovedInTheMiddle) {
  std::string log;
  FrameDecoder first;
  feed(first, hex("020161 8003 62"), log);
  FrameDecoder second = std::move(first);
  first = FrameDecoder();
  feed(first, hex("8900"), log);
  feed(second, hex("6364"), log);
  EXPECT_EQ(log, "ping \nmessage/2 61626364\n");
}

}  // namespace
}  // namespace wsapi
