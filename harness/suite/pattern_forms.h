// SPDX-License-Identifier: Apache-2.0
#pragma once

// The forms that a value in a pattern can have (pattern.h).

#include <nlohmann/json.hpp>
#include <string>

namespace wsapi {

// "$name"
[[nodiscard]] inline bool is_variable(const nlohmann::json& value) {
  return value.is_string() && value.get_ref<const std::string&>().starts_with('$');
}

// {"present": true}, {"json": ...}, {"not": [...]}, {"json_type": [...]}
[[nodiscard]] inline bool is_matcher(const nlohmann::json& value, const char* key) {
  return value.is_object() && value.size() == 1 && value.contains(key);
}

// {"distinct": "$set"}, also with "as"
[[nodiscard]] inline bool is_distinct(const nlohmann::json& value) {
  return value.is_object() && value.contains("distinct");
}

// nlohmann's comparison takes 1 and 1.0 for the same.
[[nodiscard]] inline bool same_value(const nlohmann::json& wanted, const nlohmann::json& received) {
  if (wanted.is_number_integer() && !received.is_number_integer()) return false;
  return wanted == received;
}

}  // namespace wsapi
