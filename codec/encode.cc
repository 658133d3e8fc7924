// SPDX-License-Identifier: Apache-2.0

#include "codec/encode.h"

namespace wsapi {

Error encode(const AnyMessage& message, Revision revision, WriteBuf& out) noexcept {
  return std::visit([&](const auto& m) { return encode(m, revision, out); }, message);
}

std::vector<std::byte> gather(std::span<const iovec> parts) {
  std::size_t size = 0;
  for (const iovec& part : parts) size += part.iov_len;
  std::vector<std::byte> bytes;
  bytes.reserve(size);
  for (const iovec& part : parts) {
    const std::span piece(static_cast<const std::byte*>(part.iov_base), part.iov_len);
    bytes.insert(bytes.end(), piece.begin(), piece.end());
  }
  return bytes;
}

Result<std::vector<std::byte>> encode_to_bytes(const AnyMessage& message, Revision revision) {
  WriteBuf out;
  const Error error = encode(message, revision, out);
  if (!error.ok()) return error;
  return gather(out.parts());
}

}  // namespace wsapi
