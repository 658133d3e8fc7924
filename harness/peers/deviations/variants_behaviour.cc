// SPDX-License-Identifier: Apache-2.0
//
// What a server may decide for itself: ids, when events are created, and what is acceptable.

#include <algorithm>

#include "codec/utf8.h"
#include "harness/peers/deviations/event_changes.h"
#include "harness/peers/deviations/variants.h"

namespace wsapi {
namespace {

using namespace changes;

// Event ids as others number them, in both directions: `change` is its own inverse.
Change renumber_events(std::uint32_t (*change)(std::uint32_t)) {
  return edit_event_ids(change) + edit_in<EventUnexpected>([change](Deviant&, EventUnexpected& m) {
           m.event_id = change(m.event_id);
         });
}

// EVENT REMOVE comes with each UNSUBSCRIBE, and a new EVENT CREATE before the next SUBSCRIBE.
// own.texts: the names of the events; own.ids: those that were removed so.
Change remove_at_unsubscribe(bool before) {
  return every_out([before](Deviant& d, OctetView octets) {
    if (const auto m = decode_as<EventCreate>(octets, d.revision())) {
      d.own.texts[m->event_id] = std::string(m->name);
    } else if (const auto s = decode_as<EventSubscribe>(octets, d.revision())) {
      const std::string name = d.own.texts[s->event_id];
      if (d.own.ids.erase(s->event_id) > 0) {
        d.pass_out(EventCreate{.event_id = s->event_id, .name = name});
      }
    } else if (const auto u = decode_as<EventUnsubscribe>(octets, d.revision())) {
      const std::string name = d.own.texts[u->event_id];
      const EventRemove removal{.event_id = u->event_id, .name = name};
      d.own.ids[u->event_id] = 1;
      if (before) d.pass_out(removal);
      d.pass_out(octets);
      if (!before) d.pass_out(removal);
      return;
    } else if (const auto r = decode_as<EventRemove>(octets, d.revision())) {
      if (d.own.ids.erase(r->event_id) > 0) return;
    }
    d.pass_out(octets);
  });
}

Change cut_at_nul() {
  const auto cut = [](std::string_view& text) { text = text.substr(0, text.find('\0')); };
  return edit_in<Call>([cut](Deviant&, Call& m) {
    cut(m.verb);
    cut(m.args.text);
    if (m.credentials) cut(*m.credentials);
  });
}

std::vector<Deviation> event_variants() {
  return {
      {"event-ids-from-16384", "peers-event-ids", "Event ids begin at 16,384.",
       renumber_events([](std::uint32_t id) { return id ^ 0x4000U; })},
      {"event-ids-downwards", "peers-event-ids", "Event ids go down from 65,535.",
       renumber_events([](std::uint32_t id) { return 0xffffU - (id - 1) % 0xffffU; })},
      {"event-ids-of-32-bits",
       "peers-legacy-ids",
       "Event ids are any numbers of 32 bits.",
       renumber_events([](std::uint32_t id) { return id ^ 0x9abcdef0U; }),
       {},
       DeviationRevisions::kOnlyLegacy},
      {"events-created-at-the-start", "events-create",
       "Events that nobody subscribed to are created after VERSION SET.",
       every_out([](Deviant& d, OctetView octets) {
         d.pass_out(octets);
         if (std::exchange(d.own.flag, true)) return;
         d.pass_out(EventCreate{.event_id = 40'000, .name = "variant/ready"});
         d.pass_out(EventCreate{.event_id = 40'001, .name = "variant/changed"});
       })},
      {"unsubscribe-removes", "peers-unsubscribe",
       "EVENT REMOVE comes after each UNSUBSCRIBE, and the event is created again when it is used.",
       remove_at_unsubscribe(false)},
      {"unsubscribe-removes-before", "peers-unsubscribe",
       "EVENT REMOVE comes before each UNSUBSCRIBE, and the event is created again when it is "
       "used.",
       remove_at_unsubscribe(true)},
      {"subscribed-again-without-message", "peers-subscribing",
       "Who is subscribed and subscribes again gets the REPLY alone.",
       every_out([](Deviant& d, OctetView octets) {
         if (const auto m = decode_as<EventSubscribe>(octets, d.revision())) {
           if (d.own.ids[m->event_id]++ > 0) return;
         } else if (const auto u = decode_as<EventUnsubscribe>(octets, d.revision())) {
           d.own.ids.erase(u->event_id);
         } else if (const auto r = decode_as<EventRemove>(octets, d.revision())) {
           d.own.ids.erase(r->event_id);
         }
         d.pass_out(octets);
       })},
      {"unexpected-not-answered",
       "events-unexpected-stops",
       "EVENT UNEXPECTED stops the pushes and is not answered.",
       Change{.message_in =
                  [](Deviant& d, OctetView octets) {
                    d.own.flag =
                        static_cast<bool>(decode_as<EventUnexpected>(octets, d.revision()));
                    d.pass_in(octets);
                    d.own.flag = false;
                  },
              .message_out =
                  [](Deviant& d, OctetView octets) {
                    if (!d.own.flag) d.pass_out(octets);
                  }},
       {},
       DeviationRevisions::kOfVersion1},
  };
}

// What is sent before a refusal.
Change at_refusal(void (*f)(Deviant&)) {
  return every_in([f](Deviant& d, OctetView octets) {
    if (has_operation_of<VersionOffer>(octets, d.revision())) {
      const auto offer = decode_as<VersionOffer>(octets, d.revision());
      const bool is_right = offer && offer->identifier == kVersionOfferIdentifier &&
                            std::ranges::find(offer->versions.versions, std::byte{1}) !=
                                offer->versions.versions.end();
      if (!is_right) f(d);
    }
    d.pass_in(octets);
  });
}

std::vector<Deviation> acceptance_variants() {
  return {
      {"verbs-with-case", "peers-verbs", "Verbs are compared with regard to case.",
       edit_in<Call>([](Deviant& d, Call& m) {
         if (lower(m.verb) != m.verb) m.verb = d.keep("\x01" + std::string(m.verb));
       })},
      {"octets-after-message-refused", "classes-trailing-bytes",
       "A message with octets after it is passed over.", every_in([](Deviant& d, OctetView octets) {
         const auto decoded = decode(octets, d.revision(), Direction::kToServer);
         const bool is_offer = has_operation_of<VersionOffer>(octets, d.revision());
         if (is_offer || !decoded || decoded->size == octets.size()) d.pass_in(octets);
       })},
      {"texts-end-at-nul", "classes-embedded-nul", "A text ends at its first NUL.", cut_at_nul()},
      {"texts-with-nul-refused", "classes-embedded-nul",
       "A CALL with a NUL inside its verb or args gets an error.",
       on_in<Call>([](Deviant& d, const Call& m, OctetView octets) {
         const bool is_meant = m.verb.find('\0') != std::string_view::npos ||
                               m.args.text.find('\0') != std::string_view::npos;
         if (!is_meant) return d.pass_in(octets);
         d.pass_out(Reply{.call_id = m.call_id, .error = "invalid-request"});
       })},
      {"not-utf-8-refused", "classes-not-utf-8",
       "A CALL whose verb or args are not UTF-8 gets an error.",
       on_in<Call>([](Deviant& d, const Call& m, OctetView octets) {
         if (is_utf8(m.verb) && is_utf8(m.args.text)) return d.pass_in(octets);
         d.pass_out(Reply{.call_id = m.call_id, .error = "invalid-request"});
       })},
      {"second-offer-ignored",
       "classes-offer-order",
       "A second VERSION OFFER is passed over.",
       drop_in<VersionOffer>([](Deviant& d, const VersionOffer&) { return d.own.count++ > 0; }),
       {},
       DeviationRevisions::kOfVersion1},
      {"second-offer-ends",
       "classes-offer-order",
       "A second VERSION OFFER ends the connection.",
       on_in<VersionOffer>([](Deviant& d, const VersionOffer&, OctetView octets) {
         if (d.own.count++ > 0) return d.link().finish();
         d.pass_in(octets);
       }),
       {},
       DeviationRevisions::kOfVersion1},
      {"messages-before-offer-ignored", "classes-offer-order",
       "What comes before the VERSION OFFER is passed over.",
       every_in([](Deviant& d, OctetView octets) {
         if (has_operation_of<VersionOffer>(octets, d.revision())) d.own.flag = true;
         if (d.own.flag || d.is_legacy()) d.pass_in(octets);
       })},
      {"call-id-0-ignored", "classes-call-id", "A CALL with id 0 is passed over.",
       drop_in<Call>([](Deviant&, const Call& m) { return m.call_id == 0; })},
      {"pending-id-ignored", "classes-call-id", "A CALL whose id is pending is passed over.",
       drop_in<Call>([](Deviant& d, const Call& m) { return d.own.ids[m.call_id]++ > 0; }) +
           after_out<Reply>([](Deviant& d, const Reply& m) { d.own.ids.erase(m.call_id); })},
      {"session-bound-again",
       "peers-session",
       "A session id that is bound again has the new name.",
       before_in<SessionCreate>([](Deviant& d, const SessionCreate& m) {
         if (!m.name.empty() && m.name.size() <= 36) {
           d.pass_in(SessionRemove{.session_id = m.session_id});
         }
       }),
       {},
       DeviationRevisions::kOfVersion1},
      {"long-session-names",
       "peers-session",
       "Session names of up to 4,096 octets are bound.",
       options([](ReferenceServerOptions& o) { o.session_limits.max_session_name_size = 4096; }),
       {},
       DeviationRevisions::kOfVersion1},
      {"deep-args-are-a-string", "peers-object-text",
       "Args that nest deeper than 32 are taken for a string.",
       edit_in<Call>([](Deviant& d, Call& m) {
         std::ptrdiff_t depth = 0;
         std::ptrdiff_t deepest = 0;
         for (const char c : m.args.text) {
           depth += c == '[' || c == '{' ? 1 : 0;
           depth -= c == ']' || c == '}' ? 1 : 0;
           deepest = std::max(deepest, depth);
         }
         if (deepest <= 32) return;
         std::string text = "\"";
         for (const char c : m.args.text) {
           if (c == '"' || c == '\\') text += '\\';
           text += c;
         }
         m.args.text = d.keep(text + "\"");
       })},
      {"unreadable-credentials-refused", "peers-credentials",
       "A CALL whose credentials have not the form of known peers gets internal-error.",
       on_in<Call>([](Deviant& d, const Call& m, OctetView octets) {
         const bool is_bad = m.credentials && std::ranges::count(*m.credentials, ':') != 2;
         if (!is_bad) return d.pass_in(octets);
         d.pass_out(Reply{.call_id = m.call_id, .error = "internal-error"});
       })},
      {"refusal-with-empty-close",
       "negotiation-refusal",
       "A refused offer is answered by an empty CLOSE.",
       at_refusal([](Deviant& d) { d.link().queue(close_frame()); }),
       {},
       DeviationRevisions::kOfVersion1},
      {"refusal-with-message",
       "negotiation-refusal",
       "A refused offer is answered by an error REPLY before the end.",
       at_refusal([](Deviant& d) { d.pass_out(Reply{.error = "unsupported-version"}); }),
       {},
       DeviationRevisions::kOfVersion1},
  };
}

}  // namespace

std::vector<Deviation> behaviour_variants() {
  std::vector<Deviation> all = event_variants();
  std::ranges::move(acceptance_variants(), std::back_inserter(all));
  return all;
}

}  // namespace wsapi
