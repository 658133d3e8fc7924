// SPDX-License-Identifier: Apache-2.0

#include "harness/codecs/message_match.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <variant>

#include "codec/decode.h"
#include "codec/json_form.h"
#include "codec/utf8.h"

namespace wsapi {
namespace {

constexpr std::array<std::string_view, 3> kObjects{"args", "data", "description"};

bool same_text(const std::string& ours, const JsonValue& theirs, MatchRule rule) {
  const std::string* const other = text_of(theirs);
  if (other == nullptr) return false;
  if (*other == ours || rule == MatchRule::kExact) return *other == ours;
  return !is_utf8(ours) || *other == ours.substr(0, ours.find('\0'));
}

bool same_value(const JsonMember& ours, const JsonValue& theirs, MatchRule rule) {
  if (is_object(ours)) {
    if (rule == MatchRule::kPluginWithoutObjects) return true;
    if (rule == MatchRule::kPlugin && std::holds_alternative<JsonNull>(theirs)) return true;
  }
  if (rule == MatchRule::kExact && ours.value.index() != theirs.index()) return false;
  if (const std::string* const text = text_of(ours.value)) return same_text(*text, theirs, rule);
  if (ours.value.index() != theirs.index()) return false;
  if (const auto* number = std::get_if<std::uint64_t>(&ours.value)) {
    return *number == std::get<std::uint64_t>(theirs);
  }
  if (const auto* numbers = std::get_if<JsonNumbers>(&ours.value)) {
    return *numbers == std::get<JsonNumbers>(theirs);
  }
  return true;  // null
}

}  // namespace

bool is_object(const JsonMember& member) {
  return std::ranges::find(kObjects, member.key) != kObjects.end();
}

const std::string* text_of(const JsonValue& value) {
  if (const auto* text = std::get_if<JsonText>(&value)) return &text->text;
  if (const auto* hex = std::get_if<JsonHex>(&value)) return &hex->bytes;
  return nullptr;
}

bool leaves_objects_out(const JsonMembers& members) {
  return std::ranges::any_of(members, [](const JsonMember& member) {
    return is_object(member) && std::holds_alternative<JsonNull>(member.value);
  });
}

bool same_message(const JsonMembers& ours, const JsonMembers& theirs, MatchRule rule) {
  return ours.size() == theirs.size() && std::ranges::all_of(ours, [&](const JsonMember& member) {
           const auto other = std::ranges::find(theirs, member.key, &JsonMember::key);
           return other != theirs.end() && same_value(member, other->value, rule);
         });
}

bool same_encoding(std::span<const std::byte> bytes, const JsonMembers& ours,
                   std::span<const std::byte> encoded, Revision revision, Direction direction,
                   MatchRule rule) {
  if (std::ranges::equal(bytes, encoded)) return true;
  if (rule == MatchRule::kExact) return false;
  const auto decoded = decode(encoded, revision, direction);
  if (!decoded || decoded->size != encoded.size()) return false;
  const auto again = read_json_members(to_json(decoded->message, revision));
  return again.ok() && same_message(ours, *again, rule);
}

}  // namespace wsapi
