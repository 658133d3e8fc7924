// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a field of each wire type is read and written (protocol section 2). The overload is chosen
// by the type of the message's member; see wire_types.h.

#include <algorithm>
#include <limits>
#include <type_traits>

#include "codec/read_buf.h"
#include "codec/revision.h"
#include "codec/wire_types.h"
#include "codec/write_buf.h"

namespace wsapi::field_codec {

inline ErrorCode read(ReadBuf& in, Revision, std::uint8_t& value) { return in.get_u8(value); }
inline ErrorCode read(ReadBuf& in, Revision, std::uint16_t& value) { return in.get_u16(value); }
inline ErrorCode read(ReadBuf& in, Revision, std::uint32_t& value) { return in.get_u32(value); }
inline ErrorCode read(ReadBuf& in, Revision, std::string_view& value) {
  return in.get_string(value);
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

inline ErrorCode read(ReadBuf& in, Revision revision, DescriptionId& value) {
  if (description_id_size(revision) == 4) return in.get_u32(value.value);
  std::uint16_t narrow = 0;
  const ErrorCode code = in.get_u16(narrow);
  if (code == ErrorCode::kNone) value.value = narrow;
  return code;
}

// The fewest bytes that a field takes on the wire.
template <typename Value>
constexpr std::size_t min_size_of(Revision revision) {
  if (std::is_integral_v<Value>) return sizeof(Value);
  if (std::is_same_v<Value, Uuid>) return sizeof(Uuid::bytes);
  if (std::is_same_v<Value, VersionList>) return 1;
  if (std::is_same_v<Value, DescriptionId>) return description_id_size(revision);
  if (std::is_same_v<Value, NullString>) return 4;  // length
  return 4 + 1;                                     // length and NUL
}

// The bytes that a value takes on the wire.
template <typename Value>
[[nodiscard]] constexpr std::size_t size_of(const Value& value, Revision revision) noexcept {
  const std::size_t least = min_size_of<Value>(revision);
  if constexpr (std::is_same_v<Value, std::string_view>) {
    return least + value.size();
  } else if constexpr (std::is_same_v<Value, Object>) {
    return least + value.text.size();
  } else if constexpr (std::is_same_v<Value, NullString>) {
    return value ? least + value->size() + 1 : least;
  } else if constexpr (std::is_same_v<Value, VersionList>) {
    return least + value.versions.size();
  } else {
    return least;
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
[[gnu::always_inline]] inline ErrorCode write(Writer& out, Revision, std::uint16_t value) {
  return out.put_u16(value);
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

template <FieldWriter Writer>
[[gnu::always_inline]] inline ErrorCode write(Writer& out, Revision revision,
                                              const DescriptionId& value) {
  if (description_id_size(revision) == 4) return out.put_u32(value.value);
  if (value.value > std::numeric_limits<std::uint16_t>::max()) return ErrorCode::kValueOutOfRange;
  return out.put_u16(static_cast<std::uint16_t>(value.value));
}

// The most that a field takes of a WriteBuf, in any revision.
struct BufferCost {
  std::size_t part_count = 0;   // those that point at the field's own bytes
  std::size_t scalar_size = 0;  // bytes
};

template <typename Value>
consteval BufferCost cost_of() {
  if (std::is_integral_v<Value>) return {.part_count = 0, .scalar_size = sizeof(Value)};
  if (std::is_same_v<Value, Uuid>) return {.part_count = 1, .scalar_size = 0};
  if (std::is_same_v<Value, VersionList>) return {.part_count = 1, .scalar_size = 1};
  if (std::is_same_v<Value, DescriptionId>) return {.part_count = 0, .scalar_size = 4};
  return {.part_count = 1, .scalar_size = 4 + 1};  // texts: length and NUL
}

}  // namespace wsapi::field_codec
