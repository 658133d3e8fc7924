// SPDX-License-Identifier: Apache-2.0
#pragma once

// A codec that is tested or compared, whoever wrote it: bytes to the JSON form of a message
// (codec/json_form.h), and back. Two are here: the reference codec (reference_codec.h), and one
// that comes as a shared library (plugin_codec.h).

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/error.h"
#include "codec/revision.h"

namespace wsapi {

enum class CodecOutcome : std::uint8_t {
  kDone,         // the answer is there
  kRefused,      // decode: the bytes are no message; encode: the message cannot be written
  kUnsupported,  // not implemented: the function, the revision, the direction or the message
  kFault,        // the codec broke a rule of its interface: `why` says which
};

struct CodecAnswer {
  CodecOutcome outcome = CodecOutcome::kUnsupported;
  std::string why;             // of a refusal, if the codec says; of a fault always
  std::optional<Error> error;  // of a refusal, from a codec that names the reason as ours does
};

struct DecodeAnswer : CodecAnswer {
  std::string json;                 // if done: one flat JSON object
  std::optional<std::size_t> size;  // if done: bytes of the message, from a codec that counts them
};

struct EncodeAnswer : CodecAnswer {
  std::vector<std::byte> bytes;  // if done
};

class CodecUnderTest {
 public:
  virtual ~CodecUnderTest() = default;

  // For people, such as "the reference codec".
  [[nodiscard]] virtual std::string_view name() const = 0;

  // Whether each answer must be the JSON form and the bytes exactly; else what codec_plugin.h
  // leaves free is free.
  [[nodiscard]] virtual bool is_exact() const = 0;

  // Decodes the message at the front of `bytes`, which may be anything.
  [[nodiscard]] virtual DecodeAnswer decode(std::span<const std::byte> bytes, Revision revision,
                                            Direction direction) const = 0;

  // Encodes the message of which `json` is the JSON form.
  [[nodiscard]] virtual EncodeAnswer encode(const std::string& json, Revision revision) const = 0;
};

}  // namespace wsapi
