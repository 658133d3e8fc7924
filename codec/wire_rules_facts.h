// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the wire rules need of a decoded message, whatever its wire format.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "codec/message.h"

namespace wsapi {

// The members that a message has; the others keep their defaults. Views into the message.
struct WireFacts {
  std::string_view title;  // "EVENT CREATE": what it is, in every wire format
  std::uint32_t call_id = 0;
  std::uint32_t description_id = 0;
  std::uint32_t event_id = 0;
  std::uint32_t session_id = 0;
  std::uint32_t token_id = 0;
  bool is_error = false;  // a REPLY with an error
  std::uint32_t identifier = 0;
  std::span<const std::byte> versions;
  std::uint8_t version = 0;
  std::uint8_t hop = 0;
  Uuid uuid;
  std::string_view not_utf8;  // the name of the first text that is not UTF-8
  std::string_view with_nul;  // the name of the first text with a NUL inside
};

// The message is of the revision.
[[nodiscard]] WireFacts facts_of(const AnyMessage& message, Revision revision);

}  // namespace wsapi
