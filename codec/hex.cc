// SPDX-License-Identifier: Apache-2.0

#include "codec/hex.h"

namespace wsapi {

std::string to_hex(std::span<const std::byte> bytes, std::string_view separator) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * (2 + separator.size()));
  for (const std::byte b : bytes) {
    if (!out.empty()) out += separator;
    out += kDigits[std::to_integer<std::size_t>(b >> 4)];
    out += kDigits[std::to_integer<std::size_t>(b & std::byte{0xf})];
  }
  return out;
}

std::optional<std::vector<std::byte>> from_hex(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  std::vector<std::byte> bytes;
  bytes.reserve(text.size() / 2);
  std::optional<unsigned> high;
  for (const char c : text) {
    if (kSpace.find(c) != std::string_view::npos) {
      if (high) return std::nullopt;
      continue;
    }
    const std::optional<unsigned> digit = hex_digit(c);
    if (!digit) return std::nullopt;
    if (high) bytes.push_back(static_cast<std::byte>(*high << 4 | *digit));
    high = high ? std::nullopt : digit;
  }
  if (high) return std::nullopt;
  return bytes;
}

}  // namespace wsapi
