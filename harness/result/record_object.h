// SPDX-License-Identifier: Apache-2.0
#pragma once

// Reads a JSON object member by member and fails closed: whatever is missing, unknown, there twice
// or of another type is an exception, which names the place.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wsapi {

class ObjectError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The value of a text of JSON in which no object has a member twice.
[[nodiscard]] nlohmann::json parse_strictly(std::string_view text);

class RecordObject {
 public:
  // `place` is that of the object: "" or "/cases/3". The object must outlive the reader.
  RecordObject(const nlohmann::json& object, std::string place);

  [[nodiscard]] bool has(std::string_view key) const { return object_.contains(key); }
  // A member; it must be there.
  [[nodiscard]] const nlohmann::json& value(std::string_view key);
  [[nodiscard]] bool flag(std::string_view key);
  [[nodiscard]] std::uint64_t number(std::string_view key,
                                     std::uint64_t max = std::numeric_limits<std::int64_t>::max());
  // Printable ASCII; line feeds only with kLines.
  enum class Shape : std::uint8_t { kLine, kLines };
  [[nodiscard]] std::string text(std::string_view key, Shape shape = Shape::kLine);
  [[nodiscard]] std::vector<std::string> texts(std::string_view key);
  // The member's elements.
  [[nodiscard]] const nlohmann::json& array(std::string_view key);
  // One of `values`, which have names.
  template <typename Values>
  [[nodiscard]] typename Values::value_type one_of(std::string_view key, const Values& values) {
    const std::string found = text(key);
    for (const auto& one : values) {
      if (name(one) == found) return one;
    }
    fail(key, "unknown value '" + found + "'");
  }
  // Where the text must be this one.
  void constant(std::string_view key, std::string_view expected);

  // After the last member: throws if there is one that nobody has read.
  void finish() const;

  [[noreturn]] void fail(std::string_view key, const std::string& message) const;
  [[nodiscard]] std::string place_of(std::string_view key) const;

 private:
  const nlohmann::json& object_;
  std::string place_;
  std::set<std::string, std::less<>> read_;
};

}  // namespace wsapi
