// SPDX-License-Identifier: Apache-2.0
//
// One message, of any revision and direction: decode, encode, decode again. Input: the bytes of a
// message, as the payload of a frame has them.

#include <variant>

#include "codec/decode.h"
#include "codec/encode.h"
#include "fuzz/check.h"

namespace wsapi::fuzz {
namespace {

void decode_encode_decode(std::span<const std::byte> bytes, Revision revision,
                          Direction direction) {
  const auto decoded = decode(bytes, revision, direction);
  if (!decoded) {
    check(decoded.error().offset <= bytes.size(), "an error lies within the input");
    return;
  }
  check(decoded->size <= bytes.size(), "a message is no longer than the input");
  const auto encoded = encode_to_bytes(decoded->message, revision);
  check(encoded.ok(), "what was decoded can be encoded");
  check(std::ranges::equal(*encoded, bytes.first(decoded->size)),
        "what was decoded is encoded to the same bytes");
  const auto again = decode(*encoded, revision, direction);
  check(again.ok() && again->message == decoded->message && again->size == encoded->size(),
        "what was encoded is decoded to the same message");
}

}  // namespace
}  // namespace wsapi::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wsapi;
  for (const Revision revision : kRevisions) {
    for (const Direction direction : kDirections) {
      fuzz::decode_encode_decode(fuzz::as_bytes(data, size), revision, direction);
    }
  }
  return 0;
}
