// SPDX-License-Identifier: Apache-2.0

#include "codec/utf8.h"

#include <algorithm>
#include <array>

namespace wsapi {
namespace {

constexpr char32_t kMaxCodePoint = 0x10FFFF;
constexpr char32_t kReplacement = 0xFFFD;

// Lead bytes by the length of their sequence: the bits that mark it, and the smallest code point
// that needs so many bytes (a smaller one is not the shortest form).
struct Lead {
  std::uint8_t mask;
  std::uint8_t mark;
  std::size_t size;
  char32_t smallest;
};
constexpr std::array kLeads{Lead{0x80, 0x00, 1, 0}, Lead{0xe0, 0xc0, 2, 0x80},
                            Lead{0xf0, 0xe0, 3, 0x800}, Lead{0xf8, 0xf0, 4, 0x10000}};

constexpr bool is_surrogate(char32_t c) { return c >= 0xD800 && c <= 0xDFFF; }

void append_u_escape(std::string& out, char32_t unit) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += "\\u";
  for (const int shift : {12, 8, 4, 0}) out += kDigits[(unit >> shift) & 0xf];
}

}  // namespace

std::optional<char32_t> take_code_point(std::string_view& text) noexcept {
  if (text.empty()) return std::nullopt;
  const auto byte_at = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const auto* const lead =
      std::ranges::find_if(kLeads, [&](const Lead& l) { return (byte_at(0) & l.mask) == l.mark; });
  if (lead == kLeads.end() || text.size() < lead->size) return std::nullopt;
  char32_t code_point = byte_at(0) & static_cast<std::uint8_t>(~lead->mask);
  for (std::size_t i = 1; i < lead->size; ++i) {
    if ((byte_at(i) & 0xc0) != 0x80) return std::nullopt;
    code_point = (code_point << 6) | (byte_at(i) & 0x3f);
  }
  const bool scalar = code_point <= kMaxCodePoint && !is_surrogate(code_point);
  if (!scalar || code_point < lead->smallest) return std::nullopt;
  text.remove_prefix(lead->size);
  return code_point;
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    if (!take_code_point(text)) return false;
  }
  return true;
}

void append_utf8(std::string& out, char32_t code_point) {
  const auto trail = [&](int shift) {
    out += static_cast<char>(0x80 | ((code_point >> shift) & 0x3f));
  };
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += static_cast<char>(0xc0 | (code_point >> 6));
    trail(0);
  } else if (code_point < 0x10000) {
    out += static_cast<char>(0xe0 | (code_point >> 12));
    trail(6);
    trail(0);
  } else {
    out += static_cast<char>(0xf0 | (code_point >> 18));
    trail(12);
    trail(6);
    trail(0);
  }
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::optional<char32_t> taken = take_code_point(text);
    if (!taken) text.remove_prefix(1);
    const char32_t c = taken.value_or(kReplacement);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c >= 0x20 && c < 0x7f) {
      out += static_cast<char>(c);
    } else if (c < 0x10000) {
      append_u_escape(out, c);
    } else {
      append_u_escape(out, 0xD800 + ((c - 0x10000) >> 10));
      append_u_escape(out, 0xDC00 + ((c - 0x10000) & 0x3ff));
    }
  }
  out += '"';
}

}  // namespace wsapi
