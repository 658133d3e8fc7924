// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/json_reader.h"

#include <algorithm>
#include <span>

#include "harness/text/printable.h"

namespace wsapi {

using Json = nlohmann::json;

std::string JsonPlace::pointer() const {
  if (around_ == nullptr) return {};
  const std::string step = key_.data() == nullptr ? std::to_string(index_) : printable(key_);
  return around_->pointer() + "/" + step;
}

void JsonPlace::error(std::string message) const {
  if (++source_.error_count > kMaxFileErrors) return;
  const std::string place = pointer();
  source_.errors.push_back({source_.file, place.empty() ? "/" : place, std::move(message)});
}

void JsonPlace::error_at(std::string_view member, std::string message) const {
  JsonPlace(*this, member, json_).error(std::move(message));
}

void JsonPlace::expected(std::string_view what) const {
  constexpr std::size_t kMaxShown = 40;
  const std::string found = json_.is_structured()
                                ? std::string{json_.is_array() ? "an array" : "an object"}
                                : printable(json_.dump(-1, ' ', true), kMaxShown);
  error(fmt::format("{} is expected, {} stands here", what, found));
}

std::string read_text(const JsonPlace& place, std::size_t min) {
  auto* const text = place.json().get_ptr<std::string*>();
  if (text == nullptr || text->size() < min) {
    place.expected(min == 0 ? "a text" : fmt::format("a text of at least {} bytes", min));
    return {};
  }
  return *text;
}

std::uint64_t read_number(const JsonPlace& place, std::uint64_t min, std::uint64_t max) {
  const auto* const number = place.json().get_ptr<const Json::number_unsigned_t*>();
  if (number != nullptr && *number >= min && *number <= max) return *number;
  place.expected(fmt::format("a whole number from {} to {}", min, max));
  return min;
}

namespace {

bool read_only(const JsonPlace& place, bool wanted) {
  const auto* const value = place.json().get_ptr<const bool*>();
  if (value == nullptr || *value != wanted) {
    place.expected(wanted ? "true" : "false");
  }
  return wanted;
}

}  // namespace

bool read_true(const JsonPlace& place) { return read_only(place, true); }
bool read_false(const JsonPlace& place) { return read_only(place, false); }

ObjectReader::ObjectReader(const JsonPlace& place)
    : place_(place), is_object_(place.json().is_object()) {
  if (!is_object_) place.expected("an object");
}

bool ObjectReader::has(std::string_view key) const {
  return is_object_ && place_.json().find(key) != place_.json().end();
}

Json* ObjectReader::consume(std::string_view key) {
  if (!is_object_) return nullptr;
  const auto member = place_.json().find(key);
  if (member == place_.json().end()) return nullptr;
  consumed_.at(consumed_count_++) = key;
  return &*member;
}

void ObjectReader::finish() {
  if (!is_object_ || place_.json().size() == consumed_count_) return;
  const auto consumed = std::span(consumed_).first(consumed_count_);
  for (const auto& [key, value] : place_.json().items()) {
    if (std::ranges::find(consumed, key) != consumed.end()) continue;
    place_.error(fmt::format("the member '{}' is not known here", printable(key)));
  }
}

}  // namespace wsapi
