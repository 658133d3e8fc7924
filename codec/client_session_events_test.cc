// SPDX-License-Identifier: Apache-2.0

// Events, subscriptions and broadcasts of a ClientSession, in version 1 and in legacy. Golden bytes
// by hand, from protocol sections 3 to 5.

#include <gtest/gtest.h>

#include "codec/client_session_test_peer.h"

namespace wsapi {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the helpers of this test
using enum Revision;

constexpr std::string_view kCreate3 = "45 0300 04000000 65767400";
constexpr std::string_view kSubscribe3 = "58 0100 0300";  // within call 1
constexpr std::string_view kUnsubscribe3 = "78 0100 0300";
constexpr std::string_view kPush3 = "50 0300 05000000 7472756500";

// Knows event 3, `evt`, to which the pending call 1 has subscribed.
RequestHandle subscribe(ClientPeer& peer) {
  const RequestHandle call = peer.call();
  EXPECT_TRUE(is<Handled>(peer.receive(kCreate3)));
  EXPECT_TRUE(is<EventSubscribed>(peer.receive(kSubscribe3)));
  (void)peer.sent();
  return call;
}

// ---- Subscriptions

TEST(ClientSessionEvents, CreateSubscribePush) {
  for (const Revision revision : kVersion1Revisions) {
    ClientPeer peer(revision);
    const RequestHandle call = peer.call();
    (void)peer.sent();
    EXPECT_TRUE(is<Handled>(peer.receive(kCreate3)));
    EXPECT_FALSE(peer.session.listens("evt"));
    const ClientEvent subscribed = peer.receive(kSubscribe3);
    EXPECT_EQ(get<EventSubscribed>(subscribed).call, call);
    EXPECT_EQ(get<EventSubscribed>(subscribed).event, "evt");
    EXPECT_TRUE(peer.session.listens("evt"));
    EXPECT_FALSE(peer.session.listens("other"));
    EXPECT_TRUE(is<CallCompleted>(peer.receive(reply_message(revision, 1, "null"))));
    const ClientEvent pushed = peer.receive(kPush3);
    EXPECT_EQ(get<EventPushed>(pushed).event, "evt");
    EXPECT_EQ(get<EventPushed>(pushed).data, "true");
    EXPECT_EQ(peer.session.event_count(), 1U);
    EXPECT_EQ(peer.sent(), Messages{});
  }
}

TEST(ClientSessionEvents, SubscribingAgainIsToldAgain) {
  ClientPeer peer;
  subscribe(peer);
  const RequestHandle second = peer.call();
  EXPECT_EQ(get<EventSubscribed>(peer.receive("58 0200 0300")).call, second);
  EXPECT_TRUE(is<EventPushed>(peer.receive(kPush3)));
}

TEST(ClientSessionEvents, UnsubscribedEventIsUnexpectedUntilItIsSubscribedAgain) {
  ClientPeer peer;
  const RequestHandle call = subscribe(peer);
  const ClientEvent event = peer.receive(kUnsubscribe3);
  EXPECT_EQ(get<EventUnsubscribed>(event).call, call);
  EXPECT_EQ(get<EventUnsubscribed>(event).event, "evt");
  EXPECT_FALSE(peer.session.listens("evt"));
  EXPECT_EQ(peer.sent(), Messages{});
  EXPECT_TRUE(is<Handled>(peer.receive(kPush3)));
  EXPECT_EQ(peer.sent(), messages({"55 0300"}));
  EXPECT_EQ(peer.session.event_count(), 1U);
  EXPECT_TRUE(is<EventSubscribed>(peer.receive(kSubscribe3)));
  EXPECT_TRUE(is<EventPushed>(peer.receive(kPush3)));
  EXPECT_EQ(peer.sent(), Messages{});
}

TEST(ClientSessionEvents, PushOfAnUnknownOrUnheardEventIsUnexpected) {
  for (const Revision revision : kVersion1Revisions) {
    ClientPeer peer(revision);
    EXPECT_TRUE(is<Handled>(peer.receive(kPush3)));
    EXPECT_EQ(peer.sent(), messages({"55 0300"}));
    EXPECT_TRUE(is<Handled>(peer.receive(kCreate3)));
    EXPECT_TRUE(is<Handled>(peer.receive(kPush3)));  // nobody has subscribed
    EXPECT_TRUE(is<Handled>(peer.receive("50 0000 05000000 7472756500")));
    EXPECT_TRUE(is<Handled>(peer.receive("50 ffff 05000000 7472756500")));
    EXPECT_EQ(peer.sent(), messages({"55 0300", "55 0000", "55 ffff"}));
  }
}

TEST(ClientSessionEvents, MalformedPushIsIgnored) {
  ClientPeer peer;
  subscribe(peer);
  for (const std::string_view text : {"50", "50 03", "50 0300", "50 0300 00000000", "50 0400 01"}) {
    EXPECT_TRUE(is<Ignored>(peer.receive(text))) << text;
  }
  EXPECT_EQ(peer.sent(), Messages{});
}

TEST(ClientSessionEvents, SubscribingOutsideACallIsIgnored) {
  ClientPeer peer;
  EXPECT_TRUE(is<Handled>(peer.receive(kCreate3)));
  EXPECT_EQ(ignored_code(peer.receive(kSubscribe3)), ErrorCode::kNotPending);
  peer.describe();  // id 1, but no call
  EXPECT_EQ(ignored_code(peer.receive(kSubscribe3)), ErrorCode::kNotPending);
  EXPECT_EQ(ignored_code(peer.receive(kUnsubscribe3)), ErrorCode::kNotPending);
  peer.call();  // id 2
  EXPECT_TRUE(is<CallCompleted>(peer.receive(reply_message(k2020_03, 2, "null"))));
  EXPECT_EQ(ignored_code(peer.receive("58 0200 0300")), ErrorCode::kNotPending);
  EXPECT_FALSE(peer.session.listens("evt"));
}

TEST(ClientSessionEvents, UnsubscribingOutsideACallIsIgnored) {
  ClientPeer peer;
  subscribe(peer);
  EXPECT_EQ(ignored_code(peer.receive("78 0200 0300")), ErrorCode::kNotPending);
  EXPECT_TRUE(peer.session.listens("evt"));
}

TEST(ClientSessionEvents, SubscribingToAnUnknownEventIsIgnored) {
  ClientPeer peer;
  peer.call();
  (void)peer.sent();
  EXPECT_EQ(ignored_code(peer.receive(kSubscribe3)), ErrorCode::kUnknownEvent);
  EXPECT_EQ(ignored_code(peer.receive(kUnsubscribe3)), ErrorCode::kUnknownEvent);
  EXPECT_EQ(peer.session.event_count(), 0U);
  EXPECT_EQ(peer.session.request_count(), 1U);
  EXPECT_EQ(peer.sent(), Messages{});
}

// ---- The table

TEST(ClientSessionEvents, RemoveEndsTheIdAndItMayBeCreatedAgain) {
  ClientPeer peer;
  subscribe(peer);
  const ClientEvent event = peer.receive("65 0300");
  EXPECT_EQ(get<EventRemoved>(event).event, "evt");
  EXPECT_EQ(peer.session.event_count(), 0U);
  EXPECT_FALSE(peer.session.listens("evt"));
  EXPECT_EQ(ignored_code(peer.receive("65 0300")), ErrorCode::kUnknownEvent);
  EXPECT_TRUE(is<Handled>(peer.receive(kPush3)));
  EXPECT_EQ(peer.sent(), messages({"55 0300"}));
  EXPECT_TRUE(is<Handled>(peer.receive("45 0300 04000000 6e657700")));
  EXPECT_FALSE(peer.session.listens("new"));  // the subscription was the old event's
  EXPECT_EQ(get<EventSubscribed>(peer.receive(kSubscribe3)).event, "new");
  EXPECT_EQ(get<EventPushed>(peer.receive(kPush3)).event, "new");
}

TEST(ClientSessionEvents, IdThatIsBoundKeepsItsName) {
  ClientPeer peer;
  subscribe(peer);
  EXPECT_EQ(ignored_code(peer.receive(kCreate3)), ErrorCode::kDuplicate);
  EXPECT_EQ(ignored_code(peer.receive("45 0300 04000000 6e657700")), ErrorCode::kDuplicate);
  EXPECT_EQ(get<EventPushed>(peer.receive(kPush3)).event, "evt");
  EXPECT_EQ(peer.session.event_count(), 1U);
}

TEST(ClientSessionEvents, TwoIdsOfOneNameAreTwoEvents) {
  ClientPeer peer;
  subscribe(peer);
  EXPECT_TRUE(is<Handled>(peer.receive("45 0000 04000000 65767400")));
  EXPECT_EQ(peer.session.event_count(), 2U);
  EXPECT_EQ(get<EventRemoved>(peer.receive("65 0000")).event, "evt");
  EXPECT_TRUE(is<EventPushed>(peer.receive(kPush3)));
}

TEST(ClientSessionEvents, FullTableIgnoresNewEvents) {
  ClientPeer peer(k2020_03, {.max_events = 1});
  subscribe(peer);
  EXPECT_EQ(ignored_code(peer.receive("45 0400 02000000 6100")), ErrorCode::kTableFull);
  EXPECT_EQ(ignored_code(peer.receive("58 0100 0400")), ErrorCode::kUnknownEvent);
  EXPECT_EQ(peer.session.event_count(), 1U);
  EXPECT_TRUE(is<EventPushed>(peer.receive(kPush3)));
  EXPECT_TRUE(is<EventRemoved>(peer.receive("65 0300")));
  EXPECT_TRUE(is<Handled>(peer.receive("45 0400 02000000 6100")));
}

TEST(ClientSessionEvents, NamesTogetherHaveALimit) {
  ClientPeer peer(k2020_03, {.max_event_text_size = 4});
  EXPECT_EQ(ignored_code(peer.receive("45 0100 06000000 313233343500")), ErrorCode::kTableFull);
  EXPECT_TRUE(is<Handled>(peer.receive("45 0100 04000000 31323300")));
  EXPECT_EQ(ignored_code(peer.receive("45 0200 03000000 343500")), ErrorCode::kTableFull);
  EXPECT_TRUE(is<Handled>(peer.receive("45 0200 02000000 3400")));
  EXPECT_TRUE(is<Handled>(peer.receive("45 0300 01000000 00")));  // needs no room
  EXPECT_TRUE(is<EventRemoved>(peer.receive("65 0100")));
  EXPECT_TRUE(is<Ignored>(peer.receive("65 0100")));  // gives no room a second time
  EXPECT_EQ(ignored_code(peer.receive("45 0100 05000000 3132333400")), ErrorCode::kTableFull);
  EXPECT_TRUE(is<Handled>(peer.receive("45 0100 04000000 31323300")));
}

// ---- Legacy: 32 bits, the name in each message, no EVENT UNEXPECTED

constexpr std::string_view kLegacyCreate = "2b 78563412 04000000 65767400";
constexpr std::string_view kLegacySubscribe = "53 01000000 78563412 04000000 65767400";
constexpr std::string_view kLegacyUnsubscribe = "55 01000000 78563412 04000000 65767400";
constexpr std::string_view kLegacyPush = "21 78563412 04000000 65767400 05000000 7472756500";
constexpr std::string_view kLegacyRemove = "2d 78563412 04000000 65767400";

TEST(ClientSessionEvents, Legacy) {
  ClientPeer peer(kLegacy);
  const RequestHandle call = peer.call();
  (void)peer.sent();
  EXPECT_EQ(ignored_code(peer.receive(kLegacyPush)), ErrorCode::kUnknownEvent);
  EXPECT_TRUE(is<Handled>(peer.receive(kLegacyCreate)));
  EXPECT_EQ(ignored_code(peer.receive(kLegacyPush)), ErrorCode::kUnknownEvent);
  EXPECT_EQ(get<EventSubscribed>(peer.receive(kLegacySubscribe)).call, call);
  EXPECT_TRUE(peer.session.listens("evt"));
  const ClientEvent pushed = peer.receive(kLegacyPush);
  EXPECT_EQ(get<EventPushed>(pushed).event, "evt");
  EXPECT_EQ(get<EventPushed>(pushed).data, "true");
  EXPECT_EQ(get<EventUnsubscribed>(peer.receive(kLegacyUnsubscribe)).call, call);
  EXPECT_EQ(ignored_code(peer.receive(kLegacyPush)), ErrorCode::kUnknownEvent);
  EXPECT_EQ(get<EventRemoved>(peer.receive(kLegacyRemove)).event, "evt");
  EXPECT_EQ(ignored_code(peer.receive(kLegacyRemove)), ErrorCode::kUnknownEvent);
  EXPECT_EQ(peer.sent(), Messages{});
}

TEST(ClientSessionEvents, LegacyMessageWithAnotherNameThanTheIdsNamesNoEvent) {
  ClientPeer peer(kLegacy);
  peer.call();
  EXPECT_TRUE(is<Handled>(peer.receive(kLegacyCreate)));
  EXPECT_EQ(ignored_code(peer.receive("53 01000000 78563412 02000000 6100")),
            ErrorCode::kUnknownEvent);
  EXPECT_TRUE(is<EventSubscribed>(peer.receive(kLegacySubscribe)));
  EXPECT_EQ(ignored_code(peer.receive("55 01000000 78563412 02000000 6100")),
            ErrorCode::kUnknownEvent);
  EXPECT_EQ(ignored_code(peer.receive("21 78563412 02000000 6100 05000000 7472756500")),
            ErrorCode::kUnknownEvent);
  EXPECT_EQ(ignored_code(peer.receive("2d 78563412 02000000 6100")), ErrorCode::kUnknownEvent);
  EXPECT_TRUE(is<EventPushed>(peer.receive(kLegacyPush)));
}

// ---- Broadcasts

// BROADCAST of `evt`, true, with a uuid that ends in that byte.
std::string broadcast(Revision revision, std::uint8_t uuid, std::string_view hop) {
  return std::string(revision == kLegacy ? "2a" : "42") +
         "04000000 65767400 05000000 7472756500 000102030405060708090a0b0c0d0e" +
         to_hex(std::array{std::byte{uuid}}) + std::string(hop);
}

TEST(ClientSessionBroadcast, GivesItsFieldsAndNeedsNoSubscription) {
  for (const Revision revision : kRevisions) {
    ClientPeer peer(revision);
    const ClientEvent event = peer.receive(broadcast(revision, 0x0f, "09"));
    const auto received = get<BroadcastReceived>(event);
    EXPECT_EQ(received.event, "evt");
    EXPECT_EQ(received.data, "true");
    EXPECT_EQ(received.hop, 9);
    for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(received.uuid.bytes[i], std::byte(i));
    EXPECT_EQ(peer.session.event_count(), 0U);
    EXPECT_EQ(peer.sent(), Messages{});
  }
}

TEST(ClientSessionBroadcast, Hop0IsDroppedAndNotRemembered) {
  for (const Revision revision : kRevisions) {
    ClientPeer peer(revision);
    EXPECT_EQ(ignored_code(peer.receive(broadcast(revision, 1, "00"))), ErrorCode::kHopsExhausted);
    EXPECT_EQ(get<BroadcastReceived>(peer.receive(broadcast(revision, 1, "01"))).hop, 1);
  }
}

TEST(ClientSessionBroadcast, TheUuidOfZerosIsNotSeenBeforeItCame) {
  ClientPeer peer;
  const std::string zeros =
      "42 04000000 65767400 05000000 7472756500" + std::string(32, '0') + "09";
  EXPECT_TRUE(is<BroadcastReceived>(peer.receive(zeros)));
  EXPECT_EQ(ignored_code(peer.receive(zeros)), ErrorCode::kDuplicate);
}

TEST(ClientSessionBroadcast, OneOfTheLastThatComesAgainIsDropped) {
  for (const Revision revision : kRevisions) {
    ClientPeer peer(revision);
    const auto receive = [&](std::size_t uuid, std::string_view hop) {
      return ignored_code(peer.receive(broadcast(revision, static_cast<std::uint8_t>(uuid), hop)));
    };
    for (std::size_t i = 0; i < kRememberedBroadcasts; ++i) {
      EXPECT_EQ(receive(i, "09"), ErrorCode::kNone);
    }
    for (std::size_t i = 0; i < kRememberedBroadcasts; ++i) {
      EXPECT_EQ(receive(i, "08"), ErrorCode::kDuplicate);  // by whatever way it came
    }
    EXPECT_EQ(receive(100, "09"), ErrorCode::kNone);  // in the place of the oldest
    EXPECT_EQ(receive(1, "09"), ErrorCode::kDuplicate);
    EXPECT_EQ(receive(0, "09"), ErrorCode::kNone);
    EXPECT_EQ(receive(1, "09"), ErrorCode::kNone);
    EXPECT_EQ(receive(100, "09"), ErrorCode::kDuplicate);
  }
}

}  // namespace
}  // namespace wsapi
