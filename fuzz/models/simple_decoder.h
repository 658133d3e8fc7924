// SPDX-License-Identifier: Apache-2.0
#pragma once

// A second decoder, written from the protocol alone and as simply as possible: positions of 64 bits
// in a vector, one function for each message. It shares no code with codec/; the differential
// target holds the two against each other.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codec/revision.h"

namespace wsapi::fuzz {

// The JSON form (codec/json_form.h) of the message at the front; std::nullopt if the bytes are no
// message.
[[nodiscard]] std::optional<std::string> simple_decode(const std::vector<std::uint8_t>& bytes,
                                                       Revision revision, Direction direction);

// The JSON string of a text that is UTF-8, else {"hex":"..."}.
[[nodiscard]] std::string simple_json_text(const std::string& text);

}  // namespace wsapi::fuzz
