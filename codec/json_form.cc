// SPDX-License-Identifier: Apache-2.0

#include "codec/json_form.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "codec/encode.h"
#include "codec/hex.h"
#include "codec/json_members.h"
#include "codec/utf8.h"

namespace wsapi {
namespace {

constexpr std::string_view kMessageKey = "message";

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

// ---- from JSON: each overload moves one value into a field, and says what is wrong with it.

class Assigner {
 public:
  // `owner` knows its wire format.
  explicit Assigner(OwnedMessage& owner) : owner_(owner) {}

  template <typename Integer>
  requires std::is_convertible_v<Integer, std::uint32_t> ErrorCode assign(JsonValue& from,
                                                                          Integer& to) {
    const auto* number = std::get_if<std::uint64_t>(&from);
    if (number == nullptr) return ErrorCode::kJsonWrongType;
    if (*number > max_integer(kWireTypeOf<Integer>, owner_.format)) {
      return ErrorCode::kValueOutOfRange;
    }
    to = static_cast<Integer>(static_cast<std::uint32_t>(*number));
    return ErrorCode::kNone;
  }

  ErrorCode assign(JsonValue& from, std::string_view& to) {
    if (auto* text = std::get_if<JsonText>(&from)) {
      to = owner_.texts.emplace_back(std::move(text->text));
      return ErrorCode::kNone;
    }
    if (auto* hex = std::get_if<JsonHex>(&from)) {
      to = owner_.texts.emplace_back(std::move(hex->bytes));
      return ErrorCode::kNone;
    }
    return ErrorCode::kJsonWrongType;
  }

  ErrorCode assign(JsonValue& from, OptionalString& to) { return assign(from, to.text.emplace()); }

  ErrorCode assign(JsonValue& from, NullString& to) {
    if (std::holds_alternative<JsonNull>(from)) return ErrorCode::kNone;
    std::string_view text;
    const ErrorCode code = assign(from, text);
    if (code == ErrorCode::kNone) to = text;
    return code;
  }

  ErrorCode assign(JsonValue& from, Object& to) { return assign(from, to.text); }

  ErrorCode assign(JsonValue& from, Uuid& to) {
    const auto* text = std::get_if<JsonText>(&from);
    if (text == nullptr) return ErrorCode::kJsonWrongType;
    std::string digits = text->text;
    constexpr std::size_t kDashes[] = {8, 13, 18, 23};
    constexpr std::size_t kSize = 36;
    if (digits.size() != kSize) return ErrorCode::kValueOutOfRange;
    for (const std::size_t dash : kDashes) {
      if (digits[dash] != '-') return ErrorCode::kValueOutOfRange;
    }
    std::erase(digits, '-');
    const auto bytes = from_hex(digits);
    if (!bytes || bytes->size() != to.bytes.size()) return ErrorCode::kValueOutOfRange;
    std::ranges::copy(*bytes, to.bytes.begin());
    return ErrorCode::kNone;
  }

  ErrorCode assign(JsonValue& from, VersionList& to) {
    const auto* numbers = std::get_if<JsonNumbers>(&from);
    if (numbers == nullptr) return ErrorCode::kJsonWrongType;
    constexpr std::size_t kMax = std::numeric_limits<std::uint8_t>::max();
    const auto too_big = [](std::uint64_t number) { return number > kMax; };
    if (numbers->size() > kMax || std::ranges::any_of(*numbers, too_big)) {
      return ErrorCode::kValueOutOfRange;
    }
    auto& list = owner_.lists.emplace_back();
    for (const std::uint64_t number : *numbers) list.push_back(static_cast<std::byte>(number));
    to.versions = list;
    return ErrorCode::kNone;
  }

 private:
  OwnedMessage& owner_;
};

JsonMember* find(std::vector<JsonMember>& members, std::string_view key) {
  const auto it = std::ranges::find(members, key, &JsonMember::key);
  return it == members.end() ? nullptr : &*it;
}

template <WsapiMessage Message, WireFormat kFormat>
Error fill(std::vector<JsonMember>& members, OwnedMessage& owned) {
  auto& message = owned.message.emplace<Message>();
  owned.format = kFormat;
  Assigner assigner(owned);
  Error error;
  std::size_t used = 1;  // "message"
  all_fields<Message, kFormat>([&](const auto& field) {
    JsonMember* const member = find(members, field.name);
    if (member == nullptr) {
      error = {.code = ErrorCode::kJsonMissingField, .offset = 0, .field = field.name};
      return false;
    }
    ++used;
    const ErrorCode code = assigner.assign(member->value, message.*field.member);
    error = {.code = code, .offset = member->offset, .field = field.name};
    return code == ErrorCode::kNone;
  });
  if (!error.ok()) return error;
  if (used == members.size()) return {};
  const auto unknown = std::ranges::find_if(members, [](const JsonMember& member) {
    return member.key != kMessageKey && all_fields<Message, kFormat>([&](const auto& field) {
             return field.name != member.key;
           });
  });
  return {.code = ErrorCode::kJsonUnknownField, .offset = unknown->offset, .field = {}};
}

}  // namespace

void append_json_value(std::string& out, std::uint32_t value) { out += std::to_string(value); }

void append_json_value(std::string& out, std::string_view value) {
  if (is_utf8(value)) {
    append_json_string(out, value);
  } else {
    out.append(R"({"hex":")").append(to_hex(bytes_of(value))).append(R"("})");
  }
}

void append_json_value(std::string& out, const OptionalString& value) {
  append_json_value(out, value.text.value_or(std::string_view{}));
}

void append_json_value(std::string& out, const NullString& value) {
  if (value) {
    append_json_value(out, *value);
  } else {
    out += "null";
  }
}

void append_json_value(std::string& out, const Object& value) {
  append_json_value(out, value.text);
}

void append_json_value(std::string& out, const Uuid& value) {
  const std::string digits = to_hex(value.bytes);
  out += '"';
  constexpr std::size_t kGroups[] = {8, 4, 4, 4, 12};
  std::size_t at = 0;
  for (const std::size_t size : kGroups) {
    if (at != 0) out += '-';
    out.append(digits, at, size);
    at += size;
  }
  out += '"';
}

void append_json_value(std::string& out, const VersionList& value) {
  out += '[';
  for (const std::byte version : value.versions) {
    if (out.back() != '[') out += ',';
    out += std::to_string(std::to_integer<unsigned>(version));
  }
  out += ']';
}

std::string to_json(const AnyMessage& message, Revision revision) {
  std::string out;
  std::visit(
      [&]<typename Message>(const Message& m) {
        (void)with_format<Message>(revision, false, [&](auto format) {
          out = R"({"message":)";
          append_json_string(out, kFieldListOf<Message, format()>.name);
          return all_fields<Message, format()>([&](const auto& field) {
            out += ',';
            append_json_string(out, field.name);
            out += ':';
            append_json_value(out, m.*field.member);
            return true;
          });
        });
      },
      message);
  return out.empty() ? "null" : out += '}';
}

Result<OwnedMessage> from_json(std::string_view text) {
  auto members = read_json_members(text);
  if (!members) return members.error();
  JsonMember* const kind = find(*members, kMessageKey);
  if (kind == nullptr) {
    return Error{.code = ErrorCode::kJsonMissingField, .offset = 0, .field = kMessageKey};
  }
  const auto* const message_name = std::get_if<JsonText>(&kind->value);
  if (message_name == nullptr) {
    return Error{.code = ErrorCode::kJsonWrongType, .offset = kind->offset, .field = kMessageKey};
  }
  Error error{.code = ErrorCode::kJsonUnknownMessage, .offset = kind->offset, .field = kMessageKey};
  OwnedMessage owned;
  any_message_type([&]<typename Message>(std::type_identity<Message>) {
    return any_format<Message>([&](auto format) {
      if (kFieldListOf<Message, format()>.name != message_name->text) return false;
      error = fill<Message, format()>(*members, owned);
      return true;
    });
  });
  if (!error.ok()) return error;
  return owned;
}

Result<std::vector<std::byte>> encode_to_bytes(const OwnedMessage& message, Revision revision) {
  if (message.format != format_of(revision)) return not_in_revision();
  return encode_to_bytes(message.message, revision);
}

}  // namespace wsapi
