// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/message_words.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "codec/annotate.h"
#include "codec/decode.h"
#include "codec/json_form.h"
#include "harness/suite/pattern_forms.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxName = 40;      // characters of a verb, an event's name, an error
constexpr std::size_t kMaxPattern = 600;  // characters of a pattern's JSON

// The number that tells one message of a kind from another: the first of these that it has.
constexpr std::array kNumbers{"call_id",    "event_id", "description_id",
                              "session_id", "token_id", "version"};
// The text that says what it is about, likewise.
constexpr std::array kNames{"verb", "name", "session", "token"};

const Json* find_known(const Json& form, const char* key) {
  const auto it = form.find(key);
  return it == form.end() || is_variable(*it) || is_matcher(*it, "json") ? nullptr : &*it;
}

template <std::size_t count>
const Json* first_of(const Json& form, const std::array<const char*, count>& keys) {
  for (const char* const key : keys) {
    if (const Json* const value = find_known(form, key)) return value;
  }
  return nullptr;
}

std::string error_words(const Json& error) {
  if (error.is_null()) return " without an error";
  if (error.is_string()) return " with error " + printable(error.get<std::string>(), kMaxName);
  return is_matcher(error, "present") ? " with an error" : "";
}

std::string title_of(std::span<const std::byte> payload, Revision revision, Direction direction) {
  const auto* const info =
      find_operation(std::to_integer<char>(payload.front()), revision, direction);
  return info == nullptr ? std::string{} : std::string{info->title};
}

// Of bytes that cannot be decoded: the kind and the number, as far as they can be read.
std::string malformed_words(std::span<const std::byte> payload, Revision revision,
                            Direction direction, const Error& error) {
  if (payload.empty()) return "an empty message";
  std::string out = title_of(payload, revision, direction);
  const bool is_of_other_direction = out.empty();
  if (is_of_other_direction) out = title_of(payload, revision, opposite(direction));
  if (out.empty()) {
    return fmt::format("a message of unknown operation 0x{:02x}",
                       std::to_integer<unsigned>(payload.front()));
  }
  if (is_of_other_direction) {
    const auto decoded = decode(payload, revision, opposite(direction));
    if (decoded) {
      return words_of(payload, revision, opposite(direction)) + " (of the other direction)";
    }
    return out + " (of the other direction, malformed)";
  }
  for (const AnnotatedField& field : annotate(payload, revision, direction).fields) {
    if (!field.label.ends_with("_id")) continue;
    out += " " + field.value;
    break;
  }
  return fmt::format("{} (malformed: {})", out, to_string(error));
}

}  // namespace

std::string words_of(const Json& form) {
  if (const auto pong = form.find("pong"); pong != form.end()) {
    if (!pong->is_string()) return "a PONG";
    const auto payload = pong->get<std::string>();
    return payload.empty() ? "an empty PONG"
                           : "a PONG with payload " + printable(payload, kMaxName);
  }
  const auto kind = form.find("message");
  if (kind == form.end() || !kind->is_string()) return "a message";
  const MessageInfo* const info = find_message(kind->get_ref<const std::string&>());
  if (info == nullptr) return "a message";
  std::string out{info->title};
  if (const Json* const number = first_of(form, kNumbers); number != nullptr) {
    if (number->is_number()) out += " " + number->dump();
  }
  if (const Json* const name = first_of(form, kNames); name != nullptr && name->is_string()) {
    out += " \"" + printable(name->get<std::string>(), kMaxName) + '"';
  }
  if (const Json* const error = find_known(form, "error")) out += error_words(*error);
  return out;
}

std::string words_of(std::span<const std::byte> payload, Revision revision, Direction direction) {
  const auto decoded = decode(payload, revision, direction);
  if (!decoded) return malformed_words(payload, revision, direction, decoded.error());
  std::string out = words_of(Json::parse(to_json(decoded->message, revision)));
  const std::size_t rest = payload.size() - decoded->size;
  if (rest > 0) out += fmt::format(" followed by {} more byte{}", rest, rest == 1 ? "" : "s");
  return out;
}

std::string describe_pattern(const Json& pattern, const Variables& variables) {
  const Json known = substitute(pattern, variables);
  return fmt::format("{}: {}\n", words_of(known),
                     printable(known.dump(-1, ' ', true), kMaxPattern));
}

}  // namespace wsapi
