// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a field of each wire type is read and written (protocol section 2): what wire_types.h says of
// the type, done with the primitives of ReadBuf and of a writer. The type of the message's member
// decides which.

#include <algorithm>
#include <concepts>
#include <limits>
#include <type_traits>

#include "codec/read_buf.h"
#include "codec/revision.h"
#include "codec/wire_types.h"
#include "codec/write_buf.h"

namespace wsapi::field_codec {

template <typename Value>
concept IdValue = std::derived_from<Value, Id>;

inline ErrorCode read(ReadBuf& in, Revision, std::uint8_t& value) { return in.get_u8(value); }
inline ErrorCode read(ReadBuf& in, Revision, std::uint32_t& value) { return in.get_u32(value); }
inline ErrorCode read(ReadBuf& in, Revision, std::string_view& value) {
  return in.get_string(value);
}
inline ErrorCode read(ReadBuf& in, Revision, OptionalString& value) {
  return in.get_string(value.text.emplace());
}
inline ErrorCode read(ReadBuf& in, Revision, NullString& value) { return in.get_nullstring(value); }
inline ErrorCode read(ReadBuf& in, Revision, Object& value) { return in.get_string(value.text); }

inline ErrorCode read(ReadBuf& in, Revision, Uuid& value) {
  std::span<const std::byte> bytes;
  const ErrorCode code = in.get_bytes(value.bytes.size(), bytes);
  if (code == ErrorCode::kNone) std::ranges::copy(bytes, value.bytes.begin());
  return code;
}

inline ErrorCode read(ReadBuf& in, Revision, VersionList& value) {
  const ReadBuf before = in;
  std::uint8_t count = 0;
  ErrorCode code = in.get_u8(count);
  if (code == ErrorCode::kNone) code = in.get_bytes(count, value.versions);
  if (code != ErrorCode::kNone) in = before;
  return code;
}

template <IdValue Value>
[[gnu::always_inline]] inline ErrorCode read(ReadBuf& in, Revision revision, Value& value) {
  if (wire_shape(kWireTypeOf<Value>, revision).head_size == 4) return in.get_u32(value.value);
  std::uint16_t narrow = 0;
  const ErrorCode code = in.get_u16(narrow);
  if (code == ErrorCode::kNone) value.value = narrow;
  return code;
}

// The fewest bytes that a field takes on the wire.
template <typename Value>
constexpr std::size_t min_size_of(Revision revision) {
  return wire_shape(kWireTypeOf<Value>, revision).min_size();
}

// The bytes of a counted value, without count and NUL.
constexpr std::size_t content_size(std::string_view value) noexcept { return value.size(); }
constexpr std::size_t content_size(const OptionalString& value) noexcept {
  return value.text ? value.text->size() : 0;
}
constexpr std::size_t content_size(const Object& value) noexcept { return value.text.size(); }
constexpr std::size_t content_size(const VersionList& value) noexcept {
  return value.versions.size();
}
constexpr std::size_t content_size(const NullString& value) noexcept {
  return value ? value->size() : 0;
}

// The bytes that a value takes on the wire.
template <typename Value>
[[nodiscard]] constexpr std::size_t size_of(const Value& value, Revision revision) noexcept {
  constexpr WireForm kForm = wire_shape(kWireTypeOf<Value>, kReferenceRevision).form;
  const WireShape shape = wire_shape(kWireTypeOf<Value>, revision);
  if constexpr (kForm != WireForm::kCounted) return shape.head_size;
  if constexpr (std::is_same_v<Value, NullString>) {
    if (!value) return shape.head_size;
  }
  if constexpr (kForm == WireForm::kCounted) {
    return shape.head_size + content_size(value) + (shape.ends_in_nul ? 1 : 0);
  }
}

// What a field is written to: a WriteBuf, its Appender, or another that takes the same values.
template <typename Writer>
concept FieldWriter = requires(Writer& out, std::string_view text, const NullString& null_string) {
  out.put_u8(std::uint8_t{});
  out.put_u16(std::uint16_t{});
  out.put_u32(std::uint32_t{});
  out.put_string(text);
  out.put_nullstring(null_string);
  out.put(std::span<const std::byte>{});
};

template <FieldWriter Writer>
[[gnu::always_inline]] inline ErrorCode write(Writer& out, Revision, std::uint8_t value) {
  return out.put_u8(value);
}
template <FieldWriter Writer>
[[gnu::always_inline]] inline ErrorCode write(Writer& out, Revision, std::uint32_t value) {
  return out.put_u32(value);
}
template <FieldWriter Writer>
[[gnu::always_inline]] inline ErrorCode write(Writer& out, Revision, std::string_view value) {
  return out.put_string(value);
}
template <FieldWriter Writer>
[[gnu::always_inline]] inline ErrorCode write(Writer& out, Revision, const OptionalString& value) {
  return out.put_string(value.text.value_or(std::string_view{}));
}
template <FieldWriter Writer>
[[gnu::always_inline]] inline ErrorCode write(Writer& out, Revision, const NullString& value) {
  return out.put_nullstring(value);
}
template <FieldWriter Writer>
[[gnu::always_inline]] inline ErrorCode write(Writer& out, Revision, const Object& value) {
  return out.put_string(value.text);
}
template <FieldWriter Writer>
[[gnu::always_inline]] inline ErrorCode write(Writer& out, Revision, const Uuid& value) {
  return out.put(value.bytes);
}

template <FieldWriter Writer>
[[gnu::always_inline]] inline ErrorCode write(Writer& out, Revision, const VersionList& value) {
  constexpr std::size_t kMaxCount = std::numeric_limits<std::uint8_t>::max();
  if (value.versions.size() > kMaxCount) return ErrorCode::kTooManyVersions;
  const ErrorCode code = out.put_u8(static_cast<std::uint8_t>(value.versions.size()));
  return code == ErrorCode::kNone ? out.put(value.versions) : code;
}

// Whether a writer is given only ids that fit, so that nobody looks at each: see `ids_fit`.
template <typename Writer>
inline constexpr bool kWritesIdsThatFit = false;
template <WriteBuf::Texts kTexts>
inline constexpr bool kWritesIdsThatFit<WriteBuf::Appender<kTexts>> = true;

template <FieldWriter Writer, IdValue Value>
[[gnu::always_inline]] inline ErrorCode write(Writer& out, Revision revision, const Value& id) {
  if (wire_shape(kWireTypeOf<Value>, revision).head_size == 4) return out.put_u32(id.value);
  if constexpr (!kWritesIdsThatFit<Writer>) {
    if (id.value > std::numeric_limits<std::uint16_t>::max()) return ErrorCode::kValueOutOfRange;
  }
  return out.put_u16(static_cast<std::uint16_t>(id.value));
}

// The most that a field takes of a WriteBuf.
struct BufferCost {
  std::size_t part_count = 0;   // those that point at the field's own bytes
  std::size_t scalar_size = 0;  // bytes
};

[[nodiscard]] constexpr BufferCost cost_of(WireType type, Revision revision) noexcept {
  const WireShape shape = wire_shape(type, revision);
  switch (shape.form) {
    case WireForm::kInteger: return {.part_count = 0, .scalar_size = shape.head_size};
    case WireForm::kRaw: return {.part_count = 1, .scalar_size = 0};
    case WireForm::kCounted: break;
  }
  return {.part_count = 1, .scalar_size = shape.head_size + (shape.ends_in_nul ? 1 : 0)};
}

}  // namespace wsapi::field_codec
