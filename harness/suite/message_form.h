// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whether a JSON value is the JSON form of a message, or a pattern of one: its members against the
// codec's description of the message.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "harness/suite/json_reader.h"

namespace wsapi {

enum class MessageForm : std::uint8_t {
  kVector,   // all fields; long texts and lists may be given by rule
  kSend,     // all fields; values may be variables, objects may be {"json": value}
  kPattern,  // any fields; as kSend, and {"present": true}; or {"pong": hex or null}
};

// Reports what is wrong with the value.
void check_form(const JsonPlace& place, MessageForm form);

// The JSON form of the message of that name with all fields 0, empty or null; nullptr where there
// is no such message.
[[nodiscard]] const nlohmann::json* default_form(std::string_view message_name);

}  // namespace wsapi
