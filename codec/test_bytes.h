// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests alone: golden bytes written as hexadecimal digits, and texts out of bytes, so that
// expected and actual are printed in the same readable way.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/hex.h"

namespace wsapi {

// bytes("4b 01"): white space between bytes is free. Throws where the text is not hexadecimal.
[[nodiscard]] inline std::vector<std::byte> bytes(std::string_view hex) {
  return from_hex(hex).value();
}

// The bytes that memory of characters holds: chars("ab") is 61 62.
[[nodiscard]] inline std::span<const std::byte> chars(std::string_view text) {
  return std::as_bytes(std::span(text));
}

// The characters that `hex` stands for, NUL included: text_of("6100") is "a\0".
[[nodiscard]] inline std::string text_of(std::string_view hex) {
  std::string text;
  for (const std::byte b : bytes(hex)) text += std::to_integer<char>(b);
  return text;
}

}  // namespace wsapi
