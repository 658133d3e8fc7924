// SPDX-License-Identifier: Apache-2.0
#pragma once

// What changes are made of: one function of a table's row each, for messages of one kind, frames,
// control frames or connections.

#include <string>
#include <utility>

#include "codec/decode.h"
#include "harness/peers/deviations/deviation_chain.h"
#include "harness/peers/deviations/lenient.h"

namespace wsapi::changes {

// Both changes, which touch different seams.
Change operator+(Change a, Change b);

// A message of that kind that came is handed to f(deviant, message, octets), which passes it on or
// does not. All others pass.
template <WsapiMessage Message, typename Function>
Change on_in(Function f) {
  Change change;
  change.message_in = [f](Deviant& d, OctetView octets) {
    const auto message = decode_as<Message>(octets, d.revision());
    if (!message) return d.pass_in(octets);
    f(d, *message, octets);
  };
  return change;
}

template <WsapiMessage Message, typename Function>
Change on_out(Function f) {
  Change change;
  change.message_out = [f](Deviant& d, OctetView octets) {
    const auto message = decode_as<Message>(octets, d.revision());
    if (!message) return d.pass_out(octets);
    f(d, *message, octets);
  };
  return change;
}

// f(deviant, message) changes it, and it passes.
template <WsapiMessage Message, typename Function>
Change edit_in(Function f) {
  return on_in<Message>([f](Deviant& d, Message message, OctetView) {
    f(d, message);
    d.pass_in(message);
  });
}

template <WsapiMessage Message, typename Function>
Change edit_out(Function f) {
  return on_out<Message>([f](Deviant& d, Message message, OctetView) {
    f(d, message);
    d.pass_out(message);
  });
}

// It does not pass where f(deviant, message).
template <WsapiMessage Message, typename Function>
Change drop_in(Function f) {
  return on_in<Message>([f](Deviant& d, const Message& message, OctetView octets) {
    if (!f(d, message)) d.pass_in(octets);
  });
}

template <WsapiMessage Message, typename Function>
Change drop_out(Function f) {
  return on_out<Message>([f](Deviant& d, const Message& message, OctetView octets) {
    if (!f(d, message)) d.pass_out(octets);
  });
}

// Something is done, and the message passes.
template <WsapiMessage Message, typename Function>
Change before_in(Function f) {
  return on_in<Message>([f](Deviant& d, const Message& message, OctetView octets) {
    f(d, message);
    d.pass_in(octets);
  });
}

template <WsapiMessage Message, typename Function>
Change after_out(Function f) {
  return on_out<Message>([f](Deviant& d, const Message& message, OctetView octets) {
    d.pass_out(octets);
    f(d, message);
  });
}

inline constexpr auto kAlways = [](Deviant&, const auto&) { return true; };

// What begins like such a message and cannot be decoded is handed to f(deviant, octets).
template <WsapiMessage Message, typename Function>
Change on_malformed(Function f) {
  Change change;
  change.message_in = [f](Deviant& d, OctetView octets) {
    const bool is_meant = has_operation_of<Message>(octets, d.revision()) &&
                          !decode_as<Message>(octets, d.revision());
    if (is_meant) return f(d, octets);
    d.pass_in(octets);
  };
  return change;
}

// Malformed messages of that kind are read leniently.
template <WsapiMessage Message>
Change lenient(Leniency leniency) {
  Change change;
  change.message_in = [leniency](Deviant& d, OctetView octets) {
    const auto read = read_leniently<Message>(octets, d.revision(), leniency);
    d.pass_in(read ? OctetView(*read) : octets);
  };
  return change;
}

// A change at that seam alone.
template <auto kSeam, typename Function>
Change at(Function f) {
  Change change;
  change.*kSeam = f;
  return change;
}

// Every message: f(deviant, octets) passes it on or does not.
template <typename Function>
Change every_in(Function f) {
  return at<&Change::message_in>(f);
}

template <typename Function>
Change every_out(Function f) {
  return at<&Change::message_out>(f);
}

// f(deviant, header) of each frame that comes; it may change the header.
template <typename Function>
Change on_header(Function f) {
  return at<&Change::header_in>(f);
}

template <typename Function>
Change on_payload(Function f) {
  return at<&Change::payload_in>(f);
}

template <typename Function>
Change on_octets(Function f) {
  return at<&Change::octets_in>(f);
}

// f(deviant, header, payload) of each frame that goes passes it on or does not.
template <typename Function>
Change on_frame_out(Function f) {
  return at<&Change::frame_out>(f);
}

// f(deviant, event) of the control frames of that kind, or of violations; true: that was all.
template <typename Function>
Change on_control(FrameEventKind kind, Function f) {
  Change change;
  change.control_in = [kind, f](Deviant& d, const FrameEvent& event) {
    return event.kind == kind && f(d, event);
  };
  return change;
}

template <typename Function>
Change options(Function f) {
  return at<&Change::options>(f);
}

template <typename Function>
Change on_connect(Function f) {
  return at<&Change::connected>(f);
}

template <typename Function>
Change on_end(Function f) {
  return at<&Change::ended>(f);
}

// Frames that come, by their headers.
Change drop_header_if(bool (*is_meant)(const FrameHeader&));
Change edit_header(void (*edit)(FrameHeader&));
// Data frames alone.
Change edit_fragments(FrameFate (*edit)(Deviant&, FrameHeader&));

[[nodiscard]] constexpr std::uint8_t code(Opcode opcode) {
  return static_cast<std::uint8_t>(opcode);
}
[[nodiscard]] inline bool is_control(const FrameHeader& header) { return header.opcode >= 8; }
[[nodiscard]] inline OctetView octets_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}
[[nodiscard]] std::string lower(std::string_view text);
// Text of a JSON object whose member "event" is that name.
[[nodiscard]] std::string event_of(std::string_view args);

}  // namespace wsapi::changes
