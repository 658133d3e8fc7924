// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/pattern_differences.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "harness/suite/pattern_forms.h"
#include "harness/text/json_slices.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kWindow = 60;       // characters of a long text that are shown
constexpr std::size_t kLeadingText = 20;  // of them, before the first character that differs
constexpr const char* kNothing = "nothing";

std::string shown(const Json& value) {
  return printable(value.dump(-1, ' ', true), kMaxDifferenceValue);
}

// "1000 characters, from 480: \"...\""; where all of it fits, the text alone.
std::string window_of(const std::string& text, std::size_t first_difference) {
  const std::size_t begin = first_difference < kLeadingText ? 0 : first_difference - kLeadingText;
  const std::string part =
      '"' + printable(text.substr(begin, kWindow), kMaxDifferenceValue / 2) + '"';
  return fmt::format("{} bytes, from {}: {}", text.size(), begin, part);
}

// One step of a JSON pointer (RFC 6901).
std::string step_to(const std::string& key) {
  std::string out = "/";
  for (const char c : key) {
    out += c == '~' ? std::string{"~0"} : c == '/' ? std::string{"~1"} : std::string(1, c);
  }
  return printable(out, kMaxDifferenceValue);
}

// A form that is no value.
bool is_condition(const Json& pattern) {
  return is_matcher(pattern, "present") || is_matcher(pattern, "not") ||
         is_matcher(pattern, "json_type") || is_distinct(pattern);
}

// The value of a text that holds the JSON of an object or a list.
std::optional<Json> structure_in(const Json& value) {
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  // Not nested too deep, too: values are compared by recursion.
  if (!is_json(text)) return std::nullopt;
  Json parsed = Json::parse(text);
  if (!parsed.is_structured()) return std::nullopt;
  return parsed;
}

class Comparison {
 public:
  explicit Comparison(Variables variables) : variables_(std::move(variables)) {}

  void compare_field(const std::string& path, const Json& pattern, const Json& received) {
    if (is_condition(pattern)) {
      if (matches({{"field", pattern}}, {{"field", received}}, variables_)) return;
      const bool is_present = is_matcher(pattern, "present");
      add(path, is_present ? "anything but null" : shown(pattern), shown(received));
      return;
    }
    if (is_matcher(pattern, "json")) {
      compare_json_text(path, pattern.at("json"), received);
      return;
    }
    const auto inside_pattern = structure_in(pattern);
    const auto inside_received = structure_in(received);
    const std::size_t before = found_.size();
    if (pattern != received && inside_pattern && inside_received) {
      compare(path + "#", *inside_pattern, *inside_received);
    }
    // Texts that are written in different ways differ, too.
    if (found_.size() == before) compare(path, pattern, received);
  }

  void add_missing(const std::string& path, const Json& pattern) {
    add(path, shown(pattern), kNothing);
  }

  [[nodiscard]] std::vector<Difference> take() && { return std::move(found_); }

 private:
  void compare_json_text(const std::string& path, const Json& value, const Json& received) {
    if (!received.is_string() || !is_json(received.get_ref<const std::string&>())) {
      add(path, "a JSON text of " + shown(value), shown(received));
      return;
    }
    compare(path + "#", value, Json::parse(received.get_ref<const std::string&>()));
  }

  void compare(const std::string& path, const Json& pattern, const Json& received) {
    if (is_full()) return;
    if (is_condition(pattern)) {
      const Json field{{"json", pattern}};
      if (matches({{"field", field}}, {{"field", received.dump()}}, variables_)) return;
      add(path, shown(pattern), shown(received));
    } else if (is_variable(pattern)) {
      const auto [bound, is_new] = variables_.emplace(pattern.get<std::string>(), received);
      if (!is_new && !same_value(bound->second, received))
        add_values(path, bound->second, received);
    } else if (pattern.is_object() && received.is_object()) {
      compare_objects(path, pattern, received);
    } else if (pattern.is_array() && received.is_array()) {
      compare_lists(path, pattern, received);
    } else if (!same_value(pattern, received)) {
      add_values(path, pattern, received);
    }
  }

  void compare_objects(const std::string& path, const Json& pattern, const Json& received) {
    for (const auto& [key, value] : pattern.items()) {
      const auto other = received.find(key);
      if (other == received.end()) {
        add_missing(path + step_to(key), value);
      } else {
        compare(path + step_to(key), value, *other);
      }
    }
    for (const auto& [key, value] : received.items()) {
      if (!pattern.contains(key)) add(path + step_to(key), kNothing, shown(value));
    }
  }

  void compare_lists(const std::string& path, const Json& pattern, const Json& received) {
    for (std::size_t i = 0; i < std::max(pattern.size(), received.size()); ++i) {
      if (is_full()) return;
      const std::string at = path + "/" + std::to_string(i);
      if (i >= received.size()) {
        add_missing(at, pattern[i]);
      } else if (i >= pattern.size()) {
        add(at, kNothing, shown(received[i]));
      } else {
        compare(at, pattern[i], received[i]);
      }
    }
  }

  void add_values(const std::string& path, const Json& expected, const Json& received) {
    if (!expected.is_string() || !received.is_string()) {
      add(path, shown(expected), shown(received));
      return;
    }
    const auto& left = expected.get_ref<const std::string&>();
    const auto& right = received.get_ref<const std::string&>();
    if (std::max(left.size(), right.size()) <= kWindow) {
      add(path, shown(expected), shown(received));
      return;
    }
    const auto at = std::ranges::mismatch(left, right).in1 - left.begin();
    add(path, window_of(left, static_cast<std::size_t>(at)),
        window_of(right, static_cast<std::size_t>(at)));
  }

  void add(std::string path, std::string expected, std::string received) {
    if (is_full()) return;
    found_.push_back({std::move(path), std::move(expected), std::move(received)});
  }

  [[nodiscard]] bool is_full() const { return found_.size() >= kMaxDifferences; }

  Variables variables_;
  std::vector<Difference> found_;
};

}  // namespace

std::vector<Difference> differences(const Json& pattern, const Json& received,
                                    const Variables& variables) {
  Comparison comparison(variables);
  for (const auto& [key, value] : pattern.items()) {
    const auto other = received.find(key);
    if (other == received.end()) {
      comparison.add_missing(step_to(key), value);
    } else {
      comparison.compare_field(step_to(key), value, *other);
    }
  }
  return std::move(comparison).take();
}

std::vector<Difference> least_differences(const std::vector<Json>& patterns, const Json& received,
                                          const Variables& variables) {
  std::vector<Difference> least;
  for (const Json& pattern : patterns) {
    if (!pattern.contains("message") || !received.contains("message") ||
        pattern.at("message") != received.at("message")) {
      continue;
    }
    std::vector<Difference> found = differences(pattern, received, variables);
    if (least.empty() || found.size() < least.size()) least = std::move(found);
  }
  return least;
}

}  // namespace wsapi
