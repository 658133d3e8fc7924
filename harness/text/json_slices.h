// SPDX-License-Identifier: Apache-2.0
#pragma once

// JSON as it travels in `object` fields (protocol, section 2): texts that are checked and looked
// into without being rewritten, so that what is passed on stays verbatim. Nothing here throws for
// bad text.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wsapi {

// Arrays and objects within each other; a text that is nested deeper counts as no JSON.
inline constexpr std::size_t kMaxJsonDepth = 256;

// Whether `text` is one JSON value and nothing else but white space. A number beyond the range of
// double counts as no JSON.
[[nodiscard]] bool is_json(std::string_view text);

// The JSON string of `text`, with its quotes. Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string json_string(std::string_view text);

// `text` itself where it is JSON, and else the JSON string of it (protocol, section 2).
[[nodiscard]] std::string json_or_string(std::string_view text);

// The value of a JSON text that is a string, or an integer that is not negative; std::nullopt for
// any other text.
[[nodiscard]] std::optional<std::string> read_json_string(std::string_view text);
[[nodiscard]] std::optional<std::uint64_t> read_json_unsigned(std::string_view text);

// A JSON text taken for an object, of which the members are asked for by name.
class JsonObjectText {
 public:
  // std::nullopt where `text` is no JSON object. `text` must outlive the object.
  [[nodiscard]] static std::optional<JsonObjectText> read(std::string_view text);

  // The text of the member's value, verbatim; of members of the same name the last.
  [[nodiscard]] std::optional<std::string_view> member(std::string_view name) const;

 private:
  explicit JsonObjectText(std::string_view text) : text_(text) {}

  std::string_view text_;
};

}  // namespace wsapi
