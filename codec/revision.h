// SPDX-License-Identifier: Apache-2.0
#pragma once

// The revisions of the wire format (protocol section 5) and the two directions of a message
// (section 3). Revisions are data: a decoder is told which one it reads.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace wsapi {

enum class Revision : std::uint8_t {
  kLegacy,   // before version negotiation, all ids are 32 bits
  k2020_01,  // version 1 with a 32-bit id in DESCRIPTION: the suite's reference revision
  k2020_03,  // version 1 as published, every id is 16 bits
};
inline constexpr std::array kRevisions{Revision::kLegacy, Revision::k2020_01, Revision::k2020_03};
inline constexpr Revision kReferenceRevision = Revision::k2020_01;

enum class Direction : std::uint8_t { kToServer, kToClient };
inline constexpr std::array kDirections{Direction::kToServer, Direction::kToClient};

[[nodiscard]] constexpr std::string_view name(Revision revision) noexcept {
  switch (revision) {
    case Revision::kLegacy: return "legacy";
    case Revision::k2020_01: return "2020-01";
    case Revision::k2020_03: return "2020-03";
  }
  return "";
}

[[nodiscard]] constexpr std::string_view name(Direction direction) noexcept {
  return direction == Direction::kToServer ? "to-server" : "to-client";
}

[[nodiscard]] constexpr Direction opposite(Direction direction) noexcept {
  return direction == Direction::kToServer ? Direction::kToClient : Direction::kToServer;
}

[[nodiscard]] constexpr std::optional<Revision> parse_revision(std::string_view text) noexcept {
  for (const Revision revision : kRevisions) {
    if (name(revision) == text) return revision;
  }
  return std::nullopt;
}

[[nodiscard]] constexpr std::optional<Direction> parse_direction(std::string_view text) noexcept {
  for (const Direction direction : kDirections) {
    if (name(direction) == text) return direction;
  }
  return std::nullopt;
}

// Version negotiation, sessions and tokens exist in version 1 only (protocol section 5).
[[nodiscard]] constexpr bool has_version_negotiation(Revision revision) noexcept {
  return revision != Revision::kLegacy;
}

// The lists of fields that messages have (messages.h): the revisions of version 1 share one.
enum class WireFormat : std::uint8_t { kLegacy, kVersion1 };

[[nodiscard]] constexpr WireFormat format_of(Revision revision) noexcept {
  return revision == Revision::kLegacy ? WireFormat::kLegacy : WireFormat::kVersion1;
}

// Bytes of an id (protocol section 5), but for that in DESCRIPTION.
[[nodiscard]] constexpr std::size_t id_size(Revision revision) noexcept {
  return revision == Revision::kLegacy ? 4 : 2;
}
[[nodiscard]] constexpr std::size_t description_id_size(Revision revision) noexcept {
  return revision == Revision::k2020_03 ? 2 : 4;
}

}  // namespace wsapi
