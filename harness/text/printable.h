// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whatever came from outside is shown in printable ASCII alone, and shortened.

#include <cstddef>
#include <string>
#include <string_view>

namespace wsapi {

inline constexpr std::size_t kMaxPrintableSize = 200;  // characters

// `text` with everything but printable ASCII escaped as in JSON, without quotes; what is longer
// than `max_size` characters ends in "...".
[[nodiscard]] std::string printable(std::string_view text,
                                    std::size_t max_size = kMaxPrintableSize);

// The same for each line of a text of our own; `max_size` is that of a line.
[[nodiscard]] std::string printable_lines(std::string_view text, std::size_t max_size);

}  // namespace wsapi
