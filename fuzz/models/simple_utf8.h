// SPDX-License-Identifier: Apache-2.0
#pragma once

// UTF-8 read in the slow, obvious way, for the decoder that ours is compared with.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wsapi::fuzz {

// The code points of a text; std::nullopt where it is not UTF-8 (RFC 3629).
inline std::optional<std::vector<std::uint32_t>> code_points(const std::string& text) {
  std::vector<std::uint32_t> points;
  for (std::uint64_t i = 0; i < text.size();) {
    const auto first = static_cast<std::uint8_t>(text[i]);
    std::uint64_t length = 0;
    std::uint32_t point = 0;
    std::uint32_t smallest = 0;
    if (first < 0x80)
      length = 1, point = first;
    else if (first >= 0xc0 && first < 0xe0)
      length = 2, point = first & 0x1fU, smallest = 0x80;
    else if (first >= 0xe0 && first < 0xf0)
      length = 3, point = first & 0x0fU, smallest = 0x800;
    else if (first >= 0xf0 && first < 0xf8)
      length = 4, point = first & 0x07U, smallest = 0x10000;
    else
      return std::nullopt;
    if (i + length > text.size()) return std::nullopt;
    for (std::uint64_t k = 1; k < length; ++k) {
      const auto next = static_cast<std::uint8_t>(text[i + k]);
      if (next < 0x80 || next > 0xbf) return std::nullopt;
      point = point * 64 + (next - 0x80U);
    }
    const bool surrogate = point >= 0xd800 && point <= 0xdfff;
    if (point < smallest || point > 0x10ffff || surrogate) return std::nullopt;
    points.push_back(point);
    i += length;
  }
  return points;
}

}  // namespace wsapi::fuzz
