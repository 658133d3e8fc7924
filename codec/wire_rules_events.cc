// SPDX-License-Identifier: Apache-2.0

// The wire rules about events (protocol section 4, Events).

#include <algorithm>

#include "codec/wire_rules_state.h"

namespace wsapi {
namespace {

constexpr std::uint8_t kFirstHop = 9;  // on the wire, of a binder that starts a broadcast

WireDetail event_detail(std::uint32_t id) { return {.name = "event_id", .number = id}; }

}  // namespace

void WireRules::State::on_event_create(std::uint32_t id) {
  Event* const event = events_.insert(id);
  if (event == nullptr) return;
  if (event->exists) return report(WireRule::kEventCreatedTwice, {{event_detail(id)}});
  event->exists = true;
  event->was_removed = event->is_subscribed = event->was_unsubscribed = false;
  event->unexpected_at.reset();
  // The counts stay: a client may still answer pushes of the event that had the id before.
}

// One that was never created may answer EVENT UNEXPECTED (section 8).
void WireRules::State::on_event_remove(std::uint32_t id) {
  Event* const event = events_.find(id);
  const bool is_known = event != nullptr && (event->exists || event->unexpected_count > 0);
  if (!is_known && events_.is_complete()) {
    report(WireRule::kEventRemoveUnknown, {{event_detail(id)}});
  }
  if (event == nullptr) return;
  event->was_removed = event->was_removed || event->exists;
  event->exists = event->is_subscribed = false;
}

// UNSUBSCRIBE of an event that the client does not know is no use of it, and it may come after the
// REMOVE that goes with it (section 8).
void WireRules::State::on_subscription(const WireFacts& facts, bool subscribes) {
  const Details details{
      {{.name = "call_id", .number = facts.call_id}, event_detail(facts.event_id)}};
  Event* const event = events_.find(facts.event_id);
  const bool exists = event != nullptr && event->exists;
  if (subscribes && !exists && events_.is_complete()) {
    report(WireRule::kEventNotCreated, details);
  }
  if (event != nullptr) {
    event->is_subscribed = subscribes && exists;
    event->was_unsubscribed = !subscribes;
    if (subscribes) event->unexpected_at.reset();
  }
  if (!calls_.pending.contains(facts.call_id) && calls_.pending.is_complete()) {
    report(WireRule::kSubscriptionOutsideCall, details);
  }
}

void WireRules::State::on_push(std::uint32_t id) {
  const Details details{{event_detail(id)}};
  // Kept also where it was not created: the client answers it by EVENT UNEXPECTED.
  Event* const event = events_.insert(id);
  if (event == nullptr) return;
  ++event->push_count;
  if (!event->exists) {
    return report(event->was_removed ? WireRule::kPushAfterRemove : WireRule::kEventNotCreated,
                  details);
  }
  if (!event->is_subscribed) {
    return report(
        event->was_unsubscribed ? WireRule::kPushAfterUnsubscribe : WireRule::kPushNotSubscribed,
        details);
  }
  // Those that were on their way do not count.
  if (event->unexpected_at.has_value() && server_has_read_ > *event->unexpected_at) {
    report(WireRule::kPushAfterUnexpected, details);
  }
}

void WireRules::State::on_unexpected(std::uint32_t id) {
  Event* const event = events_.insert(id);
  if (event == nullptr) return;
  if (++event->unexpected_count > event->push_count) {
    report(WireRule::kUnexpectedWithoutPush, {{event_detail(id)}});
  }
  if (!event->unexpected_at.has_value()) event->unexpected_at = client_sequence_;
}

// Hop 0 is right: it is what a sender whose own is 1 writes.
void WireRules::State::on_broadcast(std::uint8_t hop, const Uuid& uuid) {
  const Details details{{{.name = "hop", .number = hop}}};
  if (hop > kFirstHop) report(WireRule::kBroadcastHopTooHigh, details);
  if (std::ranges::find(broadcasts_, uuid) != broadcasts_.end()) {
    return report(WireRule::kBroadcastRepeated);
  }
  if (broadcasts_.size() == kMaxBroadcasts) broadcasts_.pop_front();
  broadcasts_.push_back(uuid);
}

}  // namespace wsapi
