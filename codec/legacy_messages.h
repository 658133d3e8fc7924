// SPDX-License-Identifier: Apache-2.0
#pragma once

// The ten messages of the legacy revision (protocol section 5), described in the same way as those
// of version 1 in messages.h.

#include "codec/messages.h"

namespace wsapi::legacy {

struct Call {
  static constexpr MessageInfo kInfo{'C', "legacy-call", "CALL", Direction::kToServer,
                                     Era::kLegacy};
  std::uint32_t call_id = 0;
  std::string_view verb;
  std::string_view session;
  Object args;
  NullString credentials;
  static constexpr std::tuple kFields{Field{"call_id", &Call::call_id}, Field{"verb", &Call::verb},
                                      Field{"session", &Call::session}, Field{"args", &Call::args},
                                      Field{"credentials", &Call::credentials}};
  friend bool operator==(const Call&, const Call&) = default;
};

struct Reply {
  static constexpr MessageInfo kInfo{'Y', "legacy-reply", "REPLY", Direction::kToClient,
                                     Era::kLegacy};
  std::uint32_t call_id = 0;
  NullString error;  // null: success
  NullString info;
  Object data;
  static constexpr std::tuple kFields{Field{"call_id", &Reply::call_id},
                                      Field{"error", &Reply::error}, Field{"info", &Reply::info},
                                      Field{"data", &Reply::data}};
  friend bool operator==(const Reply&, const Reply&) = default;
};

struct EventBroadcast {
  static constexpr MessageInfo kInfo{'*', "legacy-event-broadcast", "EVENT BROADCAST",
                                     Direction::kToClient, Era::kLegacy};
  std::string_view name;
  Object data;
  Uuid uuid;
  std::uint8_t hop = 0;
  static constexpr std::tuple kFields{
      Field{"name", &EventBroadcast::name}, Field{"data", &EventBroadcast::data},
      Field{"uuid", &EventBroadcast::uuid}, Field{"hop", &EventBroadcast::hop}};
  friend bool operator==(const EventBroadcast&, const EventBroadcast&) = default;
};

struct EventCreate {
  static constexpr MessageInfo kInfo{'+', "legacy-event-create", "EVENT CREATE",
                                     Direction::kToClient, Era::kLegacy};
  std::uint32_t event_id = 0;
  std::string_view name;
  static constexpr std::tuple kFields{Field{"event_id", &EventCreate::event_id},
                                      Field{"name", &EventCreate::name}};
  friend bool operator==(const EventCreate&, const EventCreate&) = default;
};

struct EventRemove {
  static constexpr MessageInfo kInfo{'-', "legacy-event-remove", "EVENT REMOVE",
                                     Direction::kToClient, Era::kLegacy};
  std::uint32_t event_id = 0;
  std::string_view name;
  static constexpr std::tuple kFields{Field{"event_id", &EventRemove::event_id},
                                      Field{"name", &EventRemove::name}};
  friend bool operator==(const EventRemove&, const EventRemove&) = default;
};

struct EventPush {
  static constexpr MessageInfo kInfo{'!', "legacy-event-push", "EVENT PUSH", Direction::kToClient,
                                     Era::kLegacy};
  std::uint32_t event_id = 0;
  std::string_view name;
  Object data;
  static constexpr std::tuple kFields{Field{"event_id", &EventPush::event_id},
                                      Field{"name", &EventPush::name},
                                      Field{"data", &EventPush::data}};
  friend bool operator==(const EventPush&, const EventPush&) = default;
};

struct EventSubscribe {
  static constexpr MessageInfo kInfo{'S', "legacy-event-subscribe", "EVENT SUBSCRIBE",
                                     Direction::kToClient, Era::kLegacy};
  std::uint32_t call_id = 0;
  std::uint32_t event_id = 0;
  std::string_view name;
  static constexpr std::tuple kFields{Field{"call_id", &EventSubscribe::call_id},
                                      Field{"event_id", &EventSubscribe::event_id},
                                      Field{"name", &EventSubscribe::name}};
  friend bool operator==(const EventSubscribe&, const EventSubscribe&) = default;
};

struct EventUnsubscribe {
  static constexpr MessageInfo kInfo{'U', "legacy-event-unsubscribe", "EVENT UNSUBSCRIBE",
                                     Direction::kToClient, Era::kLegacy};
  std::uint32_t call_id = 0;
  std::uint32_t event_id = 0;
  std::string_view name;
  static constexpr std::tuple kFields{Field{"call_id", &EventUnsubscribe::call_id},
                                      Field{"event_id", &EventUnsubscribe::event_id},
                                      Field{"name", &EventUnsubscribe::name}};
  friend bool operator==(const EventUnsubscribe&, const EventUnsubscribe&) = default;
};

struct Describe {
  static constexpr MessageInfo kInfo{'D', "legacy-describe", "DESCRIBE", Direction::kToServer,
                                     Era::kLegacy};
  std::uint32_t description_id = 0;
  static constexpr std::tuple kFields{Field{"description_id", &Describe::description_id}};
  friend bool operator==(const Describe&, const Describe&) = default;
};

struct Description {
  static constexpr MessageInfo kInfo{'d', "legacy-description", "DESCRIPTION", Direction::kToClient,
                                     Era::kLegacy};
  std::uint32_t description_id = 0;
  Object description;
  static constexpr std::tuple kFields{Field{"description_id", &Description::description_id},
                                      Field{"description", &Description::description}};
  friend bool operator==(const Description&, const Description&) = default;
};

}  // namespace wsapi::legacy
