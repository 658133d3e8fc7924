// SPDX-License-Identifier: Apache-2.0
#pragma once

// The reference decoder against another one, on one message.

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "codec/revision.h"
#include "harness/codecs/codec_under_test.h"

namespace wsapi::fuzz {

struct Difference {
  // What differs, and in which message or by which error: the same for all inputs that have it.
  std::string kind;
  std::string report;  // for people: the bytes, and both answers
};

// Against simple_decoder.h, which must give the same text.
[[nodiscard]] std::optional<Difference> simple_difference(std::span<const std::byte> bytes,
                                                          Revision revision, Direction direction);

// Against another codec, which may answer what harness/codecs/codec_plugin.h says.
[[nodiscard]] std::optional<Difference> codec_difference(std::span<const std::byte> bytes,
                                                         Revision revision, Direction direction,
                                                         const CodecUnderTest& other);

}  // namespace wsapi::fuzz
