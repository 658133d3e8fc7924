// SPDX-License-Identifier: Apache-2.0

// Version negotiation, calls, descriptions, bounded requests, and the end of a session. Golden
// bytes by hand, from protocol sections 3 to 5. What is ignored, sessions with tokens, and events
// have their own tests.

#include "codec/server_session.h"

#include <gtest/gtest.h>

#include <array>

#include "codec/server_session_test_peer.h"

namespace wsapi {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the helpers of this test
using enum Revision;

// ---- Version negotiation (section 4)

constexpr std::string_view kOffer = "56 09144c17 01 01";

TEST(ServerSessionVersion, GoodOffersGetVersionSet1) {
  const std::array offers = {
      kOffer,
      std::string_view("56 09144c17 02 01 02"),
      std::string_view("56 09144c17 02 02 01"),
      std::string_view("56 09144c17 02 01 01"),
      std::string_view("56 09144c17 04 ff 00 01 7f"),
      std::string_view("56 09144c17 01 01 ff"),         // bytes after the list
      std::string_view("56 09144c17 01 01 56 09144c"),  // even those of another offer
  };
  for (const Revision revision : kVersion1Revisions) {
    for (const std::string_view offer : offers) {
      Peer peer(revision);
      EXPECT_FALSE(peer.session.version().has_value());
      EXPECT_TRUE(is<Handled>(peer.receive(offer))) << offer;
      EXPECT_EQ(peer.sent(), messages({"76 01"})) << offer;
      EXPECT_EQ(peer.session.version(), 1);
      EXPECT_FALSE(peer.session.ended());
    }
  }
}

TEST(ServerSessionVersion, LongestListIsSearchedToItsEnd) {
  std::string offer = "56 09144c17 ff";
  for (int i = 0; i < 254; ++i) offer += "02";
  Peer peer;
  EXPECT_TRUE(is<Handled>(peer.receive(offer + "01")));
  EXPECT_EQ(peer.sent(), messages({"76 01"}));
  Peer without;
  EXPECT_TRUE(is<HangUp>(without.receive(offer + "02 01")));
}

TEST(ServerSessionVersion, BadOffersHangUpWithoutAnAnswer) {
  const std::array offers = {
      "56 08144c17 01 01",     // another identifier
      "56 174c1409 01 01",     // the identifier in big endian
      "56 00000000 01 01",     //
      "56 09144c17 00",        // count 0
      "56 09144c17 00 01",     // count 0, whatever follows
      "56 09144c17 01 02",     // no supported version
      "56 09144c17 01 00",     //
      "56 09144c17 02 02 03",  //
      "56 09144c17 01 02 01",  // version 1 stands behind the list
      "56 09144c17 02 01",     // the list is shorter than the count
      "56 09144c17 ff 01 01",  //
      "56",                    // truncated, byte by byte
      "56 09",
      "56 0914",
      "56 09144c",
      "56 09144c17",
      "56 09144c17 01",
  };
  for (const Revision revision : kVersion1Revisions) {
    for (const std::string_view offer : offers) {
      Peer peer(revision);
      const ServerEvent event = peer.receive(offer);
      ASSERT_TRUE(is<HangUp>(event)) << offer;
      EXPECT_FALSE(std::get<HangUp>(event).reason.empty());
      EXPECT_EQ(peer.sent(), Messages{}) << offer;
      EXPECT_TRUE(peer.session.ended());
      EXPECT_FALSE(peer.session.version().has_value());
    }
  }
}

TEST(ServerSessionVersion, SecondOfferIsTreatedAsTheFirst) {
  Peer peer;
  (void)peer.receive(kOffer);
  EXPECT_TRUE(is<Handled>(peer.receive("56 09144c17 02 03 01")));
  EXPECT_EQ(peer.sent(), messages({"76 01", "76 01"}));
  EXPECT_TRUE(is<HangUp>(peer.receive("56 09144c17 01 03")));
  EXPECT_EQ(peer.sent(), Messages{});
  EXPECT_TRUE(peer.session.ended());
}

TEST(ServerSessionVersion, MessagesBeforeTheOfferAreServed) {
  Peer peer;
  EXPECT_TRUE(peer.session.reply(peer.call(), {}, {}, "true"));
  (void)peer.receive(kOffer);
  EXPECT_EQ(peer.sent(), messages({"6b 0100 00000000 00000000 05000000 7472756500", "76 01"}));
}

TEST(ServerSessionVersion, LegacyHasNone) {
  Peer peer(kLegacy);
  EXPECT_EQ(ignored_code(peer.receive(kOffer)), ErrorCode::kUnknownOperation);
  EXPECT_EQ(ignored_code(peer.receive("56")), ErrorCode::kUnknownOperation);
  EXPECT_EQ(peer.sent(), Messages{});
  EXPECT_FALSE(peer.session.version().has_value());
}

// ---- Calls (section 4)

TEST(ServerSessionCall, GivesTheFieldsOfTheMessage) {
  Peer peer;
  const ServerEvent event = peer.receive(
      "4b 3412 05000000 70696e6700 0000 0000 08000000 7b2261223a317d00 04000000 303a3000");
  ASSERT_TRUE(is<CallRequest>(event));
  const auto& call = std::get<CallRequest>(event);
  EXPECT_EQ(call.call_id, 0x1234U);
  EXPECT_EQ(call.verb, "ping");
  EXPECT_EQ(call.args, R"({"a":1})");
  EXPECT_EQ(call.credentials, "0:0");
  EXPECT_FALSE(call.session.has_value());
  EXPECT_FALSE(call.token.has_value());
  EXPECT_EQ(peer.sent(), Messages{});
  EXPECT_EQ(peer.session.request_count(), 1U);
}

TEST(ServerSessionCall, NoCredentialsAndEmptyOnesDiffer) {
  Peer peer;
  ServerEvent event = peer.receive("4b 0100 02000000 7600 0000 0000 05000000 6e756c6c00 00000000");
  EXPECT_FALSE(std::get<CallRequest>(event).credentials.has_value());
  event = peer.receive("4b 0100 02000000 7600 0000 0000 05000000 6e756c6c00 01000000 00");
  EXPECT_EQ(std::get<CallRequest>(event).credentials, "");
}

TEST(ServerSessionCall, GetsExactlyOneReply) {
  Peer peer;
  const RequestHandle handle = peer.call("3412");
  EXPECT_TRUE(peer.session.reply(handle, {}, {}, "\"pong\""));
  EXPECT_EQ(peer.sent(), messages({"6b 3412 00000000 00000000 07000000 22706f6e672200"}));
  EXPECT_EQ(peer.session.request_count(), 0U);
  EXPECT_FALSE(peer.session.reply(handle, {}, {}, "null"));
  EXPECT_FALSE(peer.session.subscribe(handle, "evt"));
  EXPECT_FALSE(peer.session.reply(RequestHandle{}, {}, {}, "null"));
  EXPECT_FALSE(peer.session.reply(RequestHandle{999}, {}, {}, "null"));
  EXPECT_EQ(peer.sent(), Messages{});
}

TEST(ServerSessionCall, ReplyCarriesErrorAndInfo) {
  Peer peer;
  EXPECT_TRUE(peer.session.reply(peer.call(), "bad", "", "1"));
  EXPECT_EQ(peer.sent(), messages({"6b 0100 04000000 62616400 01000000 00 02000000 3100"}));
}

TEST(ServerSessionCall, RepliesMayComeInAnyOrder) {
  Peer peer;
  const RequestHandle first = peer.call("0100");
  const RequestHandle second = peer.call("0200");
  EXPECT_TRUE(peer.session.reply(second, {}, {}, "2"));
  EXPECT_TRUE(peer.session.reply(first, {}, {}, "1"));
  EXPECT_EQ(peer.sent(), messages({"6b 0200 00000000 00000000 02000000 3200",
                                   "6b 0100 00000000 00000000 02000000 3100"}));
}

TEST(ServerSessionCall, IdZeroAndAPendingIdAreEchoed) {
  Peer peer;
  for (const std::string_view id : {"0000", "0700", "ffff"}) {
    const RequestHandle first = peer.call(id);
    const RequestHandle second = peer.call(id);
    EXPECT_NE(first, second);
    EXPECT_TRUE(peer.session.reply(first, {}, {}, "1"));
    EXPECT_TRUE(peer.session.reply(second, {}, {}, "2"));
    const std::string start = "6b" + std::string(id) + "00000000 00000000 02000000";
    EXPECT_EQ(peer.sent(), messages({start + "3100", start + "3200"}));
  }
}

TEST(ServerSessionCall, HandleOfTheWrongKindIsRefused) {
  Peer peer;
  const RequestHandle call = peer.call();
  const RequestHandle describe = Peer::handle_of(peer.receive("44 0100"));
  EXPECT_FALSE(peer.session.describe(call, "null"));
  EXPECT_FALSE(peer.session.reply(describe, {}, {}, "null"));
  EXPECT_FALSE(peer.session.subscribe(describe, "evt"));
  EXPECT_FALSE(peer.session.unsubscribe(describe, "evt"));
  EXPECT_EQ(peer.sent(), Messages{});
  EXPECT_EQ(peer.session.request_count(), 2U);
  EXPECT_TRUE(peer.session.reply(call, {}, {}, "null"));
  EXPECT_TRUE(peer.session.describe(describe, "null"));
}

TEST(ServerSessionCall, LegacyHas32BitIdsAndTheSessionByName) {
  Peer peer(kLegacy);
  const ServerEvent event = peer.receive(
      "43 78563412 05000000 70696e6700 04000000 75756900 05000000 6e756c6c00 04000000 303a3000");
  ASSERT_TRUE(is<CallRequest>(event));
  const auto& call = std::get<CallRequest>(event);
  EXPECT_EQ(call.call_id, 0x12345678U);
  EXPECT_EQ(call.verb, "ping");
  EXPECT_EQ(call.args, "null");
  EXPECT_EQ(call.session, "uui");
  EXPECT_FALSE(call.token.has_value());
  EXPECT_EQ(call.credentials, "0:0");
  EXPECT_TRUE(peer.session.reply(call.handle, {}, "i", "\"pong\""));
  EXPECT_FALSE(peer.session.reply(call.handle, {}, {}, "null"));
  EXPECT_EQ(peer.sent(), messages({"59 78563412 00000000 02000000 6900 07000000 22706f6e672200"}));
}

TEST(ServerSessionCall, TextThatNoMessageCanHoldIsRefusedAndTheRequestWaitsOn) {
  const HugeText huge;
  if (!huge.mapped()) GTEST_SKIP() << "no address space for 4 GiB";
  Peer peer;
  const RequestHandle call = peer.call();
  const RequestHandle describe = Peer::handle_of(peer.receive("44 0200"));
  EXPECT_FALSE(peer.session.reply(call, {}, {}, huge.text()));
  EXPECT_FALSE(peer.session.reply(call, huge.text(), {}, "null"));
  EXPECT_FALSE(peer.session.describe(describe, huge.text()));
  EXPECT_FALSE(peer.session.subscribe(call, huge.text()));
  EXPECT_EQ(peer.session.event_count(), 0U);
  EXPECT_EQ(peer.sent(), Messages{});
  EXPECT_TRUE(peer.session.subscribe(call, "evt"));
  EXPECT_FALSE(peer.session.push("evt", huge.text()));
  peer.session.broadcast("evt", huge.text(), Uuid{}, 10);
  EXPECT_EQ(peer.sent().size(), 2U);
  EXPECT_TRUE(peer.session.reply(call, {}, {}, "null"));
  EXPECT_TRUE(peer.session.describe(describe, "null"));
}

// ---- Descriptions: the id is 16 bits each way, 16 and 32, or 32 each way (section 5)

TEST(ServerSessionDescribe, WidthsOfTheThreeRevisions) {
  struct Row {
    Revision revision;
    std::string_view describe;
    std::uint32_t id;
    std::string_view description;
  };
  constexpr std::array kRows = {
      Row{k2020_03, "44 3412", 0x1234, "64 3412 08000000 7b2261223a317d00"},
      Row{k2020_01, "44 3412", 0x1234, "64 34120000 08000000 7b2261223a317d00"},
      Row{kLegacy, "44 78563412", 0x12345678, "64 78563412 08000000 7b2261223a317d00"},
  };
  for (const Row& row : kRows) {
    Peer peer(row.revision);
    const ServerEvent event = peer.receive(row.describe);
    ASSERT_TRUE(is<DescribeRequest>(event)) << name(row.revision);
    const auto request = std::get<DescribeRequest>(event);
    EXPECT_EQ(request.description_id, row.id);
    EXPECT_EQ(peer.sent(), Messages{});
    EXPECT_TRUE(peer.session.describe(request.handle, R"({"a":1})"));
    EXPECT_FALSE(peer.session.describe(request.handle, "null"));
    EXPECT_EQ(peer.sent(), messages({row.description})) << name(row.revision);
  }
}

// ---- Bounded requests, and the end

TEST(ServerSessionLimits, OneRequestTooManyIsAnsweredAtOnce) {
  Peer peer(k2020_03, {.max_requests = 2});
  const RequestHandle call = peer.call("0100");
  const RequestHandle describe = Peer::handle_of(peer.receive("44 0200"));
  EXPECT_TRUE(
      is<Handled>(peer.receive("4b 0300 02000000 7600 0000 0000 05000000 6e756c6c00 00000000")));
  EXPECT_TRUE(is<Handled>(peer.receive("44 0400")));
  EXPECT_EQ(peer.sent(), messages({"6b 0300 05000000 6275737900 00000000 05000000 6e756c6c00",
                                   "64 0400 05000000 6e756c6c00"}));
  EXPECT_EQ(peer.session.request_count(), 2U);
  EXPECT_TRUE(peer.session.reply(call, {}, {}, "null"));
  EXPECT_TRUE(peer.session.reply(peer.call("0500"), {}, {}, "null"));
  EXPECT_TRUE(peer.session.describe(describe, "null"));
}

TEST(ServerSessionLimits, OneRequestTooManyInLegacy) {
  Peer peer(kLegacy, {.max_requests = 0});
  EXPECT_TRUE(is<Handled>(
      peer.receive("43 03000000 02000000 7600 01000000 00 05000000 6e756c6c00 00000000")));
  EXPECT_TRUE(is<Handled>(peer.receive("44 04000000")));
  EXPECT_EQ(peer.sent(), messages({"59 03000000 05000000 6275737900 00000000 05000000 6e756c6c00",
                                   "64 04000000 05000000 6e756c6c00"}));
}

TEST(ServerSessionEnd, NothingIsTakenOrSentAnyMore) {
  for (const Revision revision : kRevisions) {
    const std::string_view call_id = revision == kLegacy ? "01000000" : "0100";
    Peer peer(revision);
    const RequestHandle call = peer.call(call_id);
    EXPECT_TRUE(peer.session.subscribe(call, "evt"));
    const auto describe =
        Peer::handle_of(peer.receive(revision == kLegacy ? "44 02000000" : "44 0200"));
    EXPECT_EQ(peer.sent().size(), 2U);
    peer.session.end();
    peer.session.end();
    EXPECT_TRUE(peer.session.ended());
    EXPECT_FALSE(peer.session.reply(call, {}, {}, "null"));
    EXPECT_FALSE(peer.session.describe(describe, "null"));
    EXPECT_FALSE(peer.session.subscribe(call, "other"));
    EXPECT_FALSE(peer.session.unsubscribe(call, "evt"));
    EXPECT_FALSE(peer.session.subscribed("evt"));
    EXPECT_FALSE(peer.session.push("evt", "null"));
    EXPECT_FALSE(peer.session.remove_event("evt"));
    peer.session.broadcast("evt", "null", Uuid{}, 10);
    for (const std::string_view text : {"", "00", "44 0200", "44 02000000"}) {
      EXPECT_TRUE(is<HangUp>(peer.receive(text)));
    }
    EXPECT_TRUE(is<HangUp>(peer.receive(kOffer)));
    EXPECT_EQ(peer.sent(), Messages{});
    EXPECT_EQ(peer.session.request_count() + peer.session.event_count(), 0U);
  }
}

}  // namespace
}  // namespace wsapi
