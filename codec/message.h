// SPDX-License-Identifier: Apache-2.0
#pragma once

// All messages of all revisions: the one list (`AnyMessage`), what can be asked of it without
// knowing which message it holds, and the same descriptions as plain tables (`kMessageInfos`) for
// whoever has no use for C++ types.

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "codec/messages.h"

namespace wsapi {

using AnyMessage =
    std::variant<Call, Reply, EventCreate, EventRemove, EventSubscribe, EventUnsubscribe, EventPush,
                 EventBroadcast, EventUnexpected, Describe, Description, SessionCreate,
                 SessionRemove, TokenCreate, TokenRemove, VersionOffer, VersionSet>;

inline constexpr std::size_t kMessageCount = std::variant_size_v<AnyMessage>;

template <typename Message>
concept WsapiMessage = requires {
  { Message::kTitle } -> std::convertible_to<std::string_view>;
  { Message::kDirection } -> std::convertible_to<Direction>;
  Message::kFieldLists;
};

template <WsapiMessage Message>
inline constexpr std::size_t kFieldListCount = std::tuple_size_v<decltype(Message::kFieldLists)>;

// Which of its field lists a message has in a wire format; kFieldListCount where it has none.
template <WsapiMessage Message>
[[nodiscard]] constexpr std::size_t field_list_index(WireFormat format) noexcept {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    std::size_t index = 0;
    (void)((std::get<I>(Message::kFieldLists).format == format || (++index, false)) || ...);
    return index;
  }
  (std::make_index_sequence<kFieldListCount<Message>>{});
}

template <WsapiMessage Message>
[[nodiscard]] constexpr bool in_revision(Revision revision) noexcept {
  return field_list_index<Message>(format_of(revision)) < kFieldListCount<Message>;
}

// The description of a message in a wire format that has it.
template <WsapiMessage Message, WireFormat kFormat>
inline constexpr const auto& kFieldListOf =
    std::get<field_list_index<Message>(kFormat)>(Message::kFieldLists);

template <WsapiMessage Message, WireFormat kFormat>
inline constexpr std::size_t kFieldCountOf =
    std::tuple_size_v<std::remove_cvref_t<decltype(kFieldListOf<Message, kFormat>.fields)>>;

// Calls f(std::type_identity<M>) for each message type M in the order of AnyMessage, until one
// returns true; returns whether one did.
template <typename Function>
constexpr bool any_message_type(Function&& f) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return (f(std::type_identity<std::variant_alternative_t<I, AnyMessage>>{}) || ...);
  }
  (std::make_index_sequence<kMessageCount>{});
}

// A wire format as a constant, for visitors.
template <WireFormat kFormat>
using FormatConstant = std::integral_constant<WireFormat, kFormat>;

// Calls f(FormatConstant<F>) for each wire format F of the message, until one returns true; returns
// whether one did.
template <WsapiMessage Message, typename Function>
constexpr bool any_format(Function&& f) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return (f(FormatConstant<std::get<I>(Message::kFieldLists).format>{}) || ...);
  }
  (std::make_index_sequence<kFieldListCount<Message>>{});
}

// f(FormatConstant<F>) with the wire format F of the revision; `otherwise` where the message is not
// in the revision.
template <WsapiMessage Message, std::size_t kIndex = 0, typename Result, typename Function>
[[gnu::always_inline]] constexpr Result with_format(Revision revision, const Result& otherwise,
                                                    Function&& f) {
  if constexpr (kIndex == kFieldListCount<Message>) {
    return otherwise;
  } else {
    constexpr WireFormat kFormat = std::get<kIndex>(Message::kFieldLists).format;
    if (format_of(revision) == kFormat) return f(FormatConstant<kFormat>{});
    return with_format<Message, kIndex + 1>(revision, otherwise, f);
  }
}

// Calls f(field) for each field of the message in the order of the wire, until one returns false;
// returns whether all returned true.
template <WsapiMessage Message, WireFormat kFormat, typename Function>
[[gnu::always_inline]] constexpr bool all_fields(Function&& f) {
  constexpr const auto& kFields = kFieldListOf<Message, kFormat>.fields;
  return [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
    return (f(std::get<I>(kFields)) && ...);
  }
  (std::make_index_sequence<kFieldCountOf<Message, kFormat>>{});
}

// Whether the message has this member in the revision: has_field<&EventPush::name>(revision).
template <auto kMember>
[[nodiscard]] constexpr bool has_field(Revision revision) noexcept {
  return []<typename Message, typename Value>(Value Message::*member, Revision wanted) {
    return with_format<Message>(wanted, false, [&](auto format) {
      return !all_fields<Message, format()>([&](const auto& field) {
        if constexpr (std::is_same_v<decltype(field.member), Value Message::*>) {
          return field.member != member;
        }
        return true;
      });
    });
  }(kMember, revision);
}

// ---- The descriptions as tables

struct FieldInfo {
  std::string_view name;
  WireType type;
};

// The most fields that a message may have.
inline constexpr std::size_t kMaxFields = 8;

// A message in one wire format.
struct MessageInfo {
  char operation = 0;      // the first byte
  std::string_view name;   // in the JSON form and in ids: "event-create"
  std::string_view title;  // as the protocol writes it: "EVENT CREATE"
  Direction direction = Direction::kToServer;
  WireFormat format = WireFormat::kVersion1;
  std::size_t kind = 0;  // the index in AnyMessage
  std::span<const FieldInfo> fields;
};

namespace detail {

template <WsapiMessage Message, WireFormat kFormat>
inline constexpr auto kFieldInfos = [] {
  constexpr std::size_t kCount = kFieldCountOf<Message, kFormat>;
  static_assert(kCount <= kMaxFields);
  std::array<FieldInfo, kCount> infos{};
  std::size_t count = 0;
  all_fields<Message, kFormat>([&]<typename Value>(const Field<Message, Value>& field) {
    infos[count++] = {field.name, kWireTypeOf<Value>};
    return true;
  });
  return infos;
}();

// Calls f(type, format, kind) for each message in each of its wire formats.
template <typename Function>
constexpr void for_each_field_list(Function&& f) {
  std::size_t kind = 0;
  any_message_type([&]<typename Message>(std::type_identity<Message> type) {
    any_format<Message>([&](auto format) {
      f(type, format, kind);
      return false;
    });
    ++kind;
    return false;
  });
}

inline constexpr std::size_t kInfoCount = [] {
  std::size_t count = 0;
  for_each_field_list([&](auto, auto, std::size_t) { ++count; });
  return count;
}();

}  // namespace detail

// Each message in each of its wire formats.
inline constexpr std::array kMessageInfos = [] {
  std::array<MessageInfo, detail::kInfoCount> infos{};
  std::size_t count = 0;
  detail::for_each_field_list([&]<typename Message, WireFormat kFormat>(std::type_identity<Message>,
                                                                        FormatConstant<kFormat>,
                                                                        std::size_t kind) {
    const auto& list = kFieldListOf<Message, kFormat>;
    infos[count++] = {.operation = list.operation,
                      .name = list.name,
                      .title = Message::kTitle,
                      .direction = Message::kDirection,
                      .format = kFormat,
                      .kind = kind,
                      .fields = detail::kFieldInfos<Message, kFormat>};
  });
  return infos;
}();

[[nodiscard]] constexpr bool in_revision(const MessageInfo& info, Revision revision) noexcept {
  return info.format == format_of(revision);
}

// The first description for which predicate(info) holds; nullptr where there is none.
template <typename Predicate>
[[nodiscard]] constexpr const MessageInfo* find_info(Predicate&& predicate) noexcept {
  for (const MessageInfo& info : kMessageInfos) {
    if (predicate(info)) return &info;
  }
  return nullptr;
}

// The description in this revision; nullptr where the revision does not have the message.
[[nodiscard]] inline const MessageInfo* info_of(const AnyMessage& message,
                                                Revision revision) noexcept {
  return find_info([&](const MessageInfo& info) {
    return info.kind == message.index() && in_revision(info, revision);
  });
}
template <WsapiMessage Message>
[[nodiscard]] const MessageInfo* info_of(Revision revision) noexcept {
  return info_of(Message{}, revision);
}

// The description of the message with this operation byte and direction; nullptr where the revision
// has none.
[[nodiscard]] constexpr const MessageInfo* find_operation(char operation, Revision revision,
                                                          Direction direction) noexcept {
  return find_info([&](const MessageInfo& info) {
    return info.operation == operation && info.direction == direction &&
           in_revision(info, revision);
  });
}

// The description of the message of that name ("event-create"); nullptr where there is none.
[[nodiscard]] constexpr const MessageInfo* find_message(std::string_view name) noexcept {
  return find_info([&](const MessageInfo& info) { return info.name == name; });
}

// A message of that kind whose members all have their defaults.
[[nodiscard]] inline AnyMessage default_message(const MessageInfo& info) noexcept {
  AnyMessage message;
  any_message_type([&]<typename Message>(std::type_identity<Message>) {
    message.emplace<Message>();
    return message.index() == info.kind;
  });
  return message;
}

// Whether the bytes begin with the operation of that message; the direction is the caller's to
// know.
template <WsapiMessage Message>
[[nodiscard]] bool has_operation_of(std::span<const std::byte> bytes, Revision revision) noexcept {
  return with_format<Message>(revision, false, [&](auto format) {
    return !bytes.empty() &&
           std::to_integer<char>(bytes.front()) == kFieldListOf<Message, format()>.operation;
  });
}

// Calls f(m) with the message m that is held, which is of that direction: f need not take the
// messages of the other.
template <Direction direction, typename Function>
void visit_message(const AnyMessage& message, Function&& f) {
  const auto visitor = [&](const auto& m) {
    if constexpr (std::decay_t<decltype(m)>::kDirection == direction) f(m);
  };
  std::visit(visitor, message);
}

}  // namespace wsapi
