// SPDX-License-Identifier: Apache-2.0

#include "harness/peers/deviations/event_changes.h"

namespace wsapi::changes {

Change edit_event_ids(std::uint32_t (*edit)(std::uint32_t)) {
  return every_out([edit](Deviant& d, OctetView octets) {
    const auto edited = [&]<typename Message>(std::type_identity<Message>) {
      auto m = decode_as<Message>(octets, d.revision());
      if (!m) return false;
      m->event_id = edit(m->event_id);
      d.pass_out(*m);
      return true;
    };
    const bool done =
        edited(std::type_identity<EventCreate>{}) || edited(std::type_identity<EventRemove>{}) ||
        edited(std::type_identity<EventSubscribe>{}) ||
        edited(std::type_identity<EventUnsubscribe>{}) || edited(std::type_identity<EventPush>{});
    if (!done) d.pass_out(octets);
  });
}

Change before_verb(std::string_view verb, void (*f)(Deviant&, const Call&, const std::string&)) {
  return before_in<Call>([verb, f](Deviant& d, const Call& m) {
    if (lower(m.verb) == verb) f(d, m, event_of(m.args.text));
  });
}

void note_subscription(Deviant& d, OctetView octets) {
  if (const auto m = decode_as<EventCreate>(octets, d.revision())) {
    d.own.texts[m->event_id] = std::string(m->name);
  } else if (const auto s = decode_as<EventSubscribe>(octets, d.revision())) {
    if (d.own.ids[s->event_id] == 1) ++d.own.count;  // subscribed again
    d.own.ids[s->event_id] = 1;
  } else if (const auto u = decode_as<EventUnsubscribe>(octets, d.revision())) {
    d.own.ids[u->event_id] = 2;
  } else if (const auto r = decode_as<EventRemove>(octets, d.revision())) {
    d.own.ids.erase(r->event_id);
    d.own.texts.erase(r->event_id);
  }
}

Change also_push(bool (*is_meant)(Deviant&, std::uint32_t state)) {
  return Change{.message_in =
                    [is_meant](Deviant& d, OctetView octets) {
                      const auto call = decode_as<Call>(octets, d.revision());
                      if (call && lower(call->verb) == "emit") {
                        const std::string name = event_of(call->args.text);
                        d.for_each([&](Deviant& other) {
                          for (const auto& [id, text] : other.own.texts) {
                            if (text != name || !is_meant(other, other.own.ids[id])) continue;
                            other.pass_out(EventPush{.event_id = id, .name = text});
                          }
                        });
                      }
                      d.pass_in(octets);
                    },
                .message_out =
                    [](Deviant& d, OctetView octets) {
                      note_subscription(d, octets);
                      d.pass_out(octets);
                    }};
}

}  // namespace wsapi::changes
