// SPDX-License-Identifier: Apache-2.0
//
// What is pushed, and the end of events.

#include "harness/peers/deviations/changes.h"
#include "harness/peers/deviations/defects.h"
#include "harness/peers/deviations/event_changes.h"

namespace wsapi {

using namespace changes;
using std::chrono::milliseconds;

std::vector<Deviation> push_defects() {
  return {
      {"push-not-sent",
       "events-push",
       "EVENT PUSH is not sent.",
       drop_out<EventPush>(kAlways),
       {"events-subscribe"}},
      {"push-twice", "events-push", "EVENT PUSH is sent twice.",
       after_out<EventPush>([](Deviant& d, const EventPush& m) { d.pass_out(m); })},
      {"push-to-all",
       "events-push",
       "An event is pushed to clients that know it, subscribed or not.",
       also_push([](Deviant&, std::uint32_t state) { return state != 1; }),
       {"peers-unsubscribe"}},
      {"push-after-unsubscribe",
       "events-push",
       "An event is pushed also to clients that have unsubscribed.",
       also_push([](Deviant&, std::uint32_t state) { return state == 2; }),
       {"peers-unsubscribe"}},
      {"push-to-unsubscribed-connection", "events-push",
       "An event is pushed, under an id never created, to clients that have not subscribed.",
       before_verb("emit",
                   [](Deviant& d, const Call&, const std::string& name) {
                     d.for_each([&](Deviant& other) {
                       if (other.number() != d.number() && other.own.count > 0) return;
                       if (other.number() == d.number()) return;
                       other.pass_out(EventPush{.event_id = 4242, .name = other.keep(name)});
                     });
                   })},
      {"push-to-first-subscriber-only", "events-push",
       "An event is pushed to the first of its subscribers alone.",
       Change{.message_in =
                  [](Deviant& d, OctetView octets) {
                    const auto call = decode_as<Call>(octets, d.revision());
                    if (call && lower(call->verb) == "emit") d.shared.count = 0;
                    d.pass_in(octets);
                  },
              .message_out =
                  [](Deviant& d, OctetView octets) {
                    if (decode_as<EventPush>(octets, d.revision()) && ++d.shared.count > 1) return;
                    d.pass_out(octets);
                  }}},
      {"push-to-caller-only", "events-push", "An event is pushed to the caller of emit alone.",
       Change{.message_in =
                  [](Deviant& d, OctetView octets) {
                    const auto call = decode_as<Call>(octets, d.revision());
                    if (call && lower(call->verb) == "emit") d.shared.count = d.number();
                    d.pass_in(octets);
                  },
              .message_out =
                  [](Deviant& d, OctetView octets) {
                    const bool is_push =
                        static_cast<bool>(decode_as<EventPush>(octets, d.revision()));
                    if (is_push && d.shared.count != d.number()) return;
                    d.pass_out(octets);
                  }}},
      {"push-data-lost",
       "events-push",
       "The data of an EVENT PUSH is null.",
       edit_out<EventPush>([](Deviant&, EventPush& m) { m.data.text = "null"; }),
       {"primitives-object", "messages-event-push"}},
      {"push-data-of-before", "events-push", "An EVENT PUSH has the data of the one before it.",
       edit_out<EventPush>([](Deviant& d, EventPush& m) {
         std::string data(m.data.text);
         if (d.own.flag) m.data.text = d.keep(d.own.text);
         d.own.flag = true;
         d.own.text = std::move(data);
       })},
      {"push-with-id-0", "events-push", "EVENT PUSH has the event id 0.",
       edit_out<EventPush>([](Deviant&, EventPush& m) { m.event_id = 0; })},
      {"remove-not-sent",
       "events-remove",
       "EVENT REMOVE is not sent.",
       drop_out<EventRemove>(kAlways),
       {"events-unexpected-stops", "peers-unexpected"}},
      {"remove-to-caller-only", "events-remove",
       "EVENT REMOVE is sent to the caller of remove alone.",
       Change{.message_in =
                  [](Deviant& d, OctetView octets) {
                    const auto call = decode_as<Call>(octets, d.revision());
                    d.shared.count = call && lower(call->verb) == "remove" ? d.number() : 0;
                    d.pass_in(octets);
                  },
              .message_out =
                  [](Deviant& d, OctetView octets) {
                    const bool is_removal =
                        static_cast<bool>(decode_as<EventRemove>(octets, d.revision()));
                    if (is_removal && d.shared.count > 0 && d.shared.count != d.number()) return;
                    d.pass_out(octets);
                  }}},
      {"remove-with-other-id",
       "events-remove",
       "EVENT REMOVE has the id 0.",
       edit_out<EventRemove>([](Deviant&, EventRemove& m) { m.event_id = 0; }),
       {"events-unexpected-stops", "peers-unexpected"}},
      {"remove-twice",
       "events-remove",
       "EVENT REMOVE is sent twice.",
       after_out<EventRemove>([](Deviant& d, const EventRemove& m) { d.pass_out(m); }),
       {"events-unexpected-stops", "peers-unexpected"}},
      {"push-after-remove",
       "events-remove",
       "A removed event is pushed once more.",
       after_out<EventRemove>([](Deviant& d, const EventRemove& m) {
         d.pass_out(EventPush{.event_id = m.event_id, .name = m.name});
       }),
       {"events-push", "events-unexpected-stops", "peers-unexpected"}},
      {"unexpected-ignored",
       "events-unexpected-stops",
       "EVENT UNEXPECTED is passed over, and the pushes go on.",
       drop_in<EventUnexpected>(kAlways),
       {"peers-unexpected"},
       DeviationRevisions::kOfVersion1},
      {"unexpected-closes",
       "events-unexpected-stops",
       "EVENT UNEXPECTED ends the connection.",
       on_in<EventUnexpected>(
           [](Deviant& d, const EventUnexpected&, OctetView) { d.link().finish(); }),
       {"events-unexpected", "peers-unexpected"},
       DeviationRevisions::kOfVersion1},
      {"unexpected-takes-all",
       "events-unexpected-stops",
       "EVENT UNEXPECTED, of any id, takes all events of the connection back.",
       Change{.message_in =
                  [](Deviant& d, OctetView octets) {
                    if (decode_as<EventUnexpected>(octets, d.revision())) {
                      const auto ids = d.own.ids;
                      for (const auto& [id, state] : ids)
                        d.pass_in(EventUnexpected{.event_id = id});
                    }
                    d.pass_in(octets);
                  },
              .message_out =
                  [](Deviant& d, OctetView octets) {
                    note_subscription(d, octets);
                    d.pass_out(octets);
                  }},
       {"events-unexpected", "peers-unexpected"},
       DeviationRevisions::kOfVersion1},
      {"unexpected-of-unknown-id-closes",
       "events-unexpected",
       "EVENT UNEXPECTED of an id that does not exist ends the connection.",
       Change{.message_in =
                  [](Deviant& d, OctetView octets) {
                    const auto m = decode_as<EventUnexpected>(octets, d.revision());
                    if (m && !d.own.ids.contains(m->event_id)) return d.link().finish();
                    d.pass_in(octets);
                  },
              .message_out =
                  [](Deviant& d, OctetView octets) {
                    note_subscription(d, octets);
                    d.pass_out(octets);
                  }},
       {"events-unexpected-stops"},
       DeviationRevisions::kOfVersion1},
      {"unexpected-of-unknown-id-answered",
       "events-unexpected",
       "EVENT UNEXPECTED of an id that does not exist is answered by an error REPLY with it.",
       Change{.message_in =
                  [](Deviant& d, OctetView octets) {
                    const auto m = decode_as<EventUnexpected>(octets, d.revision());
                    if (m && !d.own.ids.contains(m->event_id)) {
                      d.pass_out(Reply{.call_id = m->event_id, .error = "unknown-event"});
                    }
                    d.pass_in(octets);
                  },
              .message_out =
                  [](Deviant& d, OctetView octets) {
                    note_subscription(d, octets);
                    d.pass_out(octets);
                  }},
       {},
       DeviationRevisions::kOfVersion1},
      {"subscriptions-outlive-connection",
       "events-push",
       "A new connection is sent the pushes of the one before it.",
       before_verb("emit",
                   [](Deviant& d, const Call&, const std::string& name) {
                     if (d.shared.names.contains(name)) {
                       d.pass_out(EventPush{.event_id = 4242, .name = d.keep(name)});
                     }
                   }) +
           Change{.ended =
                      [](Deviant& d) {
                        for (const auto& [id, name] : d.own.texts) d.shared.names[name] = "";
                      },
                  .message_out =
                      [](Deviant& d, OctetView octets) {
                        note_subscription(d, octets);
                        if (d.shared.names.size() > 1000) d.shared.names.clear();
                        d.pass_out(octets);
                      }},
       {"events-subscribe"}},
  };
}

}  // namespace wsapi
