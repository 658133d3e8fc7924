// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which side a case tests. Every id of a case begins with its role: "server/call/minimal".

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "codec/revision.h"

namespace wsapi {

// server: the suite plays the client, by `wsapi-conform run`. client: the suite would play the
// server; these cases are listed only. codec: bytes are decoded and encoded, by `vectors check`.
enum class Role : std::uint8_t { kServer, kClient, kCodec };
inline constexpr std::array kRoles{Role::kServer, Role::kClient, Role::kCodec};

[[nodiscard]] constexpr std::string_view name(Role role) noexcept {
  constexpr std::array<std::string_view, 3> kNames{"server", "client", "codec"};
  return kNames[static_cast<std::size_t>(role)];
}

// The role of that name; none where there is no such role.
[[nodiscard]] constexpr std::optional<Role> parse_role(std::string_view text) noexcept {
  for (const Role role : kRoles) {
    if (name(role) == text) return role;
  }
  return std::nullopt;
}

// The role of the side that receives the messages of that direction.
[[nodiscard]] constexpr Role receiver_of(Direction direction) noexcept {
  return direction == Direction::kToServer ? Role::kServer : Role::kClient;
}

// The id of the case that a vector or scenario with that id is for the role: "server/call/minimal".
[[nodiscard]] inline std::string case_id(Role role, std::string_view id) {
  return std::string{name(role)}.append("/").append(id);
}

}  // namespace wsapi
