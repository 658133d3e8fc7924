// SPDX-License-Identifier: Apache-2.0
#pragma once

// Reads the text of a flat JSON object into its members: as much of JSON as the JSON form of a
// message needs (json_form.h), so that the codec needs no library for it.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "codec/error.h"
#include "codec/result.h"

namespace wsapi {

struct JsonText {
  std::string text;
};
struct JsonHex {  // {"hex":"00ff"}, decoded
  std::string bytes;
};
struct JsonNull {};
using JsonNumbers = std::vector<std::uint64_t>;

// Of numbers, only integers from 0 to 2^53 are read.
using JsonValue = std::variant<JsonNull, std::uint64_t, JsonText, JsonHex, JsonNumbers>;

struct JsonMember {
  std::string key;
  std::size_t offset = 0;  // of the value, in bytes
  JsonValue value;
};

inline constexpr std::size_t kMaxJsonMembers = 32;
inline constexpr std::size_t kMaxJsonNumbers = 256;

// The members in the order of the text. Error: json-syntax, at the byte where reading stopped;
// json-duplicate-field.
[[nodiscard]] Result<std::vector<JsonMember>> read_json_members(std::string_view text);

}  // namespace wsapi
