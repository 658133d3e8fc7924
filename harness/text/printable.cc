// SPDX-License-Identifier: Apache-2.0

#include "harness/text/printable.h"

#include <algorithm>

#include "codec/utf8.h"

namespace wsapi {

std::string printable(std::string_view text, std::size_t max_size) {
  constexpr std::string_view kDots = "...";
  const bool plain = text.size() <= max_size &&
                     std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
  if (plain) return std::string{text};
  std::string quoted;
  append_json_string(quoted, text.substr(0, max_size + 1));
  std::string out = quoted.substr(1, quoted.size() - 2);
  if (out.size() <= max_size && text.size() <= max_size) return out;
  out.resize(std::min(out.size(), max_size - std::min(max_size, kDots.size())));
  return out.append(kDots);
}

std::string printable_lines(std::string_view text, std::size_t max_size) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    out += printable(text.substr(0, end), max_size);
    if (end == std::string_view::npos) break;
    out += '\n';
    text.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace wsapi
