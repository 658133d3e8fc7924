// SPDX-License-Identifier: Apache-2.0
//
// PING, PONG and CLOSE; and the offer of versions.

#include "harness/peers/deviations/changes.h"
#include "harness/peers/deviations/defects.h"

namespace wsapi {
namespace {

using namespace changes;
using enum FrameFate;

// PONGs that go out are handed to f(deviant, payload), which passes what it likes.
Change on_pong(void (*f)(Deviant&, OctetView)) {
  return on_frame_out([f](Deviant& d, const FrameHeader& header, OctetView payload) {
    if (header.opcode == code(Opcode::kPong)) return f(d, payload);
    d.pass_frame(header, payload);
  });
}

void pass_pong(Deviant& d, OctetView payload) {
  d.pass_frame({.opcode = code(Opcode::kPong)}, payload);
}

Change close_frames(FrameFate (*f)(Deviant&, FrameHeader&)) {
  return on_header([f](Deviant& d, FrameHeader& header) {
    return header.opcode == code(Opcode::kClose) ? f(d, header) : kPassed;
  });
}

// An offer that came, well-formed or not, is handed to f(deviant, octets).
Change on_offer(void (*f)(Deviant&, OctetView)) {
  return every_in([f](Deviant& d, OctetView octets) {
    if (has_operation_of<VersionOffer>(octets, d.revision())) return f(d, octets);
    d.pass_in(octets);
  });
}

Change edit_offer(void (*f)(Deviant&, VersionOffer&)) { return edit_in<VersionOffer>(f); }

constexpr std::byte kOne[] = {std::byte{1}};

// Offers that break a rule are answered all the same.
Change accept_offer_if(bool (*is_meant)(const VersionOffer&)) {
  return on_in<VersionOffer>([is_meant](Deviant& d, VersionOffer offer, OctetView octets) {
    if (!is_meant(offer)) return d.pass_in(octets);
    d.pass_in(VersionOffer{.versions = {kOne}});
  });
}

}  // namespace

std::vector<Deviation> control_defects() {
  return {
      {"pong-empty", "control-ping", "Each PONG is empty, whatever the PING held.",
       on_pong([](Deviant& d, OctetView) { pass_pong(d, {}); })},
      {"pong-cut-to-64", "control-ping", "A PONG holds no more than 64 octets of the PING.",
       on_pong([](Deviant& d, OctetView payload) {
         pass_pong(d, payload.first(std::min<std::size_t>(payload.size(), 64)));
       })},
      {"ping-not-answered", "control-ping", "A PING is not answered.",
       on_pong([](Deviant&, OctetView) {})},
      {"empty-ping-not-answered", "control-ping", "An empty PING is not answered.",
       on_pong([](Deviant& d, OctetView payload) {
         if (!payload.empty()) pass_pong(d, payload);
       })},
      {"ping-answered-twice", "control-ping", "A PING is answered by two PONGs.",
       on_pong([](Deviant& d, OctetView payload) {
         pass_pong(d, payload);
         pass_pong(d, payload);
       })},
      {"ping-answered-by-ping", "control-ping", "A PING is answered by a PING.",
       on_pong([](Deviant& d, OctetView payload) {
         d.pass_frame({.opcode = code(Opcode::kPing)}, payload);
       })},
      {"second-ping-not-answered", "control-ping",
       "Of the PINGs of a connection only the first is answered.",
       on_pong([](Deviant& d, OctetView payload) {
         if (++d.own.count == 1) pass_pong(d, payload);
       })},
      {"ping-before-version-closes",
       "control-ping",
       "A PING before the VERSION OFFER ends the connection.",
       on_header([](Deviant& d, FrameHeader& header) {
         if (!is_control(header)) d.own.flag = true;
         if (d.own.flag || header.opcode != code(Opcode::kPing)) return kPassed;
         d.link().finish();
         return kDropped;
       }),
       {"negotiation-offer-first"}},
      {"pong-answered", "control-pong", "A PONG is answered by a PONG.",
       on_control(FrameEventKind::kPong,
                  [](Deviant& d, const FrameEvent& event) {
                    pass_pong(d, event.payload);
                    return true;
                  })},
      {"pong-closes", "control-pong", "A PONG that nobody asked for ends the connection.",
       on_control(FrameEventKind::kPong,
                  [](Deviant& d, const FrameEvent&) {
                    d.close(1002);
                    return true;
                  })},
      {"pong-before-version-closes", "control-pong",
       "A PONG before the VERSION OFFER ends the connection.",
       on_header([](Deviant& d, FrameHeader& header) {
         if (!is_control(header)) d.own.flag = true;
         if (d.own.flag || header.opcode != code(Opcode::kPong)) return kPassed;
         d.link().finish();
         return kDropped;
       })},
      {"close-ignored",
       "control-close",
       "A CLOSE is passed over, and the connection is served on.",
       close_frames([](Deviant&, FrameHeader&) { return kDropped; }),
       {"control-close-codes"}},
      {"close-answered-but-served-on",
       "control-close",
       "A CLOSE is answered by one, and what follows is served.",
       close_frames([](Deviant& d, FrameHeader&) {
         d.link().queue(close_frame(1000));
         return kDropped;
       }),
       {"control-close-codes"}},
      {"close-answered-but-not-ended",
       "control-close",
       "A CLOSE is answered by one, and the stream is not ended.",
       on_control(FrameEventKind::kClose,
                  [](Deviant& d, const FrameEvent&) {
                    d.link().queue(close_frame(1000));
                    return true;
                  }),
       {"control-close-codes"}},
      {"close-with-code-ignored", "control-close",
       "A CLOSE with a reason of more than 64 octets is passed over.",
       close_frames([](Deviant&, FrameHeader& header) {
         return header.payload_size > 64 ? kDropped : kPassed;
       })},
      {"close-of-one-octet-served", "frames-violation",
       "A CLOSE with a payload of one octet is passed over.",
       close_frames([](Deviant&, FrameHeader& header) {
         return header.payload_size == 1 ? kDropped : kPassed;
       })},
      {"close-with-invalid-code-ignored", "control-close-codes",
       "A CLOSE with a code that must not be on the wire is passed over, and the stream not ended.",
       on_control(FrameEventKind::kViolation,
                  [](Deviant&, const FrameEvent& event) {
                    return event.violation == FrameViolation::kCloseCodeInvalid;
                  })},
      {"close-sends-1005",
       "control-close-codes",
       "A CLOSE is answered by one with code 1005, which must not be on the wire.",
       on_control(FrameEventKind::kClose,
                  [](Deviant& d, const FrameEvent&) {
                    d.close(1005);
                    return true;
                  }),
       {"control-close-code-right"}},
      {"invalid-code-sent-back",
       "control-close-code-right",
       "A CLOSE with a code that must not be on the wire is answered with the same code.",
       on_header([](Deviant& d, FrameHeader& header) {
         d.own.flag = header.opcode == code(Opcode::kClose);
         d.own.count = 0;
         d.own.text.assign(4, '\0');
         if (header.mask) {
           d.own.text.assign(reinterpret_cast<const char*>(header.mask->data()), 4);
         }
         return kPassed;
       }) + on_payload([](Deviant& d, std::span<std::byte> octets, std::uint64_t offset) {
         if (!d.own.flag) return;
         for (std::size_t i = 0; i < octets.size() && offset + i < 2; ++i) {
           const auto mask = static_cast<std::byte>(d.own.text[(offset + i) % 4]);
           d.own.count = d.own.count << 8U | std::to_integer<std::uint64_t>(octets[i] ^ mask);
         }
       }) +
           on_control(FrameEventKind::kViolation,
                      [](Deviant& d, const FrameEvent& event) {
                        if (event.violation != FrameViolation::kCloseCodeInvalid) return false;
                        d.close(static_cast<std::uint16_t>(d.own.count));
                        return true;
                      }),
       {"control-close-codes"}},
      {"calls-before-close-lost",
       "calls-one-reply",
       "A CALL that is followed at once by CLOSE or by the end of the stream is not carried out.",
       on_in<Call>([](Deviant& d, const Call&, OctetView octets) {
         d.link().later(std::chrono::milliseconds(2),
                        [&d, kept = Octets(octets.begin(), octets.end())] {
                          if (d.link().is_open()) d.pass_in(OctetView(kept));
                        });
       }),
       {"peers-end-of-traffic", "control-close"}},
      {"close-breaks-connection",
       "control-close",
       "A CLOSE breaks the connection, and answers that wait to be sent are lost.",
       on_control(FrameEventKind::kClose,
                  [](Deviant& d, const FrameEvent&) {
                    d.link().break_off(true);
                    return true;
                  }),
       {"calls-one-reply", "control-close-code-right", "peers-end-of-traffic"}},
  };
}

std::vector<Deviation> negotiation_defects() {
  std::vector<Deviation> all{
      {"offer-not-answered", "negotiation-highest", "A VERSION OFFER is not answered.",
       on_offer([](Deviant&, OctetView) {})},
      {"version-set-0", "negotiation-highest", "VERSION SET says 0.",
       edit_out<VersionSet>([](Deviant&, VersionSet& m) { m.version = 0; })},
      {"version-set-highest-offered",
       "negotiation-highest",
       "VERSION SET says the highest version that was offered, supported or not.",
       on_in<VersionOffer>([](Deviant& d, const VersionOffer& offer, OctetView octets) {
         d.own.count = 0;
         for (const std::byte one : offer.versions.versions) {
           d.own.count = std::max(d.own.count, std::to_integer<std::uint64_t>(one));
         }
         d.pass_in(octets);
       }) + edit_out<VersionSet>([](Deviant& d, VersionSet& m) {
         m.version = static_cast<std::uint8_t>(d.own.count);
       }),
       {"negotiation-list"}},
      {"version-set-twice", "negotiation-highest", "VERSION SET is sent twice.",
       after_out<VersionSet>([](Deviant& d, const VersionSet& m) { d.pass_out(m); })},
      {"version-set-without-version", "negotiation-highest", "VERSION SET has no version octet.",
       on_out<VersionSet>(
           [](Deviant& d, const VersionSet&, OctetView octets) { d.pass_out(octets.first(1)); })},
      {"first-of-list-only",
       "negotiation-list",
       "Only the first version of the list is looked at.",
       edit_offer([](Deviant&, VersionOffer& m) {
         if (!m.versions.versions.empty()) m.versions.versions = m.versions.versions.first(1);
       }),
       {"negotiation-highest"}},
      {"last-of-list-only",
       "negotiation-list",
       "Only the last version of the list is looked at.",
       edit_offer([](Deviant&, VersionOffer& m) {
         if (!m.versions.versions.empty()) m.versions.versions = m.versions.versions.last(1);
       }),
       {"negotiation-highest"}},
      {"duplicate-version-refused",
       "negotiation-list",
       "A list that names a version twice is refused.",
       edit_offer([](Deviant&, VersionOffer& m) {
         std::array<bool, 256> seen{};
         for (const std::byte one : m.versions.versions) {
           bool& is_seen = seen[std::to_integer<std::size_t>(one)];
           if (is_seen) m.versions.versions = {};
           is_seen = true;
         }
       }),
       {"negotiation-highest"}},
      {"long-list-refused",
       "negotiation-list",
       "A list of more than 16 versions is refused.",
       edit_offer([](Deviant&, VersionOffer& m) {
         if (m.versions.versions.size() > 16) m.versions.versions = {};
       }),
       {"negotiation-highest"}},
      {"octets-after-list-refused",
       "negotiation-list",
       "Octets after the list end the connection.",
       on_in<VersionOffer>([](Deviant& d, const VersionOffer& offer, OctetView octets) {
         constexpr std::size_t kFixedSize = 6;
         if (octets.size() > kFixedSize + offer.versions.versions.size()) return d.link().finish();
         d.pass_in(octets);
       }),
       {"classes-trailing-bytes"}},
      {"identifier-not-checked",
       "negotiation-refusal",
       "The identifier is not looked at.",
       edit_offer([](Deviant&, VersionOffer& m) { m.identifier = kVersionOfferIdentifier; }),
       {"messages-identifier", "negotiation-list"}},
      {"identifier-half-checked",
       "negotiation-refusal",
       "Only the lower 16 bits of the identifier are looked at.",
       edit_offer([](Deviant&, VersionOffer& m) {
         m.identifier = (m.identifier & 0xffff) | (kVersionOfferIdentifier & 0xffff0000);
       }),
       {"messages-identifier", "negotiation-list"}},
      {"empty-offer-accepted", "negotiation-refusal", "An offer of no version is answered.",
       accept_offer_if([](const VersionOffer& m) { return m.versions.versions.empty(); })},
      {"unsupported-offer-accepted", "negotiation-refusal",
       "An offer of versions that do not exist is answered by VERSION SET 1.",
       accept_offer_if([](const VersionOffer& m) {
         return m.identifier == kVersionOfferIdentifier && !m.versions.versions.empty();
       })},
      {"short-list-accepted",
       "negotiation-refusal",
       "A list that is shorter than its count is taken as it is.",
       lenient<VersionOffer>({.ends_at_input = true}),
       {"classes-truncated"}},
      {"truncated-offer-ignored",
       "negotiation-refusal",
       "An offer that cannot be decoded is passed over, and the connection served.",
       on_malformed<VersionOffer>([](Deviant&, OctetView) {}),
       {"classes-truncated"}},
      {"bad-offer-connection-served", "negotiation-refusal",
       "After an offer of versions that do not exist the connection is served.",
       drop_in<VersionOffer>([](Deviant&, const VersionOffer& m) {
         return std::ranges::find(m.versions.versions, std::byte{1}) == m.versions.versions.end();
       })},
      {"refused-offer-left-open",
       "negotiation-refusal",
       "After a refused offer nothing is answered, and the stream is not ended.",
       on_offer([](Deviant& d, OctetView octets) {
         const auto offer = decode_as<VersionOffer>(octets, d.revision());
         const bool is_right = offer && offer->identifier == kVersionOfferIdentifier &&
                               std::ranges::find(offer->versions.versions, std::byte{1}) !=
                                   offer->versions.versions.end();
         d.own.flag = d.own.flag || !is_right;
         if (is_right && !d.own.flag) d.pass_in(octets);
       }),
       {"classes-truncated"}},
      {"offer-must-be-answered-first", "negotiation-no-wait",
       "What comes in the same read as the offer is lost.",
       on_octets([](Deviant& d, Octets&) { d.own.flag = false; }) +
           every_in([](Deviant& d, OctetView octets) {
             if (has_operation_of<VersionOffer>(octets, d.revision())) {
               d.own.flag = true;
             } else if (d.own.flag) {
               return;
             }
             d.pass_in(octets);
           })},
      {"second-offer-forgets",
       "sessions-create",
       "A second VERSION OFFER unbinds all sessions and tokens.",
       on_in<VersionOffer>([](Deviant& d, const VersionOffer&, OctetView octets) {
         for (const auto& [id, kind] : d.own.ids) {
           d.pass_in(SessionRemove{.session_id = id});
           d.pass_in(TokenRemove{.token_id = id});
         }
         d.own.ids.clear();
         d.pass_in(octets);
       }),
       {"classes-offer-order"}},
  };
  // The change of one row is in two parts, of the same seam: ids are learned where they are bound.
  const auto forgets = std::ranges::find(all, "second-offer-forgets", &Deviation::name);
  const auto at_offer = forgets->change.message_in;
  forgets->change.message_in = [at_offer](Deviant& d, OctetView octets) {
    if (const auto m = decode_as<SessionCreate>(octets, d.revision())) d.own.ids[m->session_id] = 1;
    if (const auto m = decode_as<TokenCreate>(octets, d.revision())) d.own.ids[m->token_id] = 1;
    at_offer(d, octets);
  };
  for (Deviation& one : all) one.revisions = DeviationRevisions::kOfVersion1;
  return all;
}

}  // namespace wsapi
