// SPDX-License-Identifier: Apache-2.0
//
// Events and who has subscribed to them.

#include "harness/peers/deviations/changes.h"
#include "harness/peers/deviations/defects.h"
#include "harness/peers/deviations/event_changes.h"

namespace wsapi {
namespace {

using namespace changes;

// Messages of that kind go out after the next REPLY.
template <WsapiMessage Message>
Change after_the_next_reply() {
  return every_out([](Deviant& d, OctetView octets) {
    if (decode_as<Message>(octets, d.revision())) {
      d.own.kept.emplace_back(octets.begin(), octets.end());
      return;
    }
    d.pass_out(octets);
    if (!decode_as<Reply>(octets, d.revision())) return;
    for (const Octets& one : d.own.kept) d.pass_out(OctetView(one));
    d.own.kept.clear();
  });
}

}  // namespace

std::vector<Deviation> event_defects() {
  return {
      {"create-not-sent",
       "events-create",
       "EVENT CREATE is not sent.",
       drop_out<EventCreate>(kAlways),
       {"events-subscribe", "peers-subscribing"}},
      {"create-each-time",
       "events-create",
       "EVENT CREATE is sent before each SUBSCRIBE.",
       Change{.message_out =
                  [](Deviant& d, OctetView octets) {
                    note_subscription(d, octets);
                    if (const auto m = decode_as<EventCreate>(octets, d.revision()))
                      d.own.flag = true;
                    const auto m = decode_as<EventSubscribe>(octets, d.revision());
                    if (m && !std::exchange(d.own.flag, false)) {
                      d.pass_out(
                          EventCreate{.event_id = m->event_id, .name = d.own.texts[m->event_id]});
                    }
                    d.pass_out(octets);
                  }},
       {"peers-subscribing"}},
      {"create-after-subscribe",
       "events-create",
       "EVENT CREATE comes after the SUBSCRIBE.",
       Change{.message_out =
                  [](Deviant& d, OctetView octets) {
                    if (decode_as<EventCreate>(octets, d.revision())) {
                      d.own.kept.emplace_back(octets.begin(), octets.end());
                      return;
                    }
                    d.pass_out(octets);
                    for (const Octets& one : d.own.kept) d.pass_out(OctetView(one));
                    d.own.kept.clear();
                  }},
       {"events-subscribe", "peers-subscribing"}},
      {"create-without-name", "events-create", "The name in an EVENT CREATE is empty.",
       edit_out<EventCreate>([](Deviant&, EventCreate& m) { m.name = ""; })},
      {"create-name-cut",
       "events-create",
       "The name in an EVENT CREATE is cut after 31 octets.",
       edit_out<EventCreate>([](Deviant&, EventCreate& m) { m.name = m.name.substr(0, 31); }),
       {"primitives-string"}},
      {"create-sometimes-twice", "events-create",
       "The 200th EVENT CREATE of the server is sent twice.",
       after_out<EventCreate>([](Deviant& d, const EventCreate& m) {
         if (++d.shared.count % 200 == 0) d.pass_out(m);
       })},
      {"create-is-lost-now-and-then", "events-create",
       "The 400th EVENT CREATE of the server is not sent.",
       drop_out<EventCreate>(
           [](Deviant& d, const EventCreate&) { return ++d.shared.count % 400 == 0; })},
      {"subscribe-not-sent",
       "events-subscribe",
       "SUBSCRIBE is not sent.",
       drop_out<EventSubscribe>(kAlways),
       {"peers-subscribing"}},
      {"subscribe-after-reply",
       "events-subscribe",
       "SUBSCRIBE comes after the REPLY.",
       after_the_next_reply<EventSubscribe>(),
       {"peers-subscribing"}},
      {"subscribe-with-other-call-id",
       "events-subscribe",
       "SUBSCRIBE has the call id 0.",
       edit_out<EventSubscribe>([](Deviant&, EventSubscribe& m) { m.call_id = 0; }),
       {"peers-subscribing"}},
      {"subscribe-with-other-event-id",
       "events-subscribe",
       "SUBSCRIBE has another event id than the EVENT CREATE before it.",
       edit_out<EventSubscribe>([](Deviant&, EventSubscribe& m) { m.event_id = m.event_id + 1; }),
       {"events-create"}},
      {"unsubscribe-not-sent",
       "events-subscribe",
       "UNSUBSCRIBE is not sent.",
       drop_out<EventUnsubscribe>(kAlways),
       {"events-remove"}},
      {"unsubscribe-after-reply",
       "events-subscribe",
       "UNSUBSCRIBE comes after the REPLY.",
       after_the_next_reply<EventUnsubscribe>(),
       {"events-remove"}},
      {"unsubscribe-with-other-call-id",
       "events-subscribe",
       "UNSUBSCRIBE has the call id 0.",
       edit_out<EventUnsubscribe>([](Deviant&, EventUnsubscribe& m) { m.call_id = 0; }),
       {"events-remove"}},
      {"subscribes-counted",
       "events-push",
       "Who has subscribed twice has to unsubscribe twice before the pushes end.",
       also_push([](Deviant& d, std::uint32_t state) { return state == 2 && d.own.count > 0; }),
       {"events-subscribe", "peers-unsubscribe"}},
      {"event-ids-of-eight-bits",
       "events-create",
       "Of an event id only the lower eight bits are sent.",
       edit_event_ids([](std::uint32_t id) { return id & 0xff; }),
       {"events-push", "events-remove"}},
      {"event-id-always-1",
       "events-create",
       "All events have the id 1.",
       edit_event_ids([](std::uint32_t) { return std::uint32_t{1}; }),
       {"events-create-id", "events-push", "events-remove", "events-subscribe"}},
      {"events-at-most-64",
       "events-create",
       "More than 64 events of a connection are refused.",
       options([](ReferenceServerOptions& o) { o.session_limits.max_events = 64; }),
       {"events-subscribe"}},
  };
}

}  // namespace wsapi
