// SPDX-License-Identifier: Apache-2.0
#pragma once

// Integers of WSAPI in memory: little-endian on the wire (protocol section 2), at any alignment.
// One load or store each where the machine is little-endian, too.

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace wsapi {

template <std::unsigned_integral Integer>
[[nodiscard]] constexpr Integer reverse_bytes(Integer value) noexcept {
  Integer reversed = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    reversed = static_cast<Integer>(reversed << 8 | (value & 0xffU));
    value = static_cast<Integer>(value >> 8);
  }
  return reversed;
}

// The integer of all these bytes, at most eight.
[[nodiscard]] constexpr std::uint64_t load_little_endian(
    std::span<const std::byte> bytes) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    value = value << 8U | std::to_integer<std::uint64_t>(bytes[i]);
  }
  return value;
}

// `from` and `to` have room for the integer.
template <std::unsigned_integral Integer>
[[nodiscard]] Integer load_little_endian(const std::byte* from) noexcept {
  Integer value;
  std::memcpy(&value, from, sizeof(Integer));
  return std::endian::native == std::endian::little ? value : reverse_bytes(value);
}

template <std::unsigned_integral Integer>
void store_little_endian(Integer value, std::byte* to) noexcept {
  if (std::endian::native != std::endian::little) value = reverse_bytes(value);
  std::memcpy(to, &value, sizeof(Integer));
}

}  // namespace wsapi
