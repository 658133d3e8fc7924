// SPDX-License-Identifier: Apache-2.0

#include "harness/text/columns.h"

namespace wsapi {

std::string wrapped(std::string_view text, std::size_t indent) {
  std::string out;
  std::string margin;
  while (margin.size() + text.size() > kColumns) {
    const std::size_t room = kColumns - margin.size();
    std::size_t cut = text.rfind(' ', room);
    // In the first line, the text up to `indent` is a label: a break there would part the two.
    const std::size_t first_break = margin.empty() ? indent : 0;
    if (cut == std::string_view::npos || cut <= first_break) cut = room;
    out.append(margin).append(text.substr(0, cut)).append("\n");
    text.remove_prefix(cut);
    while (text.starts_with(' ')) text.remove_prefix(1);
    margin.assign(indent, ' ');
  }
  if (!text.empty() || out.empty()) out.append(margin).append(text).append("\n");
  return out;
}

std::string indented(std::string_view text, std::size_t indent) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (!line.empty()) out.append(indent, ' ').append(line);
    out += '\n';
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

}  // namespace wsapi
