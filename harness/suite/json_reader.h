// SPDX-License-Identifier: Apache-2.0
#pragma once

// Strict reading of JSON values: each member of an object is consumed by its name, and a member
// that nobody asks for is an error, as are a missing one and a value of another type. Nothing here
// throws; what is wrong is reported with the file and the place, and a default takes its place.

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "harness/suite/json_file.h"

namespace wsapi {

// The file that is read. Only its first kMaxFileErrors errors are kept.
struct JsonSource {
  const std::string& file;
  std::vector<FileError>& errors;
  std::size_t error_count = 0;  // also of those that are not kept
};

// A value, and where it stands. Refers to the value, to the source, and to the place around it, all
// of which must outlive it.
class JsonPlace {
 public:
  JsonPlace(nlohmann::json& root, JsonSource& source) : json_(root), source_(source) {}
  JsonPlace(const JsonPlace& around, std::string_view key, nlohmann::json& value)
      : json_(value), source_(around.source_), around_(&around), key_(key) {}
  JsonPlace(const JsonPlace& around, std::size_t index, nlohmann::json& value)
      : json_(value), source_(around.source_), around_(&around), index_(index) {}

  [[nodiscard]] nlohmann::json& json() const noexcept { return json_; }
  [[nodiscard]] JsonSource& source() const noexcept { return source_; }
  [[nodiscard]] std::string pointer() const;

  void error(std::string message) const;
  void error_at(std::string_view member, std::string message) const;
  // "a text is expected, 7 stands here"
  void expected(std::string_view what) const;

 private:
  nlohmann::json& json_;
  JsonSource& source_;
  const JsonPlace* around_ = nullptr;
  std::string_view key_;  // where it is a member
  std::size_t index_ = 0;
};

// ---- Values

// A text of at least `min` bytes.
[[nodiscard]] std::string read_text(const JsonPlace& place, std::size_t min = 0);

// A whole number within the bounds.
[[nodiscard]] std::uint64_t read_number(const JsonPlace& place, std::uint64_t min,
                                        std::uint64_t max);

// For members that are there only where they are that: true or false.
bool read_true(const JsonPlace& place);
bool read_false(const JsonPlace& place);

// The one of `values` with that name().
template <typename Enum, typename Values>
[[nodiscard]] Enum read_enum(const JsonPlace& place, const Values& values) {
  std::string names;
  const auto* const text = place.json().template get_ptr<const std::string*>();
  for (const Enum value : values) {
    if (text != nullptr && name(value) == *text) return value;
    names.append(names.empty() ? "" : ", ").append(name(value));
  }
  place.expected("one of " + names);
  return *std::begin(values);
}

// Each item of an array of `min` to `max` items, read by `read`.
template <typename Read>
[[nodiscard]] auto read_list(const JsonPlace& place, std::size_t min, std::size_t max,
                             Read&& read) {
  std::vector<std::invoke_result_t<Read, const JsonPlace&>> out;
  if (!place.json().is_array()) {
    place.expected("an array");
    return out;
  }
  if (place.json().size() < min || place.json().size() > max) {
    place.error(
        fmt::format("an array of {} items; {} to {} are expected", place.json().size(), min, max));
    return out;
  }
  std::size_t index = 0;
  for (nlohmann::json& item : place.json()) out.push_back(read(JsonPlace(place, index++, item)));
  return out;
}

// As read_list, and no item may be there twice.
template <typename Read>
[[nodiscard]] auto read_set(const JsonPlace& place, std::size_t min, std::size_t max, Read&& read) {
  auto out = read_list(place, min, max, std::forward<Read>(read));
  for (std::size_t i = 0; i < out.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (out[i] == out[j]) place.error(fmt::format("items {} and {} are the same", j, i));
    }
  }
  return out;
}

// ---- Objects

// Consumes the members of an object. Where the value is no object, that is the only error. finish()
// must be called at the end.
class ObjectReader {
 public:
  static constexpr std::size_t kMaxMembers = 24;  // that one object is asked for

  explicit ObjectReader(const JsonPlace& place);

  // The member as `read` reads it, which is called with its place; a default, and an error, where
  // it is missing.
  template <typename Read>
  auto required(std::string_view key, Read&& read) {
    using Value = std::invoke_result_t<Read, const JsonPlace&>;
    nlohmann::json* const value = consume(key);
    if (value != nullptr) return read(JsonPlace(place_, key, *value));
    if (is_object_) place_.error(fmt::format("lacks the member '{}'", key));
    return Value{};
  }

  // The same; none where it is missing.
  template <typename Read>
  auto optional(std::string_view key, Read&& read) {
    using Value = std::invoke_result_t<Read, const JsonPlace&>;
    nlohmann::json* const value = consume(key);
    if (value == nullptr) return std::optional<Value>{};
    return std::optional<Value>{read(JsonPlace(place_, key, *value))};
  }

  [[nodiscard]] bool has(std::string_view key) const;
  [[nodiscard]] const JsonPlace& place() const noexcept { return place_; }

  // Reports each member that was not consumed.
  void finish();

 private:
  nlohmann::json* consume(std::string_view key);

  const JsonPlace& place_;
  bool is_object_;
  std::array<std::string_view, kMaxMembers> consumed_;
  std::size_t consumed_count_ = 0;
};

// A reader of a text that must be that one.
[[nodiscard]] inline auto read_exactly(std::string_view wanted) {
  return [wanted](const JsonPlace& place) {
    if (read_text(place) != wanted) place.expected(wanted);
    return true;
  };
}

}  // namespace wsapi
