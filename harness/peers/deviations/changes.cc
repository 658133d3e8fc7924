// SPDX-License-Identifier: Apache-2.0

#include "harness/peers/deviations/changes.h"

#include "harness/text/json_slices.h"

namespace wsapi::changes {
namespace {

template <typename Value>
void take(Value& to, Value& from) {
  if (from) to = std::move(from);
}

}  // namespace

Change operator+(Change a, Change b) {
  take(a.options, b.options);
  take(a.connected, b.connected);
  take(a.ended, b.ended);
  take(a.octets_in, b.octets_in);
  take(a.header_in, b.header_in);
  take(a.payload_in, b.payload_in);
  take(a.control_in, b.control_in);
  take(a.message_in, b.message_in);
  take(a.message_out, b.message_out);
  take(a.frame_out, b.frame_out);
  take(a.breaks_at_end_of_input, b.breaks_at_end_of_input);
  take(a.write_size, b.write_size);
  a.finish_delay += b.finish_delay;
  return a;
}

Change drop_header_if(bool (*is_meant)(const FrameHeader&)) {
  return on_header([is_meant](Deviant&, FrameHeader& header) {
    return is_meant(header) ? FrameFate::kDropped : FrameFate::kPassed;
  });
}

Change edit_header(void (*edit)(FrameHeader&)) {
  return on_header(
      [edit](Deviant&, FrameHeader& header) { return edit(header), FrameFate::kPassed; });
}

Change edit_fragments(FrameFate (*edit)(Deviant&, FrameHeader&)) {
  return on_header([edit](Deviant& d, FrameHeader& header) {
    if (is_control(header)) return FrameFate::kPassed;
    return edit(d, header);
  });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string event_of(std::string_view args) {
  const auto object = JsonObjectText::read(args);
  const auto value = object ? object->member("event") : std::nullopt;
  return value ? read_json_string(*value).value_or("") : "";
}

}  // namespace wsapi::changes
