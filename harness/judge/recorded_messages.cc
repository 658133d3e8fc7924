// SPDX-License-Identifier: Apache-2.0

#include "harness/judge/recorded_messages.h"

#include <sstream>

#include "codec/decode.h"
#include "codec/json_form.h"

namespace wsapi::recorded {

void feed(FrameDecoder& decoder, std::span<const std::byte> input, std::vector<Frame>& frames) {
  while (!decoder.ended()) {
    const FrameEvent event = decoder.next(input);
    if (event.kind == FrameEventKind::kNeedMore) return;
    frames.push_back({.kind = event.kind,
                      .payload = Bytes(event.payload.begin(), event.payload.end()),
                      .close_code = event.close_code,
                      .violation = event.violation,
                      .fragments = event.fragments,
                      .masked = event.masked,
                      .non_minimal_length = event.non_minimal_length});
  }
}

std::vector<Frame> frames_of(std::span<const Bytes> pieces) {
  FrameDecoder decoder;
  std::vector<Frame> frames;
  for (const Bytes& piece : pieces) feed(decoder, piece, frames);
  return frames;
}

Message message_of(std::span<const std::byte> bytes, Revision revision, Direction direction) {
  const auto decoded = decode(bytes, revision, direction);
  if (!decoded) return {.error = decoded.error().code, .name = "", .fields = {}};
  Message message;
  message.fields = nlohmann::json::parse(to_json(decoded->message, revision));
  message.name = info_of(decoded->message, kReferenceRevision)->name;
  return message;
}

std::string up_to_nul(const std::string& text) { return text.substr(0, text.find('\0')); }

std::string value_of(const std::string& text) {
  const std::string read = up_to_nul(text);
  const auto value = nlohmann::json::parse(read, nullptr, false);
  return (value.is_discarded() ? nlohmann::json(read) : value).dump();
}

std::string leading_value_of(const std::string& text) {
  std::istringstream in(up_to_nul(text));
  try {
    nlohmann::json value;
    in >> value;
    return value.dump();
  } catch (const nlohmann::json::exception&) {
    return value_of(text);
  }
}

}  // namespace wsapi::recorded
