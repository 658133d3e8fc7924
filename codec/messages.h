// SPDX-License-Identifier: Apache-2.0
#pragma once

// The 17 messages of version 1 (protocol section 3), each described once: a plain struct with a
// constexpr list of its fields. Encoding, decoding, the JSON form and the annotated dump are all
// derived from these lists (encode.h, decode.h, json_form.h, annotate.h). A new message is a new
// struct here and one more entry in the list of message.h.

#include <cstdint>
#include <string_view>
#include <tuple>

#include "codec/revision.h"
#include "codec/wire_types.h"

namespace wsapi {

// One field: its name in the JSON form, and where its value is.
template <typename Message, typename Value>
struct Field {
  std::string_view name;
  Value Message::*member;
};
template <typename Message, typename Value>
Field(const char*, Value Message::*) -> Field<Message, Value>;

// Which wire formats have a message: legacy alone, or the revisions of version 1.
enum class Era : std::uint8_t { kLegacy, kVersion1 };

[[nodiscard]] constexpr Era era_of(Revision revision) noexcept {
  return revision == Revision::kLegacy ? Era::kLegacy : Era::kVersion1;
}

struct MessageInfo {
  char operation;          // the first byte
  std::string_view name;   // in the JSON form and in ids: "event-create"
  std::string_view title;  // as the protocol writes it: "EVENT CREATE"
  Direction direction;
  Era era = Era::kVersion1;
};

// Octal 02723012011 (section 3): the letters w s a p i in six bits each.
inline constexpr std::uint32_t kVersionOfferIdentifier = 0x174C1409;
inline constexpr std::uint8_t kVersion1 = 1;

struct Call {
  static constexpr MessageInfo kInfo{'K', "call", "CALL", Direction::kToServer};
  std::uint16_t call_id = 0;
  std::string_view verb;
  std::uint16_t session_id = 0;  // 0: no session
  std::uint16_t token_id = 0;    // 0: no token
  Object args;
  NullString credentials;
  static constexpr std::tuple kFields{Field{"call_id", &Call::call_id},
                                      Field{"verb", &Call::verb},
                                      Field{"session_id", &Call::session_id},
                                      Field{"token_id", &Call::token_id},
                                      Field{"args", &Call::args},
                                      Field{"credentials", &Call::credentials}};
  friend bool operator==(const Call&, const Call&) = default;
};

struct Reply {
  static constexpr MessageInfo kInfo{'k', "reply", "REPLY", Direction::kToClient};
  std::uint16_t call_id = 0;
  NullString error;  // null: success
  NullString info;
  Object data;
  static constexpr std::tuple kFields{Field{"call_id", &Reply::call_id},
                                      Field{"error", &Reply::error}, Field{"info", &Reply::info},
                                      Field{"data", &Reply::data}};
  friend bool operator==(const Reply&, const Reply&) = default;
};

struct EventCreate {
  static constexpr MessageInfo kInfo{'E', "event-create", "EVENT CREATE", Direction::kToClient};
  std::uint16_t event_id = 0;
  std::string_view name;
  static constexpr std::tuple kFields{Field{"event_id", &EventCreate::event_id},
                                      Field{"name", &EventCreate::name}};
  friend bool operator==(const EventCreate&, const EventCreate&) = default;
};

struct EventRemove {
  static constexpr MessageInfo kInfo{'e', "event-remove", "EVENT REMOVE", Direction::kToClient};
  std::uint16_t event_id = 0;
  static constexpr std::tuple kFields{Field{"event_id", &EventRemove::event_id}};
  friend bool operator==(const EventRemove&, const EventRemove&) = default;
};

struct EventSubscribe {
  static constexpr MessageInfo kInfo{'X', "event-subscribe", "EVENT SUBSCRIBE",
                                     Direction::kToClient};
  std::uint16_t call_id = 0;
  std::uint16_t event_id = 0;
  static constexpr std::tuple kFields{Field{"call_id", &EventSubscribe::call_id},
                                      Field{"event_id", &EventSubscribe::event_id}};
  friend bool operator==(const EventSubscribe&, const EventSubscribe&) = default;
};

struct EventUnsubscribe {
  static constexpr MessageInfo kInfo{'x', "event-unsubscribe", "EVENT UNSUBSCRIBE",
                                     Direction::kToClient};
  std::uint16_t call_id = 0;
  std::uint16_t event_id = 0;
  static constexpr std::tuple kFields{Field{"call_id", &EventUnsubscribe::call_id},
                                      Field{"event_id", &EventUnsubscribe::event_id}};
  friend bool operator==(const EventUnsubscribe&, const EventUnsubscribe&) = default;
};

struct EventPush {
  static constexpr MessageInfo kInfo{'P', "event-push", "EVENT PUSH", Direction::kToClient};
  std::uint16_t event_id = 0;
  Object data;
  static constexpr std::tuple kFields{Field{"event_id", &EventPush::event_id},
                                      Field{"data", &EventPush::data}};
  friend bool operator==(const EventPush&, const EventPush&) = default;
};

struct EventBroadcast {
  static constexpr MessageInfo kInfo{'B', "event-broadcast", "EVENT BROADCAST",
                                     Direction::kToClient};
  std::string_view name;
  Object data;
  Uuid uuid;
  std::uint8_t hop = 0;
  static constexpr std::tuple kFields{
      Field{"name", &EventBroadcast::name}, Field{"data", &EventBroadcast::data},
      Field{"uuid", &EventBroadcast::uuid}, Field{"hop", &EventBroadcast::hop}};
  friend bool operator==(const EventBroadcast&, const EventBroadcast&) = default;
};

struct EventUnexpected {
  static constexpr MessageInfo kInfo{'U', "event-unexpected", "EVENT UNEXPECTED",
                                     Direction::kToServer};
  std::uint16_t event_id = 0;
  static constexpr std::tuple kFields{Field{"event_id", &EventUnexpected::event_id}};
  friend bool operator==(const EventUnexpected&, const EventUnexpected&) = default;
};

struct Describe {
  static constexpr MessageInfo kInfo{'D', "describe", "DESCRIBE", Direction::kToServer};
  std::uint16_t description_id = 0;
  static constexpr std::tuple kFields{Field{"description_id", &Describe::description_id}};
  friend bool operator==(const Describe&, const Describe&) = default;
};

struct Description {
  static constexpr MessageInfo kInfo{'d', "description", "DESCRIPTION", Direction::kToClient};
  DescriptionId description_id;
  Object description;
  static constexpr std::tuple kFields{Field{"description_id", &Description::description_id},
                                      Field{"description", &Description::description}};
  friend bool operator==(const Description&, const Description&) = default;
};

struct SessionCreate {
  static constexpr MessageInfo kInfo{'S', "session-create", "SESSION CREATE", Direction::kToServer};
  std::uint16_t session_id = 0;
  std::string_view name;
  static constexpr std::tuple kFields{Field{"session_id", &SessionCreate::session_id},
                                      Field{"name", &SessionCreate::name}};
  friend bool operator==(const SessionCreate&, const SessionCreate&) = default;
};

struct SessionRemove {
  static constexpr MessageInfo kInfo{'s', "session-remove", "SESSION REMOVE", Direction::kToServer};
  std::uint16_t session_id = 0;
  static constexpr std::tuple kFields{Field{"session_id", &SessionRemove::session_id}};
  friend bool operator==(const SessionRemove&, const SessionRemove&) = default;
};

struct TokenCreate {
  static constexpr MessageInfo kInfo{'T', "token-create", "TOKEN CREATE", Direction::kToServer};
  std::uint16_t token_id = 0;
  std::string_view token;
  static constexpr std::tuple kFields{Field{"token_id", &TokenCreate::token_id},
                                      Field{"token", &TokenCreate::token}};
  friend bool operator==(const TokenCreate&, const TokenCreate&) = default;
};

struct TokenRemove {
  static constexpr MessageInfo kInfo{'t', "token-remove", "TOKEN REMOVE", Direction::kToServer};
  std::uint16_t token_id = 0;
  static constexpr std::tuple kFields{Field{"token_id", &TokenRemove::token_id}};
  friend bool operator==(const TokenRemove&, const TokenRemove&) = default;
};

struct VersionOffer {
  static constexpr MessageInfo kInfo{'V', "version-offer", "VERSION OFFER", Direction::kToServer};
  std::uint32_t identifier = kVersionOfferIdentifier;
  VersionList versions;
  static constexpr std::tuple kFields{Field{"identifier", &VersionOffer::identifier},
                                      Field{"versions", &VersionOffer::versions}};
  friend bool operator==(const VersionOffer&, const VersionOffer&) = default;
};

struct VersionSet {
  static constexpr MessageInfo kInfo{'v', "version-set", "VERSION SET", Direction::kToClient};
  std::uint8_t version = kVersion1;
  static constexpr std::tuple kFields{Field{"version", &VersionSet::version}};
  friend bool operator==(const VersionSet&, const VersionSet&) = default;
};

}  // namespace wsapi
