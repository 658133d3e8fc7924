// SPDX-License-Identifier: Apache-2.0

// Events: for each rule what breaks it, and what is like it and right.

#include "codec/wire_rules_test_tools.h"

namespace wsapi {
namespace {

using test::Wire;

// Subscribed to event 3, by call 1.
Wire& subscribed(Wire& wire) { return wire.call(1).create(3).subscribe(1, 3).reply(1); }

std::string after_subscribing(auto&& more) {
  Wire wire;
  more(subscribed(wire));
  return wire.broken();
}

TEST(WireRulesEvents, NotCreated) {
  EXPECT_EQ(Wire().call(1).subscribe(1, 3).broken(), "server event-not-created");
  EXPECT_EQ(Wire().push(3).broken(), "server event-not-created");
  // It may come early, and UNSUBSCRIBE needs none.
  EXPECT_EQ(Wire().call(1).unsubscribe(1, 3).reply(1).broken(), "");
  EXPECT_EQ(Wire().create(3).call(1).subscribe(1, 3).reply(1).push(3).broken(), "");
}

TEST(WireRulesEvents, CreatedTwice) {
  EXPECT_EQ(Wire().create(3).create(3).broken(), "server event-created-twice");
  EXPECT_EQ(Wire().create(3).remove(3).create(3).create(4).broken(), "");
}

TEST(WireRulesEvents, RemoveUnknown) {
  EXPECT_EQ(Wire().remove(3).broken(), "server event-remove-unknown");
  EXPECT_EQ(Wire().create(3).remove(3).remove(3).broken(), "server event-remove-unknown");
  // Known servers answer EVENT UNEXPECTED by it (section 8).
  EXPECT_EQ(Wire().unexpected(3).remove(3).broken(), "client unexpected-without-push");
}

TEST(WireRulesEvents, SubscriptionOutsideItsCall) {
  EXPECT_EQ(Wire().create(3).subscribe(9, 3).broken(), "server subscription-outside-call");
  EXPECT_EQ(Wire().call(1).create(3).reply(1).subscribe(1, 3).broken(),
            "server subscription-outside-call");
  EXPECT_EQ(after_subscribing([](Wire& wire) { wire.unsubscribe(1, 3); }),
            "server subscription-outside-call");
  EXPECT_EQ(after_subscribing([](Wire& wire) { wire.call(2).unsubscribe(2, 3).reply(2); }), "");
  // Again, and of an event that this client is not subscribed to.
  EXPECT_EQ(after_subscribing([](Wire& wire) { wire.call(2).subscribe(2, 3).reply(2); }), "");
  EXPECT_EQ(Wire().create(3).call(1).unsubscribe(1, 3).reply(1).broken(), "");
}

TEST(WireRulesEvents, UnsubscribeMayComeAfterItsRemove) {
  EXPECT_EQ(
      after_subscribing([](Wire& wire) { wire.call(2).remove(3).unsubscribe(2, 3).reply(2); }), "");
}

TEST(WireRulesEvents, PushWithoutSubscription) {
  EXPECT_EQ(Wire().create(3).push(3).broken(), "server push-not-subscribed");
  // Before or after the reply of the call that caused it.
  EXPECT_EQ(after_subscribing([](Wire& wire) { wire.call(2).push(3).reply(2).push(3); }), "");
}

TEST(WireRulesEvents, PushAfterUnsubscribe) {
  EXPECT_EQ(after_subscribing([](Wire& wire) { wire.call(2).unsubscribe(2, 3).reply(2).push(3); }),
            "server push-after-unsubscribe");
  EXPECT_EQ(after_subscribing([](Wire& wire) {
              wire.call(2).unsubscribe(2, 3).reply(2).call(3).subscribe(3, 3).reply(3).push(3);
            }),
            "");
}

TEST(WireRulesEvents, PushAfterRemove) {
  EXPECT_EQ(after_subscribing([](Wire& wire) { wire.remove(3).push(3); }),
            "server push-after-remove");
  // The new event of that id has no subscribers.
  EXPECT_EQ(after_subscribing([](Wire& wire) { wire.remove(3).create(3).push(3); }),
            "server push-not-subscribed");
}

TEST(WireRulesEvents, PushAfterUnexpected) {
  // Call 2 was sent after EVENT UNEXPECTED, so that who answers it has read that.
  EXPECT_EQ(
      after_subscribing([](Wire& wire) { wire.push(3).unexpected(3).call(2).reply(2).push(3); }),
      "server push-after-unexpected");
  // On their way.
  EXPECT_EQ(after_subscribing(
                [](Wire& wire) { wire.call(2).push(3).unexpected(3).push(3).reply(2).push(3); }),
            "");
  EXPECT_EQ(after_subscribing([](Wire& wire) {
              wire.push(3).unexpected(3).call(2).subscribe(2, 3).reply(2).push(3);
            }),
            "");
}

TEST(WireRulesEvents, UnexpectedWithoutPush) {
  EXPECT_EQ(Wire().create(3).unexpected(3).broken(), "client unexpected-without-push");
  EXPECT_EQ(after_subscribing([](Wire& wire) { wire.push(3).unexpected(3).unexpected(3); }),
            "client unexpected-without-push");
  // One for each push (section 8), also of an event that has been removed meanwhile.
  EXPECT_EQ(after_subscribing([](Wire& wire) {
              wire.push(3).push(3).unexpected(3).remove(3).create(3).unexpected(3);
            }),
            "");
}

TEST(WireRulesEvents, BroadcastHop) {
  EXPECT_EQ(Wire().broadcast(10).broken(), "server broadcast-hop-too-high");
  EXPECT_EQ(Wire().broadcast(255).broken(), "server broadcast-hop-too-high");  // 0 - 1
  EXPECT_EQ(Wire().broadcast(9, '1').broadcast(0, '2').broken(), "");
}

TEST(WireRulesEvents, BroadcastRepeated) {
  EXPECT_EQ(Wire().broadcast(9).broadcast(8).broken(), "server broadcast-repeated");
  EXPECT_EQ(Wire().broadcast(9, '1').broadcast(9, '2').broken(), "");
}

TEST(WireRulesEvents, OfLegacy) {
  const auto in_call = [](Wire& wire, const std::string& what) {
    wire.server("\"legacy-event-" + what + R"(","call_id":9,"event_id":4026531841,"name":"e")");
  };
  Wire wire(Revision::kLegacy);
  wire.client(
      R"("legacy-call","call_id":9,"verb":"v","session":"s","args":"1","credentials":null)");
  wire.server(R"("legacy-event-create","event_id":4026531841,"name":"e")");
  in_call(wire, "subscribe");
  wire.server(R"("legacy-event-push","event_id":4026531841,"name":"e","data":"1")");
  wire.server(R"("legacy-event-remove","event_id":4026531841,"name":"e")");
  in_call(wire, "unsubscribe");
  EXPECT_EQ(wire.broken(), "");
  wire.server(R"("legacy-event-push","event_id":4026531841,"name":"e","data":"1")");
  EXPECT_EQ(wire.broken(), "server push-after-remove");
}

}  // namespace
}  // namespace wsapi
