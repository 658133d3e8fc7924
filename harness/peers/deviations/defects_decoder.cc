// SPDX-License-Identifier: Apache-2.0
//
// What a decoder takes for a message, and what malformed, unknown and misdirected messages do.

#include <algorithm>

#include "harness/peers/deviations/changes.h"
#include "harness/peers/deviations/defects.h"

namespace wsapi {
namespace {

using namespace changes;

// Messages that no decoder takes, of any kind but the offer.
Change on_undecodable(void (*f)(Deviant&, OctetView)) {
  return every_in([f](Deviant& d, OctetView octets) {
    const bool is_meant = !octets.empty() &&
                          !has_operation_of<VersionOffer>(octets, d.revision()) &&
                          !decode(octets, d.revision(), Direction::kToServer);
    if (is_meant) return f(d, octets);
    d.pass_in(octets);
  });
}

bool is_known(OctetView octets, Revision revision, Direction direction) {
  return any_message_type([&]<typename Message>(std::type_identity<Message>) {
    return Message::kDirection == direction && has_operation_of<Message>(octets, revision);
  });
}

// Messages with an operation that does not exist, or of the other direction.
Change on_unknown(void (*f)(Deviant&, OctetView)) {
  return every_in([f](Deviant& d, OctetView octets) {
    const bool is_meant = !octets.empty() &&
                          !is_known(octets, d.revision(), Direction::kToServer) &&
                          !is_known(octets, d.revision(), Direction::kToClient);
    if (is_meant) return f(d, octets);
    d.pass_in(octets);
  });
}

Change on_misdirected(void (*f)(Deviant&, OctetView)) {
  return every_in([f](Deviant& d, OctetView octets) {
    const bool is_meant = !octets.empty() &&
                          !is_known(octets, d.revision(), Direction::kToServer) &&
                          is_known(octets, d.revision(), Direction::kToClient);
    if (is_meant) return f(d, octets);
    d.pass_in(octets);
  });
}

std::uint32_t id_of(Deviant& d, OctetView octets) {
  return leading_id<Id>(octets, d.revision()).value_or(0);
}

void answer_error(Deviant& d, OctetView octets) {
  d.pass_out(Reply{.call_id = id_of(d, octets), .error = "invalid-request"});
}

const std::vector<std::string_view> kOfMalformed{"classes-truncated",  "classes-string-length",
                                                 "classes-string-nul", "calls-malformed",
                                                 "primitives-string",  "legacy-messages"};

// A message of that kind that comes to the server ends the pushes of its event.
template <WsapiMessage Message>
Change no_push_after() {
  return Change{.message_in =
                    [](Deviant& d, OctetView octets) {
                      const auto m = decode_as<Message>(octets, d.revision());
                      if (m) d.own.ids[m->event_id] = 1;
                      d.pass_in(octets);
                    },
                .message_out =
                    [](Deviant& d, OctetView octets) {
                      const auto m = decode_as<EventPush>(octets, d.revision());
                      if (!m || !d.own.ids.contains(m->event_id)) d.pass_out(octets);
                    }};
}

std::vector<Deviation> malformed_defects() {
  return {
      {"length-zero-is-empty-string", "classes-string-length",
       "A string of length 0 is taken for the empty one.", lenient<Call>({.zero_is_empty = true}),
       kOfMalformed},
      {"string-without-nul-taken", "classes-string-nul",
       "A string without its NUL is taken, with its last octet.",
       lenient<Call>({.nul_is_not_needed = true}), kOfMalformed},
      {"length-beyond-end-cut", "classes-string-length",
       "A length beyond the end of the message is cut there.",
       lenient<Call>({.ends_at_input = true}), kOfMalformed},
      {"missing-fields-are-zero", "classes-truncated",
       "Fields that a CALL does not have are taken for 0, empty or null.",
       lenient<Call>({.missing_is_zero = true}), kOfMalformed},
      {"missing-credentials-are-null", "classes-truncated",
       "A CALL that ends after its args is taken as one without credentials.",
       on_malformed<Call>([](Deviant& d, OctetView octets) {
         Octets longer(octets.begin(), octets.end());
         longer.insert(longer.end(), 4, std::byte{0});
         const bool is_whole = static_cast<bool>(decode_as<Call>(longer, d.revision()));
         d.pass_in(is_whole ? OctetView(longer) : octets);
       }),
       kOfMalformed},
      {"malformed-call-answered", "calls-malformed", "A malformed CALL is answered by an error.",
       on_malformed<Call>(answer_error), kOfMalformed},
      {"malformed-call-closes", "calls-malformed", "A malformed CALL ends the connection.",
       on_malformed<Call>([](Deviant& d, OctetView) { d.link().finish(); }), kOfMalformed},
      {"malformed-call-has-effect", "calls-malformed",
       "A CALL whose credentials are cut is carried out, and not answered.",
       on_malformed<Call>([](Deviant& d, OctetView octets) {
         const auto read = read_leniently<Call>(octets, d.revision(), {.missing_is_zero = true});
         if (!read) return d.pass_in(octets);
         d.own.ids[id_of(d, octets)] = 1;
         d.pass_in(OctetView(*read));
       }) + drop_out<Reply>([](Deviant& d, const Reply& m) {
         return d.own.ids.erase(m.call_id) > 0;
       }),
       kOfMalformed},
      {"malformed-session-binds",
       "classes-truncated",
       "A SESSION CREATE with a cut or broken name binds what is there of it.",
       lenient<SessionCreate>({.nul_is_not_needed = true, .ends_at_input = true}),
       {"classes-string-nul", "classes-string-length", "sessions-create"},
       DeviationRevisions::kOfVersion1},
      {"malformed-token-answered",
       "classes-truncated",
       "A malformed TOKEN CREATE is answered by an error.",
       on_malformed<TokenCreate>(answer_error),
       {"classes-string-nul", "classes-string-length"},
       DeviationRevisions::kOfVersion1},
      {"malformed-describe-answered",
       "classes-truncated",
       "A DESCRIBE without a whole id is answered.",
       lenient<Describe>({.missing_is_zero = true}),
       {"legacy-messages"}},
      {"malformed-remove-served",
       "classes-truncated",
       "A SESSION REMOVE without a whole id unbinds the session 1.",
       on_malformed<SessionRemove>(
           [](Deviant& d, OctetView) { d.pass_in(SessionRemove{.session_id = 1}); }),
       {"sessions-remove"},
       DeviationRevisions::kOfVersion1},
      {"malformed-closes", "classes-truncated",
       "Any malformed message of one of the kinds that exist ends the connection.",
       every_in([](Deviant& d, OctetView octets) {
         const bool is_meant = is_known(octets, d.revision(), Direction::kToServer) &&
                               !decode(octets, d.revision(), Direction::kToServer);
         if (is_meant) return d.link().finish();
         d.pass_in(octets);
       }),
       kOfMalformed},
      {"call-after-malformed-lost", "calls-malformed",
       "The message after a malformed one is lost with it.",
       every_in([](Deviant& d, OctetView octets) {
         const bool is_bad = !octets.empty() &&
                             !decode(octets, d.revision(), Direction::kToServer) &&
                             is_known(octets, d.revision(), Direction::kToServer);
         const bool is_lost = std::exchange(d.own.flag, is_bad);
         if (!is_lost || is_bad) d.pass_in(octets);
       }),
       kOfMalformed},
      {"not-json-refused",
       "classes-not-json",
       "A CALL whose args are no JSON is not answered.",
       drop_in<Call>([](Deviant&, const Call& m) {
         return !m.args.text.empty() &&
                std::string_view("{[\"tfn-0123456789").find(m.args.text.front()) ==
                    std::string_view::npos;
       }),
       {"primitives-object", "calls-one-reply"}},
      {"octets-after-message-served",
       "classes-trailing-bytes",
       "Octets after a complete message are served as the next message.",
       every_in([](Deviant& d, OctetView octets) {
         const auto decoded = decode(octets, d.revision(), Direction::kToServer);
         d.pass_in(octets);
         if (decoded && decoded->size < octets.size()) {
           answer_error(d, octets.subspan(decoded->size - 1));
         }
       }),
       {"calls-one-reply"}},
      {"nested-args-close",
       "classes-no-harm",
       "Args that nest deeper than 500 break the connection and all others.",
       on_in<Call>([](Deviant& d, const Call& m, OctetView octets) {
         if (std::ranges::count(m.args.text, '[') <= 500) return d.pass_in(octets);
         d.for_each([](Deviant& other) { other.link().break_off(true); });
       }),
       {"peers-object-text", "calls-one-reply"}},
  };
}

std::vector<Deviation> unknown_defects() {
  return {
      {"unknown-operation-closes",
       "unknown-operation",
       "An unknown operation ends the connection.",
       on_unknown([](Deviant& d, OctetView) { d.link().finish(); }),
       {"legacy-other-meaning"}},
      {"unknown-operation-answered",
       "unknown-operation",
       "An unknown operation is answered by an error REPLY.",
       on_unknown(answer_error),
       {"legacy-other-meaning"}},
      {"operation-case-ignored",
       "unknown-operation",
       "The operation is compared without regard to case.",
       on_undecodable([](Deviant& d, OctetView octets) {
         Octets other(octets.begin(), octets.end());
         other.front() ^= std::byte{0x20};
         d.pass_in(OctetView(other));
       }),
       {"unknown-direction", "legacy-other-meaning"},
       DeviationRevisions::kOfVersion1},
      {"operation-of-seven-bits", "unknown-operation",
       "The highest bit of the operation is not looked at.",
       every_in([](Deviant& d, OctetView octets) {
         Octets other(octets.begin(), octets.end());
         if (!other.empty()) other.front() &= std::byte{0x7f};
         d.pass_in(OctetView(other));
       })},
      {"reply-to-server-answered", "unknown-direction",
       "A message of the other direction is answered by an error REPLY.",
       on_misdirected(answer_error)},
      {"misdirected-closes", "unknown-direction",
       "A message of the other direction ends the connection.",
       on_misdirected([](Deviant& d, OctetView) { d.link().finish(); })},
      {"version-set-to-server-closes",
       "unknown-direction",
       "A VERSION SET that comes to the server ends the connection.",
       on_misdirected([](Deviant& d, OctetView octets) {
         if (has_operation_of<VersionSet>(octets, d.revision())) d.link().finish();
       }),
       {},
       DeviationRevisions::kOfVersion1},
      {"push-to-server-answered", "unknown-direction",
       "An EVENT PUSH that comes to the server is answered by EVENT REMOVE.",
       on_misdirected([](Deviant& d, OctetView octets) {
         if (has_operation_of<EventPush>(octets, d.revision())) {
           d.pass_out(EventRemove{.event_id = id_of(d, octets), .name = ""});
         }
       })},
      {"misdirected-unsubscribe-obeyed",
       "unknown-direction",
       "An EVENT UNSUBSCRIBE that comes to the server ends the subscription with that id.",
       no_push_after<EventUnsubscribe>(),
       {"events-push"}},
      {"misdirected-remove-obeyed",
       "unknown-direction",
       "An EVENT REMOVE that comes to the server removes the event with that id.",
       no_push_after<EventRemove>(),
       {"events-push", "events-remove"}},
      {"misdirected-broadcast-passed-on",
       "unknown-direction",
       "An EVENT BROADCAST that comes to the server is sent to its other clients.",
       every_in([](Deviant& d, OctetView octets) {
         if (decode_as<EventBroadcast>(octets, d.revision())) {
           d.for_each([&](Deviant& other) {
             if (other.number() != d.number()) other.pass_out(octets);
           });
         }
         d.pass_in(octets);
       }),
       {"events-broadcast"}},
      {"legacy-call-served",
       "legacy-other-meaning",
       "A CALL in the form of legacy is answered in that form.",
       on_unknown([](Deviant& d, OctetView octets) {
         const auto call = decode_as<Call>(octets, Revision::kLegacy);
         if (!call) return d.pass_in(octets);
         const Reply reply{.call_id = call->call_id, .error = "unknown-verb"};
         if (auto bytes = encode_to_bytes(reply, Revision::kLegacy)) d.pass_out(OctetView(*bytes));
       }),
       {"unknown-operation", "unknown-direction"},
       DeviationRevisions::kOfVersion1},
      {"offer-served-in-legacy",
       "legacy-messages",
       "A VERSION OFFER is answered by VERSION SET.",
       every_in([](Deviant& d, OctetView octets) {
         if (decode_as<VersionOffer>(octets, Revision::k2020_03)) {
           if (auto set = encode_to_bytes(VersionSet{}, Revision::k2020_03)) {
             d.pass_out(OctetView(*set));
           }
         }
         d.pass_in(octets);
       }),
       {"unknown-operation", "unknown-direction", "legacy-other-meaning"},
       DeviationRevisions::kOnlyLegacy},
      {"legacy-ids-of-16-bits",
       "legacy-messages",
       "Of the 32 bits of a call id only the lower 16 come back.",
       edit_out<Reply>([](Deviant&, Reply& m) { m.call_id = m.call_id & 0xffff; }),
       {"calls-one-reply", "primitives-integers"},
       DeviationRevisions::kOnlyLegacy},
      {"legacy-push-without-name",
       "legacy-messages",
       "An EVENT PUSH has the empty event name.",
       edit_out<EventPush>([](Deviant&, EventPush& m) { m.name = ""; }),
       {"events-push"},
       DeviationRevisions::kOnlyLegacy},
  };
}

}  // namespace

std::vector<Deviation> decoder_defects() {
  std::vector<Deviation> all = malformed_defects();
  std::ranges::move(unknown_defects(), std::back_inserter(all));
  return all;
}

}  // namespace wsapi
