// SPDX-License-Identifier: Apache-2.0
//
// Broadcasts.

#include "harness/peers/deviations/changes.h"
#include "harness/peers/deviations/defects.h"

namespace wsapi {
namespace {

using namespace changes;

// BROADCAST goes to the connection of the call alone, or to all but that.
Change broadcast_where(bool is_caller) {
  return Change{.message_in =
                    [](Deviant& d, OctetView octets) {
                      const auto call = decode_as<Call>(octets, d.revision());
                      if (call && lower(call->verb) == "broadcast") d.shared.count = d.number();
                      d.pass_in(octets);
                    },
                .message_out =
                    [is_caller](Deviant& d, OctetView octets) {
                      const bool is_meant =
                          static_cast<bool>(decode_as<EventBroadcast>(octets, d.revision()));
                      const bool goes = (d.shared.count == d.number()) == is_caller;
                      if (!is_meant || goes) d.pass_out(octets);
                    }};
}

}  // namespace

std::vector<Deviation> broadcast_defects() {
  const auto edit = [](void (*f)(Deviant&, EventBroadcast&)) {
    return edit_out<EventBroadcast>(f);
  };
  return {
      {"broadcast-not-sent",
       "events-broadcast",
       "BROADCAST is not sent.",
       drop_out<EventBroadcast>(kAlways),
       {"events-broadcast-hop", "events-broadcast-uuid"}},
      {"broadcast-to-caller-only",
       "events-broadcast",
       "BROADCAST is sent to the caller alone.",
       broadcast_where(true),
       {"events-broadcast-uuid"}},
      {"broadcast-not-to-caller",
       "events-broadcast",
       "BROADCAST is not sent to the caller.",
       broadcast_where(false),
       {"events-broadcast-hop", "events-broadcast-uuid"}},
      {"broadcast-to-subscribers-only",
       "events-broadcast",
       "BROADCAST is sent to clients that have subscribed to some event alone.",
       Change{.message_out =
                  [](Deviant& d, OctetView octets) {
                    if (decode_as<EventSubscribe>(octets, d.revision())) d.own.flag = true;
                    const bool is_meant =
                        static_cast<bool>(decode_as<EventBroadcast>(octets, d.revision()));
                    if (!is_meant || d.own.flag) d.pass_out(octets);
                  }},
       {"events-broadcast-hop", "events-broadcast-uuid"}},
      {"broadcast-twice",
       "events-broadcast",
       "BROADCAST is sent twice.",
       after_out<EventBroadcast>([](Deviant& d, const EventBroadcast& m) { d.pass_out(m); }),
       {"events-broadcast-uuid", "events-broadcast-hop"}},
      {"broadcast-data-lost",
       "events-broadcast",
       "The data of a BROADCAST is null.",
       edit([](Deviant&, EventBroadcast& m) { m.data.text = "null"; }),
       {"primitives-object", "messages-event-broadcast"}},
      {"broadcast-name-cut",
       "events-broadcast",
       "The name in a BROADCAST is cut after 31 octets.",
       edit([](Deviant&, EventBroadcast& m) { m.name = m.name.substr(0, 31); }),
       {"primitives-string", "messages-event-broadcast"}},
      {"hop-not-lowered", "events-broadcast-hop", "BROADCAST has the hop 10.",
       edit([](Deviant&, EventBroadcast& m) { m.hop = 10; })},
      {"hop-of-0", "events-broadcast-hop", "BROADCAST has the hop 0.",
       edit([](Deviant&, EventBroadcast& m) { m.hop = 0; })},
      {"hop-of-255", "events-broadcast-hop", "BROADCAST has the hop 255.",
       edit([](Deviant&, EventBroadcast& m) { m.hop = 255; })},
      {"uuid-of-zeros", "events-broadcast-uuid", "The uuid of each BROADCAST is zero.",
       edit([](Deviant&, EventBroadcast& m) { m.uuid = {}; })},
      {"uuid-always-the-same", "events-broadcast-uuid", "All BROADCASTs have the same uuid.",
       edit([](Deviant&, EventBroadcast& m) { m.uuid.bytes.fill(std::byte{0x5a}); })},
      {"uuid-another-for-each-client", "events-broadcast-uuid",
       "The uuid of one BROADCAST is another for each client.",
       edit(
           [](Deviant& d, EventBroadcast& m) { m.uuid.bytes[0] ^= std::byte(d.number() & 0xff); })},
      {"uuid-of-the-second", "events-broadcast-uuid",
       "The uuid of a BROADCAST is the time in seconds.", edit([](Deviant&, EventBroadcast& m) {
         const auto now = std::chrono::steady_clock::now().time_since_epoch();
         const auto second = std::chrono::duration_cast<std::chrono::seconds>(now).count();
         m.uuid.bytes.fill(std::byte{1});
         m.uuid.bytes[0] = static_cast<std::byte>(second & 0xff);
       })},
  };
}

}  // namespace wsapi
