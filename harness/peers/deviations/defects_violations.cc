// SPDX-License-Identifier: Apache-2.0
//
// Frames that break a rule and are let pass, and frames in pieces.

#include <algorithm>

#include "harness/peers/deviations/changes.h"
#include "harness/peers/deviations/defects.h"

namespace wsapi {
namespace {

using namespace changes;
using enum FrameFate;

}  // namespace

std::vector<Deviation> violation_defects() {
  const auto has_rsv = [](const FrameHeader& header) { return header.rsv != 0; };
  const auto is_unknown = [](const FrameHeader& header) {
    return (header.opcode > 2 && header.opcode < 8) || header.opcode > 10;
  };
  const auto is_long_control = [](const FrameHeader& header) {
    return is_control(header) && header.payload_size > kMaxControlPayloadSize;
  };
  return {
      {"reserved-bits-ignored", "frames-violation", "Reserved bits are not looked at.",
       edit_header([](FrameHeader& header) { header.rsv = 0; })},
      {"reserved-bit-1-ignored", "frames-violation",
       "The first reserved bit is not looked at, as if compression had been agreed on.",
       edit_header([](FrameHeader& header) { header.rsv &= 3; })},
      {"reserved-bits-frame-dropped", "frames-violation",
       "A frame with reserved bits is passed over; the connection stays.", drop_header_if(has_rsv)},
      {"reserved-bits-in-control-ignored", "frames-violation",
       "The reserved bits of control frames are not looked at.",
       edit_header([](FrameHeader& header) {
         if (is_control(header)) header.rsv = 0;
       })},
      {"unknown-opcode-ignored", "frames-violation",
       "A frame with an unknown opcode is passed over.", drop_header_if(is_unknown)},
      {"unknown-opcode-is-binary", "frames-violation",
       "A frame with an opcode from 3 to 7 is taken for a binary one.",
       edit_header([](FrameHeader& header) {
         if (header.opcode > 2 && header.opcode < 8) header.opcode = code(Opcode::kBinary);
       })},
      {"unknown-control-ignored", "frames-violation",
       "A control frame with an unknown opcode is passed over.",
       drop_header_if([](const FrameHeader& header) { return header.opcode > 10; })},
      {"long-control-served", "frames-violation",
       "A PING of more than 125 octets is passed over; the connection stays.",
       drop_header_if(is_long_control)},
      {"control-without-fin-served", "frames-violation",
       "A control frame without FIN is taken as if it had it.",
       edit_header([](FrameHeader& header) { header.fin = header.fin || is_control(header); })},
      {"control-without-fin-dropped", "frames-violation",
       "A control frame without FIN is passed over.",
       drop_header_if([](const FrameHeader& header) { return is_control(header) && !header.fin; })},
      {"text-is-binary", "frames-text", "A text message is taken for a binary one.",
       edit_header([](FrameHeader& header) {
         if (header.opcode == code(Opcode::kText)) header.opcode = code(Opcode::kBinary);
       })},
      {"text-ignored", "frames-text", "A text message is passed over; the connection stays.",
       drop_header_if(
           [](const FrameHeader& header) { return header.opcode == code(Opcode::kText); })},
      {"violation-not-ended",
       "frames-violation",
       "After a violation the stream is not ended; nothing more is answered.",
       on_control(FrameEventKind::kViolation, [](Deviant&, const FrameEvent&) { return true; }),
       {"frames-text", "frames-limit"}},
      {"close-code-always-1000",
       "control-close-code-right",
       "A connection that is ended for a violation gets CLOSE 1000.",
       on_control(FrameEventKind::kViolation,
                  [](Deviant& d, const FrameEvent&) {
                    d.close(1000);
                    return true;
                  }),
       {"frames-violation", "frames-text", "frames-limit"}},
      {"no-close-at-violation",
       "control-close-code-right",
       "A connection that is ended for a violation gets no CLOSE.",
       on_control(FrameEventKind::kViolation,
                  [](Deviant& d, const FrameEvent&) {
                    d.link().finish();
                    return true;
                  }),
       {"frames-violation", "frames-text", "frames-limit"}},
      {"text-closed-with-1002",
       "control-close-code-right",
       "A text message is answered by CLOSE 1002 instead of 1003.",
       on_control(FrameEventKind::kViolation,
                  [](Deviant& d, const FrameEvent& event) {
                    if (event.violation != FrameViolation::kTextMessage) return false;
                    d.close(1002);
                    return true;
                  }),
       {"frames-text"}},
  };
}

std::vector<Deviation> piece_defects() {
  return {
      {"single-octet-lost", "frames-pieces",
       "Where only the first octet of a frame has come by a read, it is lost.",
       on_octets([](Deviant& d, Octets& octets) {
         const bool begins = !d.own.position.in_frame();
         d.own.position.pass(octets);
         if (begins && octets.size() == 1) octets.clear();
       })},
      {"header-in-pieces-closes", "frames-pieces",
       "A header that has not come whole by one read ends the connection.",
       on_octets([](Deviant& d, Octets& octets) {
         d.own.position.pass(octets);
         if (d.own.position.in_header()) d.link().break_off(false);
       })},
      {"payload-in-pieces-lost", "frames-pieces",
       "A payload that has not come whole by one read is lost with its frame.",
       on_octets([](Deviant& d, Octets& octets) {
         const bool continues = d.own.position.in_payload();
         d.own.position.pass(octets);
         if (continues) std::ranges::fill(octets, std::byte{0});
       })},
      {"second-frame-of-a-read-lost",
       "frames-pieces",
       "Of the frames that come by one read, those after the first four are lost.",
       on_octets([](Deviant& d, Octets&) { d.own.count = 0; }) +
           on_header(
               [](Deviant& d, FrameHeader&) { return ++d.own.count > 4 ? kDropped : kPassed; }),
       {"calls-one-reply", "calls-any-order", "negotiation-no-wait"}},
      {"empty-message-closes", "frames-empty-message", "An empty message ends the connection.",
       every_in([](Deviant& d, OctetView message) {
         if (message.empty()) return d.close(1002);
         d.pass_in(message);
       })},
      {"empty-message-before-offer-closes",
       "frames-empty-message",
       "An empty message before the VERSION OFFER ends the connection.",
       every_in([](Deviant& d, OctetView message) {
         if (message.empty() && d.own.count == 0) return d.link().finish();
         ++d.own.count;
         d.pass_in(message);
       }),
       {},
       DeviationRevisions::kOfVersion1},
  };
}

}  // namespace wsapi
