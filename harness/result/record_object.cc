// SPDX-License-Identifier: Apache-2.0

#include "harness/result/record_object.h"

#include <algorithm>

#include "harness/text/printable.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 8;

bool is_line(std::string_view text, bool with_line_feeds) {
  return std::ranges::all_of(
      text, [&](char c) { return (c >= 0x20 && c < 0x7f) || (with_line_feeds && c == '\n'); });
}

}  // namespace

Json parse_strictly(std::string_view text) {
  std::vector<std::set<std::string>> open;
  const Json::parser_callback_t watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > kMaxDepth) throw ObjectError("nested too deeply");
    if (event == Json::parse_event_t::object_start) open.emplace_back();
    if (event == Json::parse_event_t::object_end) open.pop_back();
    if (event == Json::parse_event_t::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!open.back().insert(key).second) {
        throw ObjectError("member '" + printable(key) + "' is there twice");
      }
    }
    return true;
  };
  try {
    return Json::parse(text, watch);
  } catch (const Json::parse_error& error) {
    throw ObjectError("not JSON, from column " + std::to_string(error.byte) + " on");
  }
}

RecordObject::RecordObject(const Json& object, std::string place)
    : object_(object), place_(std::move(place)) {
  if (!object_.is_object()) throw ObjectError(place_ + ": an object is expected");
}

std::string RecordObject::place_of(std::string_view key) const {
  return place_ + "/" + printable(key);
}

void RecordObject::fail(std::string_view key, const std::string& message) const {
  throw ObjectError(place_of(key) + ": " + message);
}

const Json& RecordObject::value(std::string_view key) {
  const auto found = object_.find(key);
  if (found == object_.end()) fail(key, "is missing");
  read_.emplace(key);
  return *found;
}

bool RecordObject::flag(std::string_view key) {
  const Json& found = value(key);
  if (!found.is_boolean()) fail(key, "true or false is expected");
  return found.get<bool>();
}

std::uint64_t RecordObject::number(std::string_view key, std::uint64_t max) {
  const Json& found = value(key);
  if (!found.is_number_unsigned() || found.get<std::uint64_t>() > max) {
    fail(key, "a whole number from 0 to " + std::to_string(max) + " is expected");
  }
  return found.get<std::uint64_t>();
}

std::string RecordObject::text(std::string_view key, Shape shape) {
  const Json& found = value(key);
  if (!found.is_string()) fail(key, "a text is expected");
  const auto& out = found.get_ref<const std::string&>();
  if (!is_line(out, shape == Shape::kLines)) fail(key, "printable ASCII is expected");
  return out;
}

std::vector<std::string> RecordObject::texts(std::string_view key) {
  std::vector<std::string> out;
  for (const Json& one : array(key)) {
    if (!one.is_string()) fail(key, "texts are expected");
    out.push_back(one.get<std::string>());
    if (!is_line(out.back(), false)) fail(key, "printable ASCII is expected");
  }
  return out;
}

const Json& RecordObject::array(std::string_view key) {
  const Json& found = value(key);
  if (!found.is_array()) fail(key, "an array is expected");
  return found;
}

void RecordObject::constant(std::string_view key, std::string_view expected) {
  if (text(key) != expected) fail(key, "'" + std::string{expected} + "' is expected");
}

void RecordObject::finish() const {
  for (const auto& item : object_.items()) {
    if (!read_.contains(item.key())) fail(item.key(), "unknown key");
  }
}

}  // namespace wsapi
