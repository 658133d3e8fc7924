// SPDX-License-Identifier: Apache-2.0

// Events, subscriptions and broadcasts of a ServerSession, in version 1 and in legacy, and a
// session that ends while it sends. Golden bytes by hand, from protocol sections 3 to 5.

#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "codec/server_session_test_peer.h"

namespace wsapi {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the helpers of this test
using enum Revision;

constexpr std::string_view kReply1 = "6b 0100 00000000 00000000 05000000 6e756c6c00";

Uuid counting_uuid() {
  Uuid uuid;
  for (std::size_t i = 0; i < uuid.bytes.size(); ++i) uuid.bytes[i] = static_cast<std::byte>(i);
  return uuid;
}

// Subscribes within a call of its own.
bool subscribe(Peer& peer, std::string_view event) {
  const RequestHandle call = peer.call(peer.session.revision() == kLegacy ? "01000000" : "0100");
  const bool done = peer.session.subscribe(call, event);
  EXPECT_TRUE(peer.session.reply(call, {}, {}, "null"));
  return done;
}

// ---- Subscriptions

TEST(ServerSessionEvents, CreateThenSubscribeThenReplyAndAgainWithoutCreate) {
  for (const Revision revision : kVersion1Revisions) {
    Peer peer(revision);
    EXPECT_TRUE(subscribe(peer, "evt"));
    EXPECT_EQ(peer.sent(), messages({"45 0100 04000000 65767400", "58 0100 0100", kReply1}));
    EXPECT_TRUE(subscribe(peer, "evt"));
    EXPECT_EQ(peer.sent(), messages({"58 0100 0100", kReply1}));
    EXPECT_EQ(peer.session.event_count(), 1U);
  }
}

TEST(ServerSessionEvents, SubscribeCarriesTheIdOfItsCall) {
  Peer peer;
  const RequestHandle first = peer.call("3412");
  const RequestHandle second = peer.call("cdab");
  EXPECT_TRUE(peer.session.subscribe(second, "a"));
  EXPECT_TRUE(peer.session.subscribe(first, "b"));
  EXPECT_TRUE(peer.session.unsubscribe(first, "a"));
  EXPECT_EQ(peer.sent(), messages({"45 0100 02000000 6100", "58 cdab 0100", "45 0200 02000000 6200",
                                   "58 3412 0200", "78 3412 0100"}));
}

TEST(ServerSessionEvents, PushReachesSubscribersOnly) {
  Peer peer;
  EXPECT_FALSE(peer.session.push("evt", "true"));
  EXPECT_FALSE(peer.session.subscribed("evt"));
  EXPECT_EQ(peer.sent(), Messages{});
  EXPECT_TRUE(subscribe(peer, "evt"));
  EXPECT_TRUE(peer.session.subscribed("evt"));
  EXPECT_FALSE(peer.session.subscribed("other"));
  (void)peer.sent();
  EXPECT_TRUE(peer.session.push("evt", "true"));
  EXPECT_EQ(peer.sent(), messages({"50 0100 05000000 7472756500"}));
  EXPECT_FALSE(peer.session.push("other", "true"));
  EXPECT_EQ(peer.sent(), Messages{});
}

TEST(ServerSessionEvents, UnsubscribeStopsPushesAndTheEventStaysKnown) {
  Peer peer;
  const RequestHandle call = peer.call();
  EXPECT_FALSE(peer.session.unsubscribe(call, "evt"));
  EXPECT_TRUE(peer.session.subscribe(call, "evt"));
  (void)peer.sent();
  EXPECT_TRUE(peer.session.unsubscribe(call, "evt"));
  EXPECT_EQ(peer.sent(), messages({"78 0100 0100"}));
  EXPECT_FALSE(peer.session.unsubscribe(call, "evt"));
  EXPECT_FALSE(peer.session.subscribed("evt"));
  EXPECT_FALSE(peer.session.push("evt", "true"));
  EXPECT_EQ(peer.session.event_count(), 1U);
  EXPECT_EQ(peer.sent(), Messages{});
  EXPECT_TRUE(peer.session.subscribe(call, "evt"));
  EXPECT_EQ(peer.sent(), messages({"58 0100 0100"}));
  EXPECT_TRUE(peer.session.push("evt", "true"));
}

TEST(ServerSessionEvents, UnsubscribeNeedsACallThatWaits) {
  Peer peer;
  const RequestHandle call = peer.call();
  EXPECT_TRUE(peer.session.subscribe(call, "evt"));
  EXPECT_TRUE(peer.session.reply(call, {}, {}, "null"));
  (void)peer.sent();
  EXPECT_FALSE(peer.session.unsubscribe(call, "evt"));
  EXPECT_TRUE(peer.session.subscribed("evt"));
  EXPECT_EQ(peer.sent(), Messages{});
}

TEST(ServerSessionEvents, UnexpectedRemovesAndALaterSubscriptionCreatesAgain) {
  Peer peer;
  EXPECT_TRUE(subscribe(peer, "evt"));
  EXPECT_TRUE(subscribe(peer, "other"));
  (void)peer.sent();
  EXPECT_TRUE(is<Handled>(peer.receive("55 0100")));
  EXPECT_EQ(peer.sent(), messages({"65 0100"}));
  EXPECT_FALSE(peer.session.push("evt", "true"));
  EXPECT_TRUE(is<Handled>(peer.receive("55 0100")));  // now unknown
  EXPECT_TRUE(is<Handled>(peer.receive("55 0000")));
  EXPECT_TRUE(is<Handled>(peer.receive("55 ffff")));
  EXPECT_EQ(peer.sent(), Messages{});
  EXPECT_TRUE(peer.session.subscribed("other"));
  EXPECT_TRUE(subscribe(peer, "evt"));
  EXPECT_EQ(peer.sent(), messages({"45 0300 04000000 65767400", "58 0100 0300", kReply1}));
}

TEST(ServerSessionEvents, RemoveEndsTheEvent) {
  Peer peer;
  EXPECT_FALSE(peer.session.remove_event("evt"));
  EXPECT_TRUE(subscribe(peer, "evt"));
  (void)peer.sent();
  EXPECT_TRUE(peer.session.remove_event("evt"));
  EXPECT_EQ(peer.sent(), messages({"65 0100"}));
  EXPECT_FALSE(peer.session.remove_event("evt"));
  EXPECT_FALSE(peer.session.push("evt", "true"));
  EXPECT_EQ(peer.session.event_count(), 0U);
  EXPECT_EQ(peer.sent(), Messages{});
}

TEST(ServerSessionEvents, FullTableRefusesNewEventsOnly) {
  Peer peer(k2020_03, {.max_events = 1});
  EXPECT_TRUE(subscribe(peer, "a"));
  (void)peer.sent();
  EXPECT_FALSE(subscribe(peer, "b"));
  EXPECT_EQ(peer.sent(), messages({kReply1}));
  EXPECT_FALSE(peer.session.subscribed("b"));
  EXPECT_TRUE(subscribe(peer, "a"));
  EXPECT_TRUE(peer.session.remove_event("a"));
  (void)peer.sent();
  EXPECT_TRUE(subscribe(peer, "b"));
  EXPECT_EQ(peer.sent(), messages({"45 0200 02000000 6200", "58 0100 0200", kReply1}));
}

// ---- Ids: from 1 to 65535, then 1 again; those in use are skipped

TEST(ServerSessionEvents, IdsWrapAndSkipWhatIsInUse) {
  for (const Revision revision : {k2020_03, kLegacy}) {
    Peer peer(revision);
    const bool legacy = revision == kLegacy;
    const RequestHandle call = peer.call(legacy ? "01000000" : "0100");
    EXPECT_TRUE(peer.session.subscribe(call, "a"));  // keeps id 1
    EXPECT_TRUE(peer.session.subscribe(call, "b"));  // keeps id 2
    for (int id = 3; id < 65535; ++id) {
      ASSERT_TRUE(peer.session.subscribe(call, "x"));
      ASSERT_TRUE(peer.session.remove_event("x"));
    }
    (void)peer.sent();
    EXPECT_TRUE(peer.session.subscribe(call, "y"));
    EXPECT_TRUE(peer.session.subscribe(call, "z"));
    if (legacy) {
      EXPECT_EQ(peer.sent(),
                messages({"2b ffff0000 02000000 7900", "53 01000000 ffff0000 02000000 7900",
                          "2b 03000000 02000000 7a00", "53 01000000 03000000 02000000 7a00"}));
    } else {
      EXPECT_EQ(peer.sent(), messages({"45 ffff 02000000 7900", "58 0100 ffff",
                                       "45 0300 02000000 7a00", "58 0100 0300"}));
    }
  }
}

TEST(ServerSessionEvents, AllIdsInUseIsAFullTableWhateverTheLimit) {
  Peer peer(k2020_03, {.max_events = 100'000});
  const RequestHandle call = peer.call();
  for (int id = 1; id <= 65535; ++id) {
    ASSERT_TRUE(peer.session.subscribe(call, std::to_string(id)));
  }
  (void)peer.sent();
  EXPECT_FALSE(peer.session.subscribe(call, "one more"));
  EXPECT_EQ(peer.sent(), Messages{});
  EXPECT_EQ(peer.session.event_count(), 65535U);
  EXPECT_TRUE(is<Handled>(peer.receive("55 3412")));
  EXPECT_FALSE(peer.session.subscribed("4660"));
  EXPECT_TRUE(peer.session.subscribe(call, "e"));
  EXPECT_EQ(peer.sent(), messages({"65 3412", "45 3412 02000000 6500", "58 0100 3412"}));
}

// ---- Broadcasts

TEST(ServerSessionBroadcast, WritesOneHopLessAndNeedsNoSubscription) {
  constexpr std::string_view kStart =
      "42 04000000 65767400 05000000 7472756500 000102030405060708090a0b0c0d0e0f";
  for (const Revision revision : kVersion1Revisions) {
    Peer peer(revision);
    peer.session.broadcast("evt", "true", counting_uuid(), 10);
    EXPECT_EQ(peer.sent(), messages({std::string(kStart) + "09"}));
    peer.session.broadcast("evt", "true", counting_uuid(), 1);
    EXPECT_EQ(peer.sent(), messages({std::string(kStart) + "00"}));
    peer.session.broadcast("evt", "true", counting_uuid(), 255);
    EXPECT_EQ(peer.sent(), messages({std::string(kStart) + "fe"}));
    peer.session.broadcast("evt", "true", counting_uuid(), 0);
    EXPECT_EQ(peer.sent(), Messages{});
    EXPECT_EQ(peer.session.event_count(), 0U);
  }
}

TEST(ServerSessionBroadcast, Legacy) {
  Peer peer(kLegacy);
  peer.session.broadcast("evt", "true", counting_uuid(), 10);
  peer.session.broadcast("evt", "true", counting_uuid(), 1);
  peer.session.broadcast("evt", "true", counting_uuid(), 0);
  EXPECT_EQ(
      peer.sent(),
      messages({"2a 04000000 65767400 05000000 7472756500 000102030405060708090a0b0c0d0e0f 09",
                "2a 04000000 65767400 05000000 7472756500 000102030405060708090a0b0c0d0e0f 00"}));
}

// ---- Legacy

TEST(ServerSessionEvents, LegacyHas32BitIdsAndTheNameInEachMessage) {
  Peer peer(kLegacy);
  const RequestHandle call = peer.call("78563412");
  EXPECT_TRUE(peer.session.subscribe(call, "evt"));
  EXPECT_EQ(peer.sent(),
            messages({"2b 01000000 04000000 65767400", "53 78563412 01000000 04000000 65767400"}));
  EXPECT_TRUE(peer.session.subscribe(call, "evt"));
  EXPECT_EQ(peer.sent(), messages({"53 78563412 01000000 04000000 65767400"}));
  EXPECT_TRUE(peer.session.push("evt", "true"));
  EXPECT_EQ(peer.sent(), messages({"21 01000000 04000000 65767400 05000000 7472756500"}));
  EXPECT_TRUE(peer.session.unsubscribe(call, "evt"));
  EXPECT_EQ(peer.sent(), messages({"55 78563412 01000000 04000000 65767400"}));
  EXPECT_FALSE(peer.session.push("evt", "true"));
  EXPECT_TRUE(peer.session.remove_event("evt"));
  EXPECT_EQ(peer.sent(), messages({"2d 01000000 04000000 65767400"}));
  EXPECT_TRUE(peer.session.subscribe(call, "evt"));
  EXPECT_EQ(peer.sent(),
            messages({"2b 02000000 04000000 65767400", "53 78563412 02000000 04000000 65767400"}));
}

TEST(ServerSessionEvents, LegacyHasNoUnexpected) {
  Peer peer(kLegacy);
  EXPECT_TRUE(subscribe(peer, "evt"));
  (void)peer.sent();
  EXPECT_EQ(ignored_code(peer.receive("55 0100")), ErrorCode::kWrongDirection);
  EXPECT_TRUE(peer.session.subscribed("evt"));
  EXPECT_EQ(peer.sent(), Messages{});
}

// ---- The connection fails while the session sends

// Runs `act` on a session that ends within the count-th send. Whatever it does then, it sends no
// more and keeps nothing.
void expect_end_while_sending(Revision revision, int count,
                              const std::function<void(Peer&, RequestHandle)>& act) {
  Peer peer(revision, {.max_requests = 2});
  const RequestHandle call = peer.call(revision == kLegacy ? "01000000" : "0100");
  EXPECT_TRUE(peer.session.subscribe(call, "an event of more than a few bytes"));
  (void)peer.sent();
  peer.sink.end_at(peer.session, count);
  act(peer, call);
  EXPECT_TRUE(peer.session.ended());
  EXPECT_EQ(peer.sent().size(), static_cast<std::size_t>(count));
  EXPECT_EQ(peer.session.event_count() + peer.session.request_count(), 0U);
}

TEST(ServerSessionEndsWhileSending, FromTheApplication) {
  constexpr std::string_view kEvent = "an event of more than a few bytes";
  for (const Revision revision : kRevisions) {
    const auto check = [&](int count, const std::function<void(Peer&, RequestHandle)>& act) {
      expect_end_while_sending(revision, count, act);
    };
    check(1, [](Peer& p, RequestHandle h) { EXPECT_TRUE(p.session.reply(h, {}, {}, "null")); });
    check(1, [](Peer& p, RequestHandle h) { EXPECT_FALSE(p.session.subscribe(h, "new")); });
    check(2, [](Peer& p, RequestHandle h) { EXPECT_TRUE(p.session.subscribe(h, "new")); });
    check(1, [&](Peer& p, RequestHandle h) { EXPECT_TRUE(p.session.subscribe(h, kEvent)); });
    check(1, [&](Peer& p, RequestHandle h) { EXPECT_TRUE(p.session.unsubscribe(h, kEvent)); });
    check(1, [&](Peer& p, RequestHandle) { EXPECT_TRUE(p.session.push(kEvent, "null")); });
    check(1, [&](Peer& p, RequestHandle) { EXPECT_TRUE(p.session.remove_event(kEvent)); });
    check(1, [](Peer& p, RequestHandle) { p.session.broadcast("e", "null", Uuid{}, 10); });
    check(1, [&](Peer& p, RequestHandle) {
      const auto h = Peer::handle_of(p.receive(revision == kLegacy ? "44 01000000" : "44 0100"));
      EXPECT_TRUE(p.session.describe(h, "null"));
    });
  }
}

TEST(ServerSessionEndsWhileSending, FromTheClient) {
  constexpr std::array<std::string_view, 3> kAnswered = {
      "55 0100",                                                        // EVENT REMOVE
      "56 09144c17 01 01",                                              // VERSION SET
      "4b 0100 02000000 7600 0900 0000 05000000 6e756c6c00 00000000"};  // unknown session
  for (const std::string_view text : kAnswered) {
    expect_end_while_sending(k2020_03, 1, [&](Peer& peer, RequestHandle) {
      EXPECT_TRUE(is<Handled>(peer.receive(text))) << text;
      EXPECT_TRUE(is<HangUp>(peer.receive(text))) << text;
    });
  }
  expect_end_while_sending(k2020_03, 1, [](Peer& peer, RequestHandle) {
    (void)peer.receive("44 0100");
    EXPECT_TRUE(is<Handled>(peer.receive("44 0200")));  // busy
  });
}

}  // namespace
}  // namespace wsapi
