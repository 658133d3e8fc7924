// SPDX-License-Identifier: Apache-2.0
#pragma once

// Bytes as hexadecimal digits, and back.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wsapi {

// Lower case, two digits a byte, with `separator` between bytes.
[[nodiscard]] std::string to_hex(std::span<const std::byte> bytes, std::string_view separator = "");

// Digits of either case; white space between bytes is skipped. std::nullopt for anything else.
[[nodiscard]] std::optional<std::vector<std::byte>> from_hex(std::string_view text);

// The value of one digit; std::nullopt where it is none.
[[nodiscard]] constexpr std::optional<unsigned> hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return std::nullopt;
}

}  // namespace wsapi
