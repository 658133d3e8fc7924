// SPDX-License-Identifier: Apache-2.0
#pragma once

// Changes to events, subscriptions and pushes.

#include <string>
#include <string_view>

#include "harness/peers/deviations/changes.h"

namespace wsapi::changes {

// The event ids of whatever leaves the server.
Change edit_event_ids(std::uint32_t (*edit)(std::uint32_t));

// A call of that verb is handed to f(deviant, call, name of its event); it passes after that.
Change before_verb(std::string_view verb, void (*f)(Deviant&, const Call&, const std::string&));

// Keeps account of what the server tells a client: in own.texts the names of the events by id, in
// own.ids 1 for those that it is subscribed to, and 2 where it was; in own.count, how often it has
// subscribed again.
void note_subscription(Deviant& d, OctetView octets);

// EVENT PUSH at each emit, besides the right ones, to those for which is_meant(deviant, state): the
// state is that of own.ids, or 0.
Change also_push(bool (*is_meant)(Deviant&, std::uint32_t state));

}  // namespace wsapi::changes
