// SPDX-License-Identifier: Apache-2.0
#pragma once

// A quick look at JSON texts, for the servers that judge each text that they are sent.

#include <string_view>

namespace wsapi {

// True only for texts that are JSON (RFC 8259), white space around the value included. False says
// nothing: for texts that are none, but also for those with bytes beyond ASCII, with \u escapes,
// with exponents, with numbers of more than 64 characters, or nested deeper than 64.
[[nodiscard]] bool is_plain_json(std::string_view text) noexcept;

}  // namespace wsapi
