// SPDX-License-Identifier: Apache-2.0
#pragma once

// Layout of text for a terminal of 100 columns.

#include <cstddef>
#include <string>
#include <string_view>

namespace wsapi {

inline constexpr std::size_t kColumns = 100;

// `text` broken into lines of at most 100 columns, at spaces where there are any; all but the first
// begin with `indent` spaces. Ends in a line feed.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t indent);

// Each line of `text` with `indent` spaces in front.
[[nodiscard]] std::string indented(std::string_view text, std::size_t indent);

}  // namespace wsapi
