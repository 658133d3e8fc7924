// SPDX-License-Identifier: Apache-2.0
#pragma once

// The types of a message's fields, and what each is on the wire (protocol section 2). Reader,
// writer, sizes, layout, derived vectors and mutators all ask `wire_shape`: nothing else in the
// project knows how wide an id is, or which text may be null. The C++ type of a member decides its
// wire type:
//
//   std::uint8_t, std::uint32_t   u8, u32, little endian
//   Id                            u16 or u32, by revision (protocol section 5)
//   DescriptionId                 u16 or u32, by revision: that of DESCRIPTION, which is another
//   std::string_view              string
//   OptionalString                string, in the wire formats that have it
//   NullString                    nullstring
//   Object                        object: the JSON text, verbatim
//   Uuid                          uuid: 16 raw bytes
//   VersionList                   u8 count, then count bytes
//
// Texts and lists are views: into the input of a decoder, or into the caller's memory.

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "codec/revision.h"

namespace wsapi {

// An id is a number like any other; encoding refuses one that is wider than the revision has it.
struct Id {
  std::uint32_t value = 0;

  constexpr Id() noexcept = default;
  constexpr Id(std::uint32_t number) noexcept : value(number) {}
  constexpr operator std::uint32_t() const noexcept { return value; }
};

// The id of DESCRIPTION, which one revision has in another width than all other ids.
struct DescriptionId : Id {
  using Id::Id;
};

using NullString = std::optional<std::string_view>;

// A string that only some wire formats have (legacy): there is none after decoding in the others,
// where it is not sent. It is sent as the empty string where there is none.
struct OptionalString {
  NullString text;

  constexpr OptionalString() noexcept = default;
  template <std::convertible_to<std::string_view> Text>
  constexpr OptionalString(const Text& value) noexcept : text(std::string_view(value)) {}
  friend bool operator==(const OptionalString&, const OptionalString&) = default;
};

struct Object {
  std::string_view text = "null";  // what a sender writes where there is no object (section 2)

  friend bool operator==(const Object&, const Object&) = default;
};

struct Uuid {
  std::array<std::byte, 16> bytes{};

  friend bool operator==(const Uuid&, const Uuid&) = default;
};

struct VersionList {
  std::span<const std::byte> versions;  // at most 255

  friend bool operator==(const VersionList& a, const VersionList& b) noexcept {
    return std::ranges::equal(a.versions, b.versions);
  }
};

enum class WireType : std::uint8_t {
  kU8,
  kU32,
  kId,
  kDescriptionId,
  kString,
  kNullString,
  kObject,
  kUuid,
  kVersionList,
};
inline constexpr std::array kWireTypes{
    WireType::kU8,         WireType::kU32,        WireType::kId,     WireType::kDescriptionId,
    WireType::kString,     WireType::kNullString, WireType::kObject, WireType::kUuid,
    WireType::kVersionList};

enum class WireForm : std::uint8_t {
  kInteger,  // little endian
  kRaw,      // bytes, a fixed number of them
  kCounted,  // a little-endian count, and that many bytes
};

struct WireShape {
  WireForm form;
  std::size_t head_size;     // bytes of the integer, of the raw bytes, or of the count
  bool ends_in_nul = false;  // a text: the last byte that the count counts is NUL
  bool is_nullable = false;  // count 0 is the null text, and there is no NUL

  // The fewest bytes that a value takes on the wire.
  [[nodiscard]] constexpr std::size_t min_size() const noexcept {
    return head_size + (ends_in_nul && !is_nullable ? 1 : 0);
  }
};

[[nodiscard]] constexpr WireShape wire_shape(WireType type, Revision revision) noexcept {
  constexpr std::size_t kTextCountSize = 4;
  switch (type) {
    case WireType::kU8: return {WireForm::kInteger, 1};
    case WireType::kU32: return {WireForm::kInteger, 4};
    case WireType::kId: return {WireForm::kInteger, id_size(revision)};
    case WireType::kDescriptionId: return {WireForm::kInteger, description_id_size(revision)};
    case WireType::kString:
    case WireType::kObject: return {WireForm::kCounted, kTextCountSize, true};
    case WireType::kNullString: return {WireForm::kCounted, kTextCountSize, true, true};
    case WireType::kUuid: return {WireForm::kRaw, sizeof(Uuid::bytes)};
    case WireType::kVersionList: break;
  }
  return {WireForm::kCounted, 1};
}

// The greatest integer that the type has in any revision of the wire format.
[[nodiscard]] constexpr std::uint64_t max_integer(WireType type, WireFormat format) noexcept {
  std::size_t size = 0;
  for (const Revision revision : kRevisions) {
    if (format_of(revision) != format) continue;
    size = std::max(size, wire_shape(type, revision).head_size);
  }
  return (std::uint64_t{1} << (8 * size)) - 1;
}

// The wire type of a member, by its C++ type.
template <typename Value>
inline constexpr WireType kWireTypeOf = [] {
  static_assert(sizeof(Value) == 0, "not the C++ type of a wire type");
  return WireType{};
}();
template <>
inline constexpr WireType kWireTypeOf<std::uint8_t> = WireType::kU8;
template <>
inline constexpr WireType kWireTypeOf<std::uint32_t> = WireType::kU32;
template <>
inline constexpr WireType kWireTypeOf<Id> = WireType::kId;
template <>
inline constexpr WireType kWireTypeOf<DescriptionId> = WireType::kDescriptionId;
template <>
inline constexpr WireType kWireTypeOf<std::string_view> = WireType::kString;
template <>
inline constexpr WireType kWireTypeOf<OptionalString> = WireType::kString;
template <>
inline constexpr WireType kWireTypeOf<NullString> = WireType::kNullString;
template <>
inline constexpr WireType kWireTypeOf<Object> = WireType::kObject;
template <>
inline constexpr WireType kWireTypeOf<Uuid> = WireType::kUuid;
template <>
inline constexpr WireType kWireTypeOf<VersionList> = WireType::kVersionList;

}  // namespace wsapi
