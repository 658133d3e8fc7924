// SPDX-License-Identifier: Apache-2.0

#include "codec/wire_rules_facts.h"

#include <variant>

#include "codec/utf8.h"

namespace wsapi {
namespace {

std::string_view text_of(std::string_view text) noexcept { return text; }
std::string_view text_of(const OptionalString& text) noexcept { return text.text.value_or(""); }
std::string_view text_of(const Object& object) noexcept { return object.text; }
std::string_view text_of(NullString text) noexcept { return text.value_or(""); }

void look_at_text(WireFacts& facts, std::string_view name, const auto& value) {
  if constexpr (requires { text_of(value); }) {
    const std::string_view text = text_of(value);
    if (facts.not_utf8.empty() && !is_utf8(text)) facts.not_utf8 = name;
    if (facts.with_nul.empty() && text.find('\0') != text.npos) facts.with_nul = name;
  }
}

}  // namespace

WireFacts facts_of(const AnyMessage& message, Revision revision) {
  WireFacts facts;
  std::visit(
      [&]<typename Message>(const Message& m) {
        facts.title = Message::kTitle;
        if constexpr (requires { m.call_id; }) facts.call_id = m.call_id;
        if constexpr (requires { m.event_id; }) facts.event_id = m.event_id;
        if constexpr (requires { m.session_id; }) facts.session_id = m.session_id;
        if constexpr (requires { m.token_id; }) facts.token_id = m.token_id;
        if constexpr (requires { m.description_id; }) facts.description_id = m.description_id;
        if constexpr (requires { m.error; }) facts.is_error = m.error.has_value();
        if constexpr (requires { m.identifier; }) facts.identifier = m.identifier;
        if constexpr (requires { m.versions; }) facts.versions = m.versions.versions;
        if constexpr (requires { m.version; }) facts.version = m.version;
        if constexpr (requires { m.hop; }) facts.hop = m.hop;
        if constexpr (requires { m.uuid; }) facts.uuid = m.uuid;
        (void)with_format<Message>(revision, false, [&](auto format) {
          return all_fields<Message, format()>([&](const auto& field) {
            look_at_text(facts, field.name, m.*field.member);
            return true;
          });
        });
      },
      message);
  return facts;
}

}  // namespace wsapi
