// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whether a text is one JSON value (RFC 8259): what the differential target must know to tell which
// answers about an object are right.

#include <cstddef>
#include <string_view>

namespace wsapi::fuzz {

// Deeper than that, known peers take the text for no JSON (protocol section 8).
inline constexpr std::size_t kMaxObjectDepth = 32;

[[nodiscard]] bool is_simple_json(std::string_view text);

}  // namespace wsapi::fuzz
