// SPDX-License-Identifier: Apache-2.0
#pragma once

// The reference decoder against another one, on one message. A difference is a text for people:
// the bytes, and both answers.

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "codec/revision.h"
#include "fuzz/plugin.h"

namespace wsapi::fuzz {

// Against simple_decoder.h, which must give the same text.
[[nodiscard]] std::optional<std::string> simple_difference(std::span<const std::byte> bytes,
                                                           Revision revision, Direction direction);

// Against a plugin, which may answer what codec_plugin.h says.
[[nodiscard]] std::optional<std::string> plugin_difference(std::span<const std::byte> bytes,
                                                           Revision revision, Direction direction,
                                                           const Plugin& plugin);

}  // namespace wsapi::fuzz
