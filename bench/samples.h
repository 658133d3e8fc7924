// SPDX-License-Identifier: Apache-2.0
#pragma once

// The messages that are measured: each of the 17, with objects of several sizes.

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "codec/message.h"

namespace wsapi::bench {

struct Sample {
  std::string name;  // "call-100B": the message, and the size of its object where it has one
  AnyMessage message;
};

// All 17 messages of version 1; those with an object with one of 100 bytes, and CALL, REPLY and
// EVENT PUSH with the others, too. Their texts live as long as the program.
[[nodiscard]] const std::vector<Sample>& samples();

// A JSON object of exactly that many bytes; at least 8. It lives as long as the program.
[[nodiscard]] std::string_view json_object(std::size_t size);

// "4B", "100B", "1KB", "64KB", "1MB".
[[nodiscard]] std::string size_name(std::size_t size);

}  // namespace wsapi::bench
