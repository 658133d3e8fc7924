// SPDX-License-Identifier: Apache-2.0
#pragma once

// The 17 kinds of messages (protocol sections 3 and 5), each described once: a plain struct with a
// constexpr list of its fields for each wire format that has it. Encoding, decoding, the JSON form,
// the layout and the annotated dump are all derived from these lists. A new message is a new struct
// here and an entry in the list of message.h; a new wire format is one more FieldList in each
// message that it has.
//
// A member that the wire format does not have keeps its default when decoding, and is not sent.

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

// What a message is in one wire format: the fields in the order of the wire.
template <typename... Fields>
struct FieldList {
  WireFormat format;
  char operation;         // the first byte
  std::string_view name;  // in the JSON form and in ids: "event-create"
  std::tuple<Fields...> fields;

  constexpr FieldList(WireFormat wire_format, char operation_byte, std::string_view message_name,
                      Fields... list)
      : format(wire_format), operation(operation_byte), name(message_name), fields(list...) {}
};

// Octal 02723012011 (section 3): the letters w s a p i in six bits each.
inline constexpr std::uint32_t kVersionOfferIdentifier = 0x174C1409;
inline constexpr std::uint8_t kVersion1 = 1;

struct Call {
  static constexpr std::string_view kTitle = "CALL";
  static constexpr Direction kDirection = Direction::kToServer;
  Id call_id = {};
  std::string_view verb = {};
  Id session_id = {};           // 0: no session
  Id token_id = {};             // 0: no token
  OptionalString session = {};  // legacy: the session itself
  Object args = {};
  NullString credentials = {};
  static constexpr std::tuple kFieldLists{
      FieldList{WireFormat::kVersion1, 'K', "call", Field{"call_id", &Call::call_id},
                Field{"verb", &Call::verb}, Field{"session_id", &Call::session_id},
                Field{"token_id", &Call::token_id}, Field{"args", &Call::args},
                Field{"credentials", &Call::credentials}},
      FieldList{WireFormat::kLegacy, 'C', "legacy-call", Field{"call_id", &Call::call_id},
                Field{"verb", &Call::verb}, Field{"session", &Call::session},
                Field{"args", &Call::args}, Field{"credentials", &Call::credentials}}};
  friend bool operator==(const Call&, const Call&) = default;
};

struct Reply {
  static constexpr std::string_view kTitle = "REPLY";
  static constexpr Direction kDirection = Direction::kToClient;
  Id call_id = {};
  NullString error = {};  // null: success
  NullString info = {};
  Object data = {};
  static constexpr std::tuple kFieldLists{
      FieldList{WireFormat::kVersion1, 'k', "reply", Field{"call_id", &Reply::call_id},
                Field{"error", &Reply::error}, Field{"info", &Reply::info},
                Field{"data", &Reply::data}},
      FieldList{WireFormat::kLegacy, 'Y', "legacy-reply", Field{"call_id", &Reply::call_id},
                Field{"error", &Reply::error}, Field{"info", &Reply::info},
                Field{"data", &Reply::data}}};
  friend bool operator==(const Reply&, const Reply&) = default;
};

struct EventCreate {
  static constexpr std::string_view kTitle = "EVENT CREATE";
  static constexpr Direction kDirection = Direction::kToClient;
  Id event_id = {};
  std::string_view name = {};
  static constexpr std::tuple kFieldLists{
      FieldList{WireFormat::kVersion1, 'E', "event-create",
                Field{"event_id", &EventCreate::event_id}, Field{"name", &EventCreate::name}},
      FieldList{WireFormat::kLegacy, '+', "legacy-event-create",
                Field{"event_id", &EventCreate::event_id}, Field{"name", &EventCreate::name}}};
  friend bool operator==(const EventCreate&, const EventCreate&) = default;
};

struct EventRemove {
  static constexpr std::string_view kTitle = "EVENT REMOVE";
  static constexpr Direction kDirection = Direction::kToClient;
  Id event_id = {};
  OptionalString name = {};  // legacy
  static constexpr std::tuple kFieldLists{
      FieldList{WireFormat::kVersion1, 'e', "event-remove",
                Field{"event_id", &EventRemove::event_id}},
      FieldList{WireFormat::kLegacy, '-', "legacy-event-remove",
                Field{"event_id", &EventRemove::event_id}, Field{"name", &EventRemove::name}}};
  friend bool operator==(const EventRemove&, const EventRemove&) = default;
};

struct EventSubscribe {
  static constexpr std::string_view kTitle = "EVENT SUBSCRIBE";
  static constexpr Direction kDirection = Direction::kToClient;
  Id call_id = {};
  Id event_id = {};
  OptionalString name = {};  // legacy
  static constexpr std::tuple kFieldLists{
      FieldList{WireFormat::kVersion1, 'X', "event-subscribe",
                Field{"call_id", &EventSubscribe::call_id},
                Field{"event_id", &EventSubscribe::event_id}},
      FieldList{WireFormat::kLegacy, 'S', "legacy-event-subscribe",
                Field{"call_id", &EventSubscribe::call_id},
                Field{"event_id", &EventSubscribe::event_id},
                Field{"name", &EventSubscribe::name}}};
  friend bool operator==(const EventSubscribe&, const EventSubscribe&) = default;
};

struct EventUnsubscribe {
  static constexpr std::string_view kTitle = "EVENT UNSUBSCRIBE";
  static constexpr Direction kDirection = Direction::kToClient;
  Id call_id = {};
  Id event_id = {};
  OptionalString name = {};  // legacy
  static constexpr std::tuple kFieldLists{
      FieldList{WireFormat::kVersion1, 'x', "event-unsubscribe",
                Field{"call_id", &EventUnsubscribe::call_id},
                Field{"event_id", &EventUnsubscribe::event_id}},
      FieldList{WireFormat::kLegacy, 'U', "legacy-event-unsubscribe",
                Field{"call_id", &EventUnsubscribe::call_id},
                Field{"event_id", &EventUnsubscribe::event_id},
                Field{"name", &EventUnsubscribe::name}}};
  friend bool operator==(const EventUnsubscribe&, const EventUnsubscribe&) = default;
};

struct EventPush {
  static constexpr std::string_view kTitle = "EVENT PUSH";
  static constexpr Direction kDirection = Direction::kToClient;
  Id event_id = {};
  OptionalString name = {};  // legacy
  Object data = {};
  static constexpr std::tuple kFieldLists{
      FieldList{WireFormat::kVersion1, 'P', "event-push", Field{"event_id", &EventPush::event_id},
                Field{"data", &EventPush::data}},
      FieldList{WireFormat::kLegacy, '!', "legacy-event-push",
                Field{"event_id", &EventPush::event_id}, Field{"name", &EventPush::name},
                Field{"data", &EventPush::data}}};
  friend bool operator==(const EventPush&, const EventPush&) = default;
};

struct EventBroadcast {
  static constexpr std::string_view kTitle = "EVENT BROADCAST";
  static constexpr Direction kDirection = Direction::kToClient;
  std::string_view name = {};
  Object data = {};
  Uuid uuid = {};
  std::uint8_t hop = 0;
  static constexpr std::tuple kFieldLists{
      FieldList{WireFormat::kVersion1, 'B', "event-broadcast", Field{"name", &EventBroadcast::name},
                Field{"data", &EventBroadcast::data}, Field{"uuid", &EventBroadcast::uuid},
                Field{"hop", &EventBroadcast::hop}},
      FieldList{WireFormat::kLegacy, '*', "legacy-event-broadcast",
                Field{"name", &EventBroadcast::name}, Field{"data", &EventBroadcast::data},
                Field{"uuid", &EventBroadcast::uuid}, Field{"hop", &EventBroadcast::hop}}};
  friend bool operator==(const EventBroadcast&, const EventBroadcast&) = default;
};

struct EventUnexpected {
  static constexpr std::string_view kTitle = "EVENT UNEXPECTED";
  static constexpr Direction kDirection = Direction::kToServer;
  Id event_id = {};
  static constexpr std::tuple kFieldLists{FieldList{WireFormat::kVersion1, 'U', "event-unexpected",
                                                    Field{"event_id", &EventUnexpected::event_id}}};
  friend bool operator==(const EventUnexpected&, const EventUnexpected&) = default;
};

struct Describe {
  static constexpr std::string_view kTitle = "DESCRIBE";
  static constexpr Direction kDirection = Direction::kToServer;
  Id description_id = {};
  static constexpr std::tuple kFieldLists{
      FieldList{WireFormat::kVersion1, 'D', "describe",
                Field{"description_id", &Describe::description_id}},
      FieldList{WireFormat::kLegacy, 'D', "legacy-describe",
                Field{"description_id", &Describe::description_id}}};
  friend bool operator==(const Describe&, const Describe&) = default;
};

struct Description {
  static constexpr std::string_view kTitle = "DESCRIPTION";
  static constexpr Direction kDirection = Direction::kToClient;
  DescriptionId description_id = {};
  Object description = {};
  static constexpr std::tuple kFieldLists{
      FieldList{WireFormat::kVersion1, 'd', "description",
                Field{"description_id", &Description::description_id},
                Field{"description", &Description::description}},
      FieldList{WireFormat::kLegacy, 'd', "legacy-description",
                Field{"description_id", &Description::description_id},
                Field{"description", &Description::description}}};
  friend bool operator==(const Description&, const Description&) = default;
};

struct SessionCreate {
  static constexpr std::string_view kTitle = "SESSION CREATE";
  static constexpr Direction kDirection = Direction::kToServer;
  Id session_id = {};
  std::string_view name = {};
  static constexpr std::tuple kFieldLists{FieldList{WireFormat::kVersion1, 'S', "session-create",
                                                    Field{"session_id", &SessionCreate::session_id},
                                                    Field{"name", &SessionCreate::name}}};
  friend bool operator==(const SessionCreate&, const SessionCreate&) = default;
};

struct SessionRemove {
  static constexpr std::string_view kTitle = "SESSION REMOVE";
  static constexpr Direction kDirection = Direction::kToServer;
  Id session_id = {};
  static constexpr std::tuple kFieldLists{
      FieldList{WireFormat::kVersion1, 's', "session-remove",
                Field{"session_id", &SessionRemove::session_id}}};
  friend bool operator==(const SessionRemove&, const SessionRemove&) = default;
};

struct TokenCreate {
  static constexpr std::string_view kTitle = "TOKEN CREATE";
  static constexpr Direction kDirection = Direction::kToServer;
  Id token_id = {};
  std::string_view token = {};
  static constexpr std::tuple kFieldLists{FieldList{WireFormat::kVersion1, 'T', "token-create",
                                                    Field{"token_id", &TokenCreate::token_id},
                                                    Field{"token", &TokenCreate::token}}};
  friend bool operator==(const TokenCreate&, const TokenCreate&) = default;
};

struct TokenRemove {
  static constexpr std::string_view kTitle = "TOKEN REMOVE";
  static constexpr Direction kDirection = Direction::kToServer;
  Id token_id = {};
  static constexpr std::tuple kFieldLists{FieldList{WireFormat::kVersion1, 't', "token-remove",
                                                    Field{"token_id", &TokenRemove::token_id}}};
  friend bool operator==(const TokenRemove&, const TokenRemove&) = default;
};

struct VersionOffer {
  static constexpr std::string_view kTitle = "VERSION OFFER";
  static constexpr Direction kDirection = Direction::kToServer;
  std::uint32_t identifier = kVersionOfferIdentifier;
  VersionList versions = {};
  static constexpr std::tuple kFieldLists{FieldList{WireFormat::kVersion1, 'V', "version-offer",
                                                    Field{"identifier", &VersionOffer::identifier},
                                                    Field{"versions", &VersionOffer::versions}}};
  friend bool operator==(const VersionOffer&, const VersionOffer&) = default;
};

struct VersionSet {
  static constexpr std::string_view kTitle = "VERSION SET";
  static constexpr Direction kDirection = Direction::kToClient;
  std::uint8_t version = kVersion1;
  static constexpr std::tuple kFieldLists{
      FieldList{WireFormat::kVersion1, 'v', "version-set", Field{"version", &VersionSet::version}}};
  friend bool operator==(const VersionSet&, const VersionSet&) = default;
};

}  // namespace wsapi
