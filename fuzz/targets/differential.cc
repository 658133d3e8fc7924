// SPDX-License-Identifier: Apache-2.0

#include "fuzz/targets/differential.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "codec/decode.h"
#include "codec/hex.h"
#include "codec/json_form.h"
#include "codec/json_members.h"
#include "codec/utf8.h"
#include "fuzz/models/simple_decoder.h"
#include "fuzz/models/simple_json.h"

namespace wsapi::fuzz {
namespace {

using Members = std::vector<JsonMember>;

constexpr std::array<std::string_view, 3> kObjects{"args", "data", "description"};
constexpr std::string_view kRefused = "(refused)";

bool is_object(const JsonMember& member) {
  return std::ranges::find(kObjects, member.key) != kObjects.end();
}

// The text of a member that is one; nullptr for all others.
const std::string* text_of(const JsonValue& value) {
  if (const auto* text = std::get_if<JsonText>(&value)) return &text->text;
  if (const auto* hex = std::get_if<JsonHex>(&value)) return &hex->bytes;
  return nullptr;
}

// A message that need not be understood, for what its texts are (protocol section 7).
bool has_acceptable_text(const Members& members) {
  return std::ranges::any_of(members, [](const JsonMember& member) {
    const std::string* const text = text_of(member.value);
    if (text == nullptr) return false;
    return text->find('\0') != std::string::npos || !is_utf8(*text) ||
           (is_object(member) && !is_simple_json(*text));
  });
}

bool same_value(const JsonMember& ours, const JsonValue& theirs, bool objects_count) {
  if (is_object(ours)) {
    if (!objects_count || std::holds_alternative<JsonNull>(theirs)) return true;
  }
  if (const std::string* const text = text_of(ours.value)) {
    const std::string* const other = text_of(theirs);
    if (other == nullptr) return false;
    return *other == *text || !is_utf8(*text) || *other == text->substr(0, text->find('\0'));
  }
  if (ours.value.index() != theirs.index()) return false;
  if (const auto* number = std::get_if<std::uint64_t>(&ours.value)) {
    return *number == std::get<std::uint64_t>(theirs);
  }
  if (const auto* numbers = std::get_if<JsonNumbers>(&ours.value)) {
    return *numbers == std::get<JsonNumbers>(theirs);
  }
  return true;  // null
}

bool same_members(const Members& ours, const Members& theirs, bool objects_count) {
  return ours.size() == theirs.size() && std::ranges::all_of(ours, [&](const JsonMember& member) {
           const auto other = std::ranges::find(theirs, member.key, &JsonMember::key);
           return other != theirs.end() && same_value(member, other->value, objects_count);
         });
}

struct Case {
  std::span<const std::byte> bytes;
  Revision revision;
  Direction direction;
};

// The message, or why it is none.
std::string subject_of(const Case& c) {
  const auto decoded = decode(c.bytes, c.revision, c.direction);
  if (decoded) return std::string(info_of(decoded->message).name);
  std::string text(name(decoded.error().code));
  if (c.bytes.empty()) return text;
  const char operation = std::to_integer<char>(c.bytes.front());
  if (const MessageInfo* const info = find_operation(operation, c.revision, c.direction)) {
    text.append(" in ").append(info->name);
  }
  return text;
}

Difference report(const Case& c, std::string_view what, std::string_view ours,
                  std::string_view theirs) {
  std::string text = "difference: " + std::string(what);
  text.append("\n  revision:  ").append(name(c.revision));
  text.append("\n  direction: ").append(name(c.direction));
  text.append("\n  bytes:     ").append(to_hex(c.bytes));
  text.append("\n  codec:     ").append(ours);
  text.append("\n  other:     ");
  append_json_string(text, theirs);  // may hold anything
  text += '\n';
  return {.kind = std::string(what) + ", " + subject_of(c), .report = std::move(text)};
}

std::optional<Difference> encode_difference(const Case& c, const std::string& json,
                                            const Members& members, bool keeps_objects,
                                            const Plugin& plugin) {
  const auto answer = plugin.encode(json, c.revision);
  if (!answer.fault.empty()) return report(c, "encode breaks a rule", json, answer.fault);
  if (answer.code == WSAPI_PLUGIN_UNSUPPORTED) return std::nullopt;
  if (answer.code == WSAPI_PLUGIN_REFUSED) {
    if (has_acceptable_text(members)) return std::nullopt;
    return report(c, "encode refuses a message", json, kRefused);
  }
  const auto bytes = std::as_bytes(std::span(answer.output));
  if (std::ranges::equal(bytes, c.bytes)) return std::nullopt;
  const auto decoded = decode(bytes, c.revision, c.direction);
  if (decoded && decoded->size == bytes.size()) {
    const auto again = read_json_members(to_json(decoded->message));
    if (again && same_members(members, *again, keeps_objects)) return std::nullopt;
  }
  return report(c, "encode gives other bytes", json, to_hex(bytes));
}

}  // namespace

std::optional<Difference> simple_difference(std::span<const std::byte> bytes, Revision revision,
                                            Direction direction) {
  std::vector<std::uint8_t> input;
  for (const std::byte byte : bytes) input.push_back(std::to_integer<std::uint8_t>(byte));
  const auto theirs = simple_decode(input, revision, direction);
  const auto decoded = decode(bytes, revision, direction);
  const std::string ours = decoded ? to_json(decoded->message) : std::string(kRefused);
  if (ours == theirs.value_or(std::string(kRefused))) return std::nullopt;
  return report({bytes, revision, direction}, "the simple decoder differs", ours,
                theirs.value_or(std::string(kRefused)));
}

std::optional<Difference> plugin_difference(std::span<const std::byte> bytes, Revision revision,
                                            Direction direction, const Plugin& plugin) {
  const Case c{bytes, revision, direction};
  const auto decoded = decode(bytes, revision, direction);
  const std::string ours =
      decoded ? to_json(decoded->message) : "(refused: " + to_string(decoded.error()) + ')';
  const auto answer = plugin.decode(bytes, revision, direction);
  const std::string theirs(answer.output.begin(), answer.output.end());
  if (!answer.fault.empty()) return report(c, "decode breaks a rule", ours, answer.fault);
  if (answer.code == WSAPI_PLUGIN_UNSUPPORTED) return std::nullopt;
  if (!decoded) {
    if (answer.code == WSAPI_PLUGIN_REFUSED) return std::nullopt;
    return report(c, "decode accepts what is no message", ours, theirs);
  }
  const Members members = std::move(read_json_members(ours).value());
  if (answer.code == WSAPI_PLUGIN_REFUSED) {
    const bool acceptable = decoded->size < bytes.size() || has_acceptable_text(members);
    if (acceptable) return std::nullopt;
    return report(c, "decode refuses a message", ours, kRefused);
  }
  const auto their_members = read_json_members(theirs);
  if (!their_members) return report(c, "decode gives no flat JSON object", ours, theirs);
  if (!same_members(members, *their_members, true)) {
    return report(c, "decode gives another message", ours, theirs);
  }
  if (decoded->size < bytes.size()) return std::nullopt;
  const bool keeps_objects = std::ranges::none_of(*their_members, [](const JsonMember& member) {
    return is_object(member) && std::holds_alternative<JsonNull>(member.value);
  });
  return encode_difference(c, ours, members, keeps_objects, plugin);
}

}  // namespace wsapi::fuzz
