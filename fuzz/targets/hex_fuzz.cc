// SPDX-License-Identifier: Apache-2.0
//
// Bytes in hexadecimal, as vectors, scenarios and the command line have them. Input: the text.

#include "codec/hex.h"

#include <cctype>
#include <string>

#include "fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wsapi;
  const std::string_view text = fuzz::as_text(data, size);
  const auto bytes = from_hex(text);
  // Digits in pairs, and white space between pairs, nothing else.
  std::string digits;
  bool good = true;
  for (const char c : text) {
    const bool digit = std::isxdigit(static_cast<unsigned char>(c)) != 0;
    if (digit) digits += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    good = good &&
           (digit || (c != '\0' && std::string_view(" \t\r\n").find(c) != std::string_view::npos &&
                      digits.size() % 2 == 0));
  }
  good = good && digits.size() % 2 == 0;
  fuzz::check(bytes.has_value() == good, "pairs of digits are bytes, and nothing else is");
  if (!bytes) return 0;
  fuzz::check(to_hex(*bytes) == digits, "the digits are those of the bytes");
  fuzz::check(from_hex(to_hex(*bytes, " ")) == bytes, "what was written is read again");
  return 0;
}
