// SPDX-License-Identifier: Apache-2.0
#pragma once

// The reference codec of codec/, as a codec under test.

#include "harness/codecs/codec_under_test.h"

namespace wsapi {

class ReferenceCodec final : public CodecUnderTest {
 public:
  [[nodiscard]] std::string_view name() const override { return "the reference codec"; }
  [[nodiscard]] bool is_exact() const override { return true; }

  // A refusal has the error that codec/decode.h names, or codec/json_form.h and codec/encode.h.
  [[nodiscard]] DecodeAnswer decode(std::span<const std::byte> bytes, Revision revision,
                                    Direction direction) const override;
  [[nodiscard]] EncodeAnswer encode(const std::string& json, Revision revision) const override;
};

}  // namespace wsapi
