// SPDX-License-Identifier: Apache-2.0
#pragma once

// The C++ types of a message's fields. The type of a member decides how it is written on the wire:
//
//   std::uint8_t, std::uint16_t, std::uint32_t   u8, u16, u32, little endian
//   std::string_view                             string
//   std::optional<std::string_view>              nullstring
//   Object                                       object: the JSON text, verbatim
//   Uuid                                         uuid: 16 raw bytes
//   VersionList                                  u8 count, then count bytes
//   DescriptionId                                u16 or u32, by revision (protocol section 5)
//
// Texts and lists are views: into the input of a decoder, or into the caller's memory.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace wsapi {

using NullString = std::optional<std::string_view>;

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

struct DescriptionId {
  std::uint32_t value = 0;

  friend bool operator==(const DescriptionId&, const DescriptionId&) = default;
};

}  // namespace wsapi
