// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "harness/suite/pattern_forms.h"
#include "harness/text/json_slices.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;

// Matches one message, and keeps what it binds until all of it has matched.
class Matcher {
 public:
  explicit Matcher(const Variables& variables) : variables_(variables) {}

  bool match_field(const Json& pattern, const Json& received) {
    if (is_matcher(pattern, "present")) return !received.is_null();
    if (is_matcher(pattern, "json_type")) return has_type(pattern.at("json_type"), received);
    if (!is_matcher(pattern, "json")) return match_value(pattern, received);
    const std::optional<Json> value = parsed(received);
    return value.has_value() && match_value(pattern.at("json"), *value);
  }

  void bind_in(Variables& variables) && {
    for (auto& [name, value] : bound_) variables[name] = std::move(value);
    for (const auto& [set, value] : joined_) variables[set][value] = true;
  }

 private:
  // Not nested too deep, too: values are copied and compared by recursion.
  static std::optional<Json> parsed(const Json& received) {
    const auto* const text = received.get_ptr<const std::string*>();
    if (text == nullptr || !is_json(*text)) return std::nullopt;
    return Json::parse(*text);
  }

  [[nodiscard]] const Json* find(const std::string& name) const {
    const auto own = bound_.find(name);
    if (own != bound_.end()) return &own->second;
    const auto given = variables_.find(name);
    return given == variables_.end() ? nullptr : &given->second;
  }

  bool match_value(const Json& pattern, const Json& received) {
    if (is_variable(pattern)) {
      const auto& name = pattern.get_ref<const std::string&>();
      const Json* const value = find(name);
      if (value == nullptr) bound_.emplace(name, received);
      return value == nullptr || same_value(*value, received);
    }
    if (is_matcher(pattern, "not")) return is_none_of(pattern.at("not"), received);
    if (is_distinct(pattern)) return is_new(pattern, received);
    if (pattern.is_structured()) return match_structure(pattern, received);
    return same_value(pattern, received);
  }

  bool match_structure(const Json& pattern, const Json& received) {
    if (pattern.type() != received.type() || pattern.size() != received.size()) return false;
    for (const auto& [key, value] : pattern.items()) {
      const bool found = pattern.is_object() ? received.contains(key) : true;
      if (!found) return false;
      const Json& other = pattern.is_object() ? received.at(key) : received.at(std::stoul(key));
      if (!match_value(value, other)) return false;
    }
    return true;
  }

  [[nodiscard]] bool is_none_of(const Json& values, const Json& received) const {
    return std::ranges::none_of(values, [&](const Json& value) {
      const Json* const held = is_variable(value) ? find(value.get<std::string>()) : nullptr;
      return same_value(held == nullptr ? value : *held, received);
    });
  }

  bool is_new(const Json& pattern, const Json& received) {
    const auto& set = pattern.at("distinct").get_ref<const std::string&>();
    const std::string value = received.dump();
    const auto known = variables_.find(set);
    const std::pair joining{set, value};
    if (known != variables_.end() && known->second.contains(value)) return false;
    if (std::ranges::find(joined_, joining) != joined_.end()) return false;
    joined_.push_back(joining);
    if (pattern.contains("as")) bound_[pattern.at("as").get<std::string>()] = received;
    return true;
  }

  static bool has_type(const Json& types, const Json& received) {
    const std::optional<Json> value = parsed(received);
    return value.has_value() && std::ranges::find(types, value->type_name()) != types.end();
  }

  const Variables& variables_;
  Variables bound_;
  std::vector<std::pair<std::string, std::string>> joined_;  // set, and the value as JSON text
};

Json substitute_value(const Json& value, const Variables& variables) {
  if (is_variable(value)) {
    const auto bound = variables.find(value.get<std::string>());
    return bound == variables.end() ? value : bound->second;
  }
  if (!value.is_structured()) return value;
  Json out = value;
  for (Json& item : out) item = substitute_value(item, variables);
  return out;
}

}  // namespace

bool matches(const Json& pattern, const Json& received, Variables& variables) {
  Matcher matcher(variables);
  for (const auto& [key, value] : pattern.items()) {
    if (!received.contains(key) || !matcher.match_field(value, received.at(key))) return false;
  }
  std::move(matcher).bind_in(variables);
  return true;
}

Json substitute(const Json& message, const Variables& variables) {
  Json out = Json::object();
  for (const auto& [key, value] : message.items()) {
    out[key] = is_matcher(value, "json")
                   ? Json(substitute_value(value.at("json"), variables).dump())
                   : substitute_value(value, variables);
  }
  return out;
}

std::string interpolate(std::string_view text, const Variables& variables) {
  const auto in_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  std::string out;
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find('$'), text.size());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const auto end = std::find_if_not(text.begin() + 1, text.end(), in_name);
    const std::string name(text.begin(), end);
    const auto bound = variables.find(name);
    if (bound == variables.end()) {
      out += name;
    } else {
      const Json& value = bound->second;
      out += value.is_string() ? value.get_ref<const std::string&>() : value.dump();
    }
    text.remove_prefix(name.size());
  }
  return out;
}

std::string uuid_text(std::string_view seed) {
  std::seed_seq sequence(seed.begin(), seed.end());
  std::mt19937_64 random(sequence);
  const std::uint64_t high = random();
  const std::uint64_t low = random();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32U, (high >> 16U) & 0xffffU,
                     high & 0xfffU, 0x8000U | ((low >> 48U) & 0x3fffU), low & 0xffff'ffff'ffffU);
}

}  // namespace wsapi
