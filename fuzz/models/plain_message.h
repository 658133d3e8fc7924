// SPDX-License-Identifier: Apache-2.0
#pragma once

// A message of any revision, either way, in one plain struct: so that the models of the session
// targets need not know the two sets of message types. Views, as in the message itself.

#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "codec/message.h"
#include "fuzz/under_test.h"

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
namespace wsapi::fuzz {

// By the operation of version 1, also for the message of legacy that means the same.
enum class Kind : char {
  kCall = 'K',
  kReply = 'k',
  kEventCreate = 'E',
  kEventRemove = 'e',
  kEventSubscribe = 'X',
  kEventUnsubscribe = 'x',
  kEventPush = 'P',
  kEventBroadcast = 'B',
  kEventUnexpected = 'U',
  kDescribe = 'D',
  kDescription = 'd',
  kSessionCreate = 'S',
  kSessionRemove = 's',
  kTokenCreate = 'T',
  kTokenRemove = 't',
  kVersionOffer = 'V',
  kVersionSet = 'v',
};

struct PlainMessage {
  Kind kind = Kind::kCall;
  std::uint32_t id = 0;  // of the call or description
  std::uint32_t event_id = 0;
  std::uint32_t session_id = 0;
  std::uint32_t token_id = 0;
  std::string_view name = {};   // of the event or session; the verb, the token
  NullString session = {};      // of a legacy call
  NullString error = {};        // of a reply
  NullString info = {};         // of a reply
  NullString credentials = {};  // of a call
  std::string_view data = {};   // args, data, description
  Uuid uuid = {};
  std::uint8_t hop = 0;
  std::uint8_t version = 0;
  std::uint32_t identifier = 0;
  VersionList versions = {};

  friend bool operator==(const PlainMessage&, const PlainMessage&) = default;
};

namespace detail {

template <WsapiMessage Message>
inline constexpr Kind kKindOf =
    static_cast<Kind>(kFieldListOf<Message, WireFormat::kVersion1>.operation);

// What is decided by names is decided when compiling: an engine that watches comparisons would
// learn the names of the fields, which are in no message.
template <WsapiMessage Message, WireFormat kFormat, std::size_t kIndex>
void assign_field(PlainMessage& to, const Message& from) {
  constexpr auto kField = std::get<kIndex>(kFieldListOf<Message, kFormat>.fields);
  constexpr std::string_view kName = kField.name;
  const auto& value = from.*kField.member;
  using Value = std::remove_cvref_t<decltype(value)>;
  if constexpr (std::is_same_v<Value, Object>)
    to.data = value.text;
  else if constexpr (std::is_same_v<Value, Uuid>)
    to.uuid = value;
  else if constexpr (std::is_same_v<Value, VersionList>)
    to.versions = value;
  else if constexpr (std::is_same_v<Value, DescriptionId>)
    to.id = value;
  else if constexpr (kName == "event_id")
    to.event_id = value;
  else if constexpr (kName == "session_id")
    to.session_id = value;
  else if constexpr (kName == "token_id")
    to.token_id = value;
  else if constexpr (kName == "hop")
    to.hop = value;
  else if constexpr (kName == "version")
    to.version = value;
  else if constexpr (kName == "identifier")
    to.identifier = value;
  else if constexpr (kName == "session")
    to.session = value.text;
  else if constexpr (kName == "error")
    to.error = value;
  else if constexpr (kName == "info")
    to.info = value;
  else if constexpr (kName == "credentials")
    to.credentials = value;
  else if constexpr (std::is_same_v<Value, OptionalString>)
    to.name = *value.text;
  else if constexpr (std::is_same_v<Value, std::string_view>)
    to.name = value;
  else
    to.id = value;
}

}  // namespace detail

[[nodiscard]] inline PlainMessage plain(const AnyMessage& message, Revision revision) {
  return std::visit(
      [revision]<typename Message>(const Message& m) {
        return with_format<Message>(revision, PlainMessage{}, [&](auto format) {
          PlainMessage to{.kind = detail::kKindOf<Message>};
          constexpr std::size_t kCount = kFieldCountOf<Message, format()>;
          [&]<std::size_t... I>(std::index_sequence<I...>) {
            (detail::assign_field<Message, format(), I>(to, m), ...);
          }
          (std::make_index_sequence<kCount>{});
          return to;
        });
      },
      message);
}

}  // namespace wsapi::fuzz
WSAPI_FUZZ_NOT_UNDER_TEST_END
