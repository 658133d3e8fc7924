// SPDX-License-Identifier: Apache-2.0
#pragma once

// UTF-8, as far as the codec needs it: the text of strings on the wire should be UTF-8 but need not
// be (protocol section 7), and whatever is printed must be safe for a terminal and for JSON.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wsapi {

// Takes one code point from the front of `text`; std::nullopt, and `text` as it was, where it does
// not start with a complete, shortest-form encoding of a Unicode scalar value.
[[nodiscard]] std::optional<char32_t> take_code_point(std::string_view& text) noexcept;

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

// Appends a Unicode scalar value.
void append_utf8(std::string& out, char32_t code_point);

// Appends the JSON string of `text`, quotes included, in ASCII alone: every control character and
// everything beyond ASCII is written as \uXXXX. Bytes that are not UTF-8 become \ufffd.
void append_json_string(std::string& out, std::string_view text);

}  // namespace wsapi
