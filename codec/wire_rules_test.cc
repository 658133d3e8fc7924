// SPDX-License-Identifier: Apache-2.0

// Frames, control frames, and what holds for all rules: names, offsets, bounds, any octets.

#include "codec/wire_rules.h"

#include <fstream>
#include <iterator>
#include <random>
#include <set>

#include "codec/wire_rules_test_tools.h"

namespace wsapi {
namespace {

using test::kClient;
using test::kServer;
using test::Wire;

TEST(WireRulesInfo, EachRuleHasANameAndAClause) {
  std::ifstream in(WSAPI_SOURCE_VECTORS_DIR "/PROTOCOL.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kWireRuleCount; ++i) {
    const WireRuleInfo& info = wire_rule_info(static_cast<WireRule>(i));
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_EQ(info.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-8"), info.name.npos);
    const std::string anchor = "<a id=\"" + std::string(info.clause) + "\">";
    EXPECT_NE(page.find(anchor), page.npos) << info.name << ": " << info.clause;
    EXPECT_FALSE(info.purpose.empty()) << info.name;
  }
}

TEST(WireRulesFrames, Violation) {
  Wire wire;
  wire.raw(kClient, "c2 00");
  EXPECT_EQ(wire.broken(), "client frame-violation");
  EXPECT_EQ(wire.rules().violations()[0].details[0],
            (WireDetail{.name = "violation", .number = 0, .text = "rsv-bits"}));
  // The rest cannot be read; the other direction can.
  wire.raw(kClient, "8200 ff ff").reply(1);
  EXPECT_EQ(wire.broken(), "client frame-violation, server reply-not-pending");
  // Masked and fragmented messages are right: DESCRIBE 1, in two frames with a PING between.
  Wire right;
  right.raw(kClient, "02 81 00000000 44").raw(kClient, "89 00").raw(kClient, "80 02 0100");
  EXPECT_EQ(right.description(1).broken(), "");
}

TEST(WireRulesFrames, CloseCode) {
  EXPECT_EQ(Wire().raw(kServer, "88 02 03ee").broken(), "server close-code");
  EXPECT_EQ(Wire().raw(kServer, "88 00").broken(), "");
  EXPECT_EQ(Wire().raw(kServer, "88 02 03e8").broken(), "");
}

TEST(WireRulesFrames, LengthNotMinimal) {
  EXPECT_EQ(Wire().raw(kClient, "82 7e 0003 440100").broken(), "client length-not-minimal");
}

TEST(WireRulesFrames, StreamEndsInFrame) {
  Wire wire;
  wire.raw(kClient, "82 05 4401").rules().end(kClient);
  EXPECT_EQ(wire.broken(), "client stream-ends-in-frame");
  Wire fragments;
  fragments.raw(kClient, "02 01 44").rules().end(kClient);
  EXPECT_EQ(fragments.broken(), "client stream-ends-in-frame");
  // The other side had ended the connection: what is under way is cut.
  Wire cut;
  cut.raw(kClient, "82 05 4401").raw(kServer, "88 00").rules().end(kServer);
  cut.rules().end(kClient);
  EXPECT_EQ(cut.broken(), "");
  Wire whole;
  whole.call(1).rules().end(kClient);
  EXPECT_EQ(whole.broken(), "");
}

TEST(WireRulesFrames, Close) {
  EXPECT_EQ(Wire().raw(kClient, "88 00 82 00 82 00").broken(), "client data-after-close");
  EXPECT_EQ(Wire().raw(kClient, "88 00").raw(kClient, "8a 00").broken(), "client data-after-close");
  // The other side may have sent more before it knew.
  EXPECT_EQ(Wire().call(1).raw(kClient, "88 00").reply(1).raw(kServer, "88 00").broken(), "");

  Wire silent;
  silent.raw(kClient, "88 00").rules().end(kServer);
  EXPECT_EQ(silent.broken(), "server close-not-answered");
  Wire answered;
  answered.raw(kClient, "88 00").raw(kServer, "88 00").rules().end(kServer);
  EXPECT_EQ(answered.broken(), "");
  // Nobody is there to answer.
  Wire gone;
  gone.raw(kClient, "88 00").rules().end(kClient);
  gone.rules().end(kServer);
  EXPECT_EQ(gone.broken(), "");
}

TEST(WireRulesFrames, PingNotAnswered) {
  // A reply to what was sent after the PING shows that it was read.
  EXPECT_EQ(Wire().raw(kClient, "89 00").call(1).reply(1).finish().broken(),
            "server ping-not-answered");
  EXPECT_EQ(Wire().raw(kClient, "89 00").call(1).finish().broken(), "");
  EXPECT_EQ(Wire().call(1).raw(kClient, "89 00").reply(1).finish().broken(), "");
  EXPECT_EQ(Wire().raw(kClient, "89 00").call(1).reply(1).raw(kServer, "8a 00").finish().broken(),
            "");
  // The last of several may be the only one that is answered (RFC 6455, section 5.5.3).
  EXPECT_EQ(Wire()
                .raw(kClient, "89 01 61 89 01 62")
                .raw(kServer, "8a 01 62")
                .call(1)
                .reply(1)
                .finish()
                .broken(),
            "");
}

TEST(WireRulesFrames, PongPayload) {
  Wire wire;
  wire.raw(kClient, "89 03 616263").reply(1).raw(kServer, "8a 00");
  EXPECT_EQ(wire.broken(), "server reply-not-pending");  // it may be one that nobody asked for
  EXPECT_EQ(wire.finish().broken(), "server reply-not-pending, server pong-payload");
  EXPECT_EQ(wire.rules().violations()[1].offset, 22U);
  EXPECT_EQ(Wire()
                .raw(kServer, "8a 00")
                .raw(kServer, "89 01 61")
                .raw(kClient, "8a 01 7a 8a 01 61")
                .finish()
                .broken(),
            "");
}

TEST(WireRulesOffsets, AreThoseOfTheFirstOctetOfTheFrame) {
  Wire wire;
  wire.raw(kServer, "8a 01 7a").raw(kServer, "82 00").payload(kServer, "5a");
  wire.raw(kServer, "02 01 5a 89 80 00000000 80 01 00").payload(kServer, "5b");
  ASSERT_EQ(wire.broken(),
            "server unknown-operation, server unknown-operation, server unknown-operation");
  EXPECT_EQ(wire.rules().violations()[0].offset, 5U);
  EXPECT_EQ(wire.rules().violations()[0].message_index, 1U);  // after an empty one
  EXPECT_EQ(wire.rules().violations()[1].offset, 8U);
  EXPECT_EQ(wire.rules().violations()[2].offset, 20U);
  EXPECT_EQ(wire.rules().violations()[2].message_index, 3U);
  EXPECT_EQ(wire.rules().message_count(kServer), 4U);
}

TEST(WireRulesOffsets, DoNotDependOnHowTheStreamIsCut) {
  const auto octets =
      bytes("8a 01 7a 82 00 82 01 5a 02 01 5a 89 80 00000000 80 01 00 82 01 5b c2 00");
  Wire whole;
  whole.raw(kServer, octets);
  Wire cut;
  for (const std::byte& octet : octets) cut.raw(kServer, std::span(&octet, 1));
  EXPECT_EQ(whole.rules().violations(), cut.rules().violations());
  EXPECT_EQ(whole.rules().violations().back().rule, WireRule::kFrameViolation);
  EXPECT_EQ(whole.rules().violations().back().offset, 23U);
}

TEST(WireRulesBounds, ViolationsAreKeptUpToAMaximum) {
  Wire wire;
  for (std::size_t i = 0; i < WireRules::kMaxViolations + 5; ++i) wire.payload(kServer, "5a");
  EXPECT_EQ(wire.rules().violations().size(), WireRules::kMaxViolations);
  EXPECT_EQ(wire.rules().dropped_count(), 5U);
}

// Ids of 32 bits, more than any table takes: from then on nobody is blamed for what is not known.
TEST(WireRulesBounds, AFullTableSaysSoAndBlamesNobody) {
  Wire wire(Revision::kLegacy);
  std::vector<std::byte> frame = encode_frame({}, bytes("2d 00000000 02000000 6500"));
  frame[2] = std::byte{'+'};
  for (std::uint32_t id = 0; id <= WireRules::kMaxTableSize; ++id) {
    frame[3] = static_cast<std::byte>(id & 0xffU);
    frame[4] = static_cast<std::byte>(id >> 8U & 0xffU);
    frame[5] = static_cast<std::byte>(id >> 16U);
    wire.raw(kServer, frame);
  }
  EXPECT_EQ(wire.rules().left_out(), std::vector<std::string_view>{"events"});
  frame[2] = std::byte{'-'};  // the one that had no room
  EXPECT_EQ(wire.raw(kServer, frame).broken(), "");
}

TEST(WireRulesBounds, PingsAreKeptUpToAMaximum) {
  Wire wire;
  for (std::size_t i = 0; i <= WireRules::kMaxPings; ++i) wire.raw(kClient, "89 00");
  EXPECT_EQ(wire.rules().left_out(), std::vector<std::string_view>{"pings"});
}

// Noise, and messages that are right but for one octet.
TEST(WireRulesBounds, AnyOctetsAreSafe) {
  std::mt19937 random(1);
  const auto octet = [&](unsigned below) { return static_cast<std::byte>(random() % below); };
  const auto operations = std::string_view("KkEeXxPBUDdSsTtVvCY*+-!");
  for (const Revision revision : kRevisions) {
    for (int round = 0; round < 300; ++round) {
      Wire wire(revision, round % 2 == 0 ? WireStart::kOpening : WireStart::kNegotiated);
      for (int count = 0; count < 40; ++count) {
        std::vector<std::byte> message(random() % 24);
        for (std::byte& one : message) one = octet(4);
        if (!message.empty()) message[0] = static_cast<std::byte>(operations[random() % 23]);
        FrameHeader header;
        if (random() % 50 == 0) header.opcode = static_cast<std::uint8_t>(random() % 16);
        const auto frame = encode_frame(header, message);
        wire.raw(random() % 2 == 0 ? kClient : kServer, frame);
      }
      wire.rules().end(kClient);
      wire.rules().end(kServer);
      wire.finish();
      for (const WireViolation& violation : wire.rules().violations()) {
        EXPECT_FALSE(to_string(violation).empty());
      }
    }
  }
}

TEST(WireRulesObserve, TakesEventsOfAnotherDecoder) {
  WireRules rules({.revision = Revision::k2020_03, .start = WireStart::kNegotiated});
  const auto reply = bytes("6b 0100 00000000 00000000 05000000 6e756c6c00");
  rules.observe(kServer, {.kind = FrameEventKind::kMessage, .payload = reply}, 77);
  ASSERT_EQ(rules.violations().size(), 1U);
  EXPECT_EQ(to_string(rules.violations()[0]),
            "reply-not-pending (must) by the server at octet 77, message 0: REPLY, call_id 1: a "
            "REPLY answers a pending CALL of its id");
}

}  // namespace
}  // namespace wsapi
