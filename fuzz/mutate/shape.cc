// SPDX-License-Identifier: Apache-2.0

#include "fuzz/mutate/shape.h"
#include "fuzz/under_test.h"

#include <algorithm>
#include <type_traits>

#include "codec/field_codec.h"

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
namespace wsapi::fuzz {
namespace {

template <typename Value>
constexpr bool kIsText = std::is_same_v<Value, std::string_view> ||
                         std::is_same_v<Value, NullString> || std::is_same_v<Value, Object>;

template <typename Value>
consteval WireKind kind_of() {
  constexpr bool kIsInteger = std::is_integral_v<Value> || std::is_same_v<Value, DescriptionId>;
  constexpr bool kIsCounted = std::is_same_v<Value, Uuid> || std::is_same_v<Value, VersionList>;
  static_assert(kIsInteger || kIsCounted || kIsText<Value>, "a wire type that is new here");
  if (std::is_same_v<Value, std::string_view>) return WireKind::kText;
  if (std::is_same_v<Value, NullString>) return WireKind::kNullText;
  if (std::is_same_v<Value, Object>) return WireKind::kObject;
  if (std::is_same_v<Value, Uuid>) return WireKind::kUuid;
  if (std::is_same_v<Value, VersionList>) return WireKind::kList;
  return WireKind::kInteger;
}

constexpr bool is_text(WireKind kind) {
  return kind == WireKind::kText || kind == WireKind::kNullText || kind == WireKind::kObject;
}

template <WsapiMessage Message>
consteval MessageShape shape_of() {
  static_assert(std::tuple_size_v<decltype(Message::kFields)> <= kMaxFields);
  constexpr std::uint8_t kTextLengthSize = 4;
  MessageShape shape{.info = &Message::kInfo};
  all_fields<Message>([&]<typename Value>(const Field<Message, Value>& field) {
    FieldShape& out = shape.fields[shape.field_count++];
    out.kind = kind_of<Value>();
    out.name = field.name;
    for (const Revision revision : kRevisions) {
      out.width[static_cast<std::size_t>(revision)] =
          is_text(out.kind) ? kTextLengthSize
                            : static_cast<std::uint8_t>(field_codec::min_size_of<Value>(revision));
    }
    return true;
  });
  return shape;
}

consteval std::array<MessageShape, kMessageCount> make_shapes() {
  std::array<MessageShape, kMessageCount> all;
  std::size_t count = 0;
  any_message_type([&]<typename Message>(std::type_identity<Message>) {
    all[count++] = shape_of<Message>();
    return false;
  });
  return all;
}
constexpr std::array kShapes = make_shapes();

struct ByOperation {
  std::array<const MessageShape*, kRevisions.size()> shapes{};
  std::size_t count = 0;
};

constexpr std::array kByOperation = [] {
  std::array<ByOperation, 256> table{};
  for (const MessageShape& shape : kShapes) {
    ByOperation& entry = table[static_cast<std::uint8_t>(shape.info->operation)];
    entry.shapes[entry.count++] = &shape;
  }
  return table;
}();

std::uint64_t little_endian(Octets bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8U | bytes[i];
  return value;
}

}  // namespace

std::span<const MessageShape> shapes() noexcept { return kShapes; }

std::span<const MessageShape* const> shapes_of(std::uint8_t operation) noexcept {
  const ByOperation& entry = kByOperation[operation];
  return std::span(entry.shapes).first(entry.count);
}

Layout locate(const MessageShape& shape, Revision revision, Octets bytes) noexcept {
  Layout layout{.shape = &shape, .revision = revision};
  std::size_t at = std::min<std::size_t>(1, bytes.size());
  for (const FieldShape& field : shape.all()) {
    FieldPlace place{
        .shape = &field, .begin = at, .width = field.width[static_cast<std::size_t>(revision)]};
    if (place.width > bytes.size() - at) break;
    place.size = place.width;
    if (field.kind == WireKind::kList || is_text(field.kind)) {
      const std::uint64_t length = little_endian(bytes.subspan(at, place.width));
      if (length > bytes.size() - at - place.width) break;
      place.size += static_cast<std::size_t>(length);
    }
    layout.fields[layout.field_count++] = place;
    at = place.end();
  }
  return layout;
}

Revision revision_of(const MessageShape& shape, bool choice) noexcept {
  if (shape.info->era == Era::kLegacy) return Revision::kLegacy;
  return choice ? Revision::k2020_01 : Revision::k2020_03;
}

}  // namespace wsapi::fuzz
WSAPI_FUZZ_NOT_UNDER_TEST_END
