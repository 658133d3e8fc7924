// SPDX-License-Identifier: Apache-2.0

#include "harness/codecs/reference_codec.h"

#include <utility>

#include "codec/decode.h"
#include "codec/encode.h"
#include "codec/json_form.h"

namespace wsapi {
namespace {

CodecAnswer refusal(const Error& error) {
  return {.outcome = CodecOutcome::kRefused, .why = to_string(error), .error = error};
}

}  // namespace

DecodeAnswer ReferenceCodec::decode(std::span<const std::byte> bytes, Revision revision,
                                    Direction direction) const {
  const auto decoded = wsapi::decode(bytes, revision, direction);
  if (!decoded) return {refusal(decoded.error()), {}, {}};
  DecodeAnswer answer;
  answer.outcome = CodecOutcome::kDone;
  answer.json = to_json(decoded->message, revision);
  answer.size = decoded->size;
  return answer;
}

EncodeAnswer ReferenceCodec::encode(const std::string& json, Revision revision) const {
  const auto message = from_json(json);
  if (!message) return {refusal(message.error()), {}};
  auto bytes = encode_to_bytes(*message, revision);
  if (!bytes) return {refusal(bytes.error()), {}};
  EncodeAnswer answer;
  answer.outcome = CodecOutcome::kDone;
  answer.bytes = std::move(bytes).value();
  return answer;
}

}  // namespace wsapi
