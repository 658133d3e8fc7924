// SPDX-License-Identifier: Apache-2.0
#pragma once

// The frames and messages in recorded octets.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/error.h"
#include "codec/frame.h"
#include "codec/revision.h"
#include "harness/judge/recorded_rows.h"

namespace wsapi::recorded {

// A FrameEvent that owns its bytes.
struct Frame {
  FrameEventKind kind = FrameEventKind::kNeedMore;
  Bytes payload;
  std::optional<std::uint16_t> close_code;
  FrameViolation violation = FrameViolation::kRsvBits;
  std::uint32_t fragments = 0;
  bool masked = false;
  bool non_minimal_length = false;

  friend bool operator==(const Frame&, const Frame&) = default;
};

// Gives `input` to the decoder and appends what it finds; reads nothing after the end of the
// stream.
void feed(FrameDecoder& decoder, std::span<const std::byte> input, std::vector<Frame>& frames);

// What is in a stream that was recorded in pieces.
[[nodiscard]] std::vector<Frame> frames_of(std::span<const Bytes> pieces);

// A message by its JSON form. `name` lacks the prefix "legacy-", so that rules that are the same in
// all revisions need not know of it.
struct Message {
  ErrorCode error = ErrorCode::kNone;
  std::string name;  // of a message that decodes
  nlohmann::json fields;

  [[nodiscard]] bool is(std::string_view wanted) const { return name == wanted; }
  [[nodiscard]] std::uint32_t number(const char* field) const {
    return fields.at(field).get<std::uint32_t>();
  }
};

[[nodiscard]] Message message_of(std::span<const std::byte> bytes, Revision revision,
                                 Direction direction);

// What a reader that stops at a NUL makes of a text (section 7 leaves it the choice).
[[nodiscard]] std::string up_to_nul(const std::string& text);
// The value of an object as JSON (section 2): what does not parse stands for the string of it.
[[nodiscard]] std::string value_of(const std::string& text);
// The same of a reader that passes over what follows the first value (section 7).
[[nodiscard]] std::string leading_value_of(const std::string& text);

}  // namespace wsapi::recorded
