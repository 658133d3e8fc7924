// SPDX-License-Identifier: Apache-2.0
#pragma once

// All messages of all revisions: the one list (`AnyMessage`), and what can be asked of it without
// knowing which message it holds.

#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "codec/legacy_messages.h"
#include "codec/messages.h"

namespace wsapi {

using AnyMessage =
    std::variant<Call, Reply, EventCreate, EventRemove, EventSubscribe, EventUnsubscribe, EventPush,
                 EventBroadcast, EventUnexpected, Describe, Description, SessionCreate,
                 SessionRemove, TokenCreate, TokenRemove, VersionOffer, VersionSet, legacy::Call,
                 legacy::Reply, legacy::EventBroadcast, legacy::EventCreate, legacy::EventRemove,
                 legacy::EventPush, legacy::EventSubscribe, legacy::EventUnsubscribe,
                 legacy::Describe, legacy::Description>;

inline constexpr std::size_t kMessageCount = std::variant_size_v<AnyMessage>;

template <typename Message>
concept WsapiMessage = requires {
  { Message::kInfo } -> std::convertible_to<const MessageInfo&>;
  Message::kFields;
};

// Calls f(std::type_identity<M>) for each message type M in the order of AnyMessage, until one
// returns true; returns whether one did.
template <typename Function>
constexpr bool any_message_type(Function&& f) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return (f(std::type_identity<std::variant_alternative_t<I, AnyMessage>>{}) || ...);
  }
  (std::make_index_sequence<kMessageCount>{});
}

// Calls f(field) for each field of the message type in the order of the wire, until one returns
// false; returns whether all returned true.
template <WsapiMessage Message, typename Function>
[[gnu::always_inline]] constexpr bool all_fields(Function&& f) {
  constexpr std::size_t kCount = std::tuple_size_v<decltype(Message::kFields)>;
  return [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
    return (f(std::get<I>(Message::kFields)) && ...);
  }
  (std::make_index_sequence<kCount>{});
}

[[nodiscard]] constexpr bool in_revision(const MessageInfo& info, Revision revision) noexcept {
  return info.era == era_of(revision);
}

[[nodiscard]] inline const MessageInfo& info_of(const AnyMessage& message) noexcept {
  return *std::visit([](const auto& m) { return &std::decay_t<decltype(m)>::kInfo; }, message);
}

// Calls f(m) with the message m that is held, which is of that direction: f need not take the
// messages of the other.
template <Direction direction, typename Function>
void visit_message(const AnyMessage& message, Function&& f) {
  const auto visitor = [&](const auto& m) {
    if constexpr (std::decay_t<decltype(m)>::kInfo.direction == direction) f(m);
  };
  std::visit(visitor, message);
}

// The description of the message with this operation byte and direction; nullptr where the revision
// has none.
[[nodiscard]] constexpr const MessageInfo* find_operation(char operation, Revision revision,
                                                          Direction direction) noexcept {
  const MessageInfo* found = nullptr;
  any_message_type([&]<typename Message>(std::type_identity<Message>) {
    constexpr const MessageInfo& info = Message::kInfo;
    if (info.operation != operation || info.direction != direction) return false;
    if (!in_revision(info, revision)) return false;
    found = &info;
    return true;
  });
  return found;
}

// The description of the message of that name ("event-create"); nullptr where there is none.
[[nodiscard]] constexpr const MessageInfo* find_message(std::string_view name) noexcept {
  const MessageInfo* found = nullptr;
  any_message_type([&]<typename Message>(std::type_identity<Message>) {
    if (Message::kInfo.name != name) return false;
    found = &Message::kInfo;
    return true;
  });
  return found;
}

}  // namespace wsapi
