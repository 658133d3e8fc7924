// SPDX-License-Identifier: Apache-2.0
//
// Connections that harm each other.

#include <algorithm>

#include "harness/peers/deviations/changes.h"
#include "harness/peers/deviations/defects.h"

namespace wsapi {
namespace {

using namespace changes;
using enum FrameFate;
using std::chrono::milliseconds;

// While shared.count names a connection, what comes on all others waits.
bool waits_for_other(Deviant& d, Octets& octets) {
  if (d.shared.count == 0 || d.shared.count == d.number()) return false;
  d.own.kept.push_back(std::move(octets));
  octets.clear();
  return true;
}

void go_on(Deviant& d) {
  if (d.shared.count != d.number()) return;
  d.shared.count = 0;
  d.for_each([](Deviant& other) {
    auto kept = std::move(other.own.kept);
    other.own.kept.clear();
    if (kept.empty()) return;
    other.link().later(milliseconds(0), [&other, kept = std::move(kept)] {
      for (const Octets& one : kept) other.link().feed(one);
    });
  });
}

// Connections that have sent octets without end of a frame, or do not read.
constexpr std::size_t kDeafSize = 256U << 10U;

}  // namespace

std::vector<Deviation> connection_defects() {
  return {
      {"half-frame-stalls-all",
       "classes-no-harm",
       "While one connection has sent half a frame, no other is served.",
       Change{.ended = go_on,
              .octets_in =
                  [](Deviant& d, Octets& octets) {
                    if (waits_for_other(d, octets)) return;
                    d.own.position.pass(octets);
                    if (d.own.position.in_frame()) {
                      d.shared.count = d.number();
                    } else {
                      go_on(d);
                    }
                  }},
       {"frames-pieces", "faults"}},
      {"half-message-stalls-all",
       "classes-no-harm",
       "While one connection has sent a part of a fragmented message, no other is served.",
       Change{.ended = go_on,
              .octets_in = [](Deviant& d, Octets& octets) { waits_for_other(d, octets); },
              .header_in =
                  [](Deviant& d, FrameHeader& header) {
                    if (is_control(header)) return kPassed;
                    if (!header.fin) {
                      d.shared.count = d.number();
                    } else {
                      go_on(d);
                    }
                    return kPassed;
                  }},
       {"frames-fragmentation", "faults"}},
      {"deaf-client-stalls-all",
       "classes-no-harm",
       "While one client does not read what waits for it, no other is served.",
       Change{.ended = go_on,
              .octets_in =
                  [](Deviant& d, Octets& octets) {
                    if (waits_for_other(d, octets)) return;
                    if (d.link().output_size() <= kDeafSize) go_on(d);
                  },
              .message_out =
                  [](Deviant& d, OctetView octets) {
                    if (d.link().output_size() > kDeafSize && d.shared.count == 0) {
                      d.shared.count = d.number();
                    }
                    d.pass_out(octets);
                  }},
       {"faults"}},
      {"sixteen-deaf-clients-stall-all",
       "classes-no-harm",
       "Where 16 clients do not read what waits for them, no other is served.",
       Change{.ended =
                  [](Deviant& d) {
                    if (d.own.flag) --d.shared.count;
                  },
              .octets_in =
                  [](Deviant& d, Octets& octets) {
                    if (d.shared.count >= 16 && !d.own.flag) octets.clear();
                  },
              .message_out =
                  [](Deviant& d, OctetView octets) {
                    if (d.link().output_size() > kDeafSize && !std::exchange(d.own.flag, true)) {
                      ++d.shared.count;
                    }
                    d.pass_out(octets);
                  }},
       {"faults"}},
      {"deaf-client-loses-octets",
       "calls-one-reply",
       "Replies are lost where more than 128 KiB wait for a client that reads late.",
       every_out([](Deviant& d, OctetView octets) {
         if (d.link().output_size() <= (std::size_t{128} << 10U)) d.pass_out(octets);
       }),
       {"classes-no-harm", "calls-any-order"}},
      {"connections-at-most-64", "classes-no-harm",
       "More than 64 connections at once are closed as soon as they are accepted.",
       options([](ReferenceServerOptions& o) { o.max_connections = 64; })},
      {"connections-at-most-16-silent", "classes-no-harm",
       "Of more than 16 connections at once the further ones are not served.",
       Change{.connected = [](Deviant& d) { d.own.flag = ++d.shared.count > 16; },
              .ended = [](Deviant& d) { --d.shared.count; },
              .octets_in =
                  [](Deviant& d, Octets& octets) {
                    if (d.own.flag) octets.clear();
                  }}},
      {"thousandth-refused-offer-is-last",
       "negotiation-refusal",
       "After 200 refused offers no connection is served any more.",
       Change{.ended =
                  [](Deviant& d) {
                    if (d.own.flag) ++d.shared.count;
                  },
              .octets_in =
                  [](Deviant& d, Octets& octets) {
                    if (d.shared.count > 200) octets.clear();
                  },
              .message_in =
                  [](Deviant& d, OctetView octets) {
                    const auto offer = decode_as<VersionOffer>(octets, d.revision());
                    if (has_operation_of<VersionOffer>(octets, d.revision())) {
                      d.own.flag =
                          !offer || std::ranges::find(offer->versions.versions, std::byte{1}) ==
                                        offer->versions.versions.end();
                    }
                    d.pass_in(octets);
                  }},
       {"classes-no-harm"},
       DeviationRevisions::kOfVersion1},
      {"violation-breaks-all",
       "classes-no-harm",
       "A violation on one connection ends all connections.",
       on_control(FrameEventKind::kViolation,
                  [](Deviant& d, const FrameEvent& event) {
                    d.close(close_code(event.violation));
                    d.for_each([&](Deviant& other) {
                      if (other.number() != d.number()) other.link().break_off(false);
                    });
                    return true;
                  }),
       {"frames-violation", "frames-text", "frames-limit"}},
      {"reply-on-other-connection",
       "calls-one-reply",
       "A late REPLY goes to the connection that called last.",
       Change{.message_in =
                  [](Deviant& d, OctetView octets) {
                    if (decode_as<Call>(octets, d.revision())) d.shared.count = d.number();
                    d.pass_in(octets);
                  },
              .message_out =
                  [](Deviant& d, OctetView octets) {
                    const auto reply = decode_as<Reply>(octets, d.revision());
                    const bool is_late = reply && lower(d.call(reply->call_id).verb) == "delay";
                    if (!is_late || d.shared.count == d.number()) return d.pass_out(octets);
                    d.for_each([&](Deviant& other) {
                      if (other.number() == d.shared.count) other.pass_out(octets);
                    });
                  }},
       {"classes-no-harm", "calls-any-order"}},
      {"half-close-breaks",
       "calls-one-reply",
       "Where the client ends its sending, the connection is broken and answers are lost.",
       Change{.breaks_at_end_of_input = true},
       {"peers-end-of-traffic", "control-close", "classes-no-harm"}},
      {"waiting-call-outlives-connection",
       "calls-one-reply",
       "The REPLY to a call of a connection that has ended is sent to the next one.",
       Change{.connected =
                  [](Deviant& d) {
                    for (const Octets& one : d.shared.kept) {
                      d.link().later(milliseconds(1), [&d, one] { d.pass_out(OctetView(one)); });
                    }
                    d.shared.kept.clear();
                  },
              .ended =
                  [](Deviant& d) {
                    for (const auto& [id, one] : d.own.ids) {
                      if (d.shared.kept.size() > 8) break;
                      if (auto m = encode_to_bytes(Reply{.call_id = id}, d.revision())) {
                        d.shared.kept.push_back(std::move(*m));
                      }
                    }
                  },
              .message_in =
                  [](Deviant& d, OctetView octets) {
                    const auto call = decode_as<Call>(octets, d.revision());
                    if (call && lower(call->verb) == "delay") d.own.ids[call->call_id] = 1;
                    d.pass_in(octets);
                  },
              .message_out =
                  [](Deviant& d, OctetView octets) {
                    const auto reply = decode_as<Reply>(octets, d.revision());
                    if (reply) d.own.ids.erase(reply->call_id);
                    d.pass_out(octets);
                  }},
       {"calls-disconnected", "classes-no-harm"}},
      {"connection-left-open-after-end",
       "control-close",
       "After the end of the client's sending the stream is never ended.",
       Change{.finish_delay = std::chrono::seconds(60)},
       {"calls-one-reply", "classes-no-harm", "frames-violation", "negotiation-refusal",
        "frames-text"}},
      {"greets-with-version",
       "negotiation-offer-first",
       "VERSION SET is sent before the client has offered anything.",
       on_connect([](Deviant& d) { d.pass_out(VersionSet{}); }),
       {"negotiation-highest"},
       DeviationRevisions::kOfVersion1},
      {"greets-with-http",
       "transport-no-handshake",
       "From the 31st connection on an HTTP response is sent before the first frame.",
       on_connect([](Deviant& d) {
         if (d.number() <= 30) return;
         d.link().queue(
             octets_of("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                       "Connection: Upgrade\r\n\r\n"));
       }),
       {"transport", "negotiation-highest", "calls-one-reply", "messages-call", "legacy-messages"}},
      {"frame-with-reserved-bit-sent",
       "frames-violation",
       "The fifth frame that the server sends has a reserved bit set.",
       on_frame_out([](Deviant& d, FrameHeader header, OctetView payload) {
         if (++d.own.count == 5) header.rsv = 4;
         d.pass_frame(header, payload);
       }),
       {"calls-one-reply", "calls-any-order"}},
      {"replies-as-text-messages",
       "frames-binary",
       "A REPLY is sent as a text message.",
       on_frame_out([](Deviant& d, FrameHeader header, OctetView payload) {
         const bool is_reply = header.opcode == code(Opcode::kBinary) &&
                               has_operation_of<Reply>(payload, d.revision());
         if (is_reply) header.opcode = code(Opcode::kText);
         d.pass_frame(header, payload);
       }),
       {"frames-text", "calls-one-reply", "messages-call"}},
      {"two-messages-in-one-frame",
       "frames-binary",
       "An EVENT CREATE and the message after it are sent in one frame.",
       on_frame_out([](Deviant& d, const FrameHeader& header, OctetView payload) {
         Octets whole = d.own.kept.empty() ? Octets{} : std::move(d.own.kept.front());
         d.own.kept.clear();
         whole.insert(whole.end(), payload.begin(), payload.end());
         if (has_operation_of<EventCreate>(payload, d.revision())) {
           d.own.kept.push_back(std::move(whole));
           return;
         }
         d.pass_frame(header, whole);
       }),
       {"events-create", "events-subscribe", "peers-subscribing"}},
      {"pong-inside-frame",
       "control-ping",
       "A PONG is put inside a message that the server has sent half of.",
       on_frame_out([](Deviant& d, const FrameHeader& header, OctetView payload) {
         if (header.opcode == code(Opcode::kPong)) {
           d.own.kept.push_back(encode_frame(header, payload));
           d.link().later(milliseconds(3), [&d] {
             for (const Octets& one : d.own.kept) d.link().queue(one);
             d.own.kept.clear();
           });
           return;
         }
         Octets frame = encode_frame(header, payload);
         if (!d.own.kept.empty()) {
           frame.insert(frame.begin() + static_cast<std::ptrdiff_t>(frame.size() / 2),
                        d.own.kept.front().begin(), d.own.kept.front().end());
           d.own.kept.pop_front();
         }
         d.link().queue(frame);
       }),
       {"frames-fragmentation"}},
  };
}

}  // namespace wsapi
