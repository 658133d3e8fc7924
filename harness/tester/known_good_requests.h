// SPDX-License-Identifier: Apache-2.0
#pragma once

// The known good requests that the suite itself makes: to open a connection, for barriers, and to
// find out what a server has.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "codec/revision.h"

namespace wsapi {

// The verb of barriers: no API has it, so every server answers with an error (protocol section 4).
inline constexpr std::string_view kNoSuchVerb = "no-such-verb";
// The verb that replies its args.
inline constexpr std::string_view kEchoVerb = "echo";

// VERSION OFFER of version 1. Legacy has none.
[[nodiscard]] std::vector<std::byte> offer_bytes();

// CALL without session, token and credentials; `args` is a JSON text. In version 1 the id is 16
// bits.
[[nodiscard]] std::vector<std::byte> call_bytes(std::uint32_t id, std::string_view verb,
                                                Revision revision, std::string_view args = "null");

// VERSION SET of version 1, and PUSH with data null. Neither exists in legacy as here.
[[nodiscard]] std::vector<std::byte> version_set_bytes();
[[nodiscard]] std::vector<std::byte> push_bytes(std::uint32_t event_id, Revision revision);

// DESCRIBE, likewise.
[[nodiscard]] std::vector<std::byte> describe_bytes(std::uint32_t id, Revision revision);

}  // namespace wsapi
