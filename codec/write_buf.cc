// SPDX-License-Identifier: Apache-2.0

#include "codec/write_buf.h"

#include <algorithm>

namespace wsapi {
ErrorCode WriteBuf::put(std::span<const std::byte> bytes) noexcept {
  if (bytes.empty()) return ErrorCode::kNone;
  if (part_count_ == kMaxParts) return ErrorCode::kTooManyParts;
  parts_[++part_count_] = part_of(bytes);
  return ErrorCode::kNone;
}

ErrorCode WriteBuf::putbuf(std::span<const std::byte> bytes) noexcept {
  if (bytes.empty()) return ErrorCode::kNone;
  if (bytes.size() > scalars_.size() - scalar_size_) return ErrorCode::kScalarBufferFull;
  const auto room = scalars_.subspan(scalar_size_, bytes.size());
  const bool grows = last_part_grows();
  if (!grows && part_count_ == kMaxParts) return ErrorCode::kTooManyParts;
  std::ranges::copy(bytes, room.begin());
  scalar_size_ += bytes.size();
  if (grows) {
    parts_[part_count_].iov_len += bytes.size();
  } else {
    parts_[++part_count_] = part_of(room);
  }
  return ErrorCode::kNone;
}

ErrorCode WriteBuf::put_string(std::string_view text) noexcept {
  if (text.size() >= kTextSizeLimit) return ErrorCode::kStringTooLong;
  const Mark before = mark();
  ErrorCode code = put_u32(static_cast<std::uint32_t>(text.size() + 1));
  if (code == ErrorCode::kNone) code = put(std::as_bytes(std::span(text)));
  if (code == ErrorCode::kNone) code = put_u8(0);
  if (code != ErrorCode::kNone) rollback(before);
  return code;
}

ErrorCode WriteBuf::put_nullstring(std::optional<std::string_view> text) noexcept {
  return text ? put_string(*text) : put_u32(0);
}

std::span<const iovec> WriteBuf::framed_parts() noexcept {
  FrameHeader header;
  header.payload_size = size();
  const std::size_t header_size = encode_frame_header(header, header_);
  parts_[0] = part_of(std::span(header_).first(header_size));
  return std::span(parts_).first(1 + part_count_);
}

std::size_t WriteBuf::size() const noexcept {
  std::size_t size = 0;
  for (const iovec& part : parts()) size += part.iov_len;
  return size;
}

WriteBuf::Mark WriteBuf::mark() const noexcept {
  return {part_count_, scalar_size_, part_count_ == 0 ? 0 : parts_[part_count_].iov_len};
}

void WriteBuf::rollback(const Mark& mark) noexcept {
  part_count_ = mark.part_count;
  scalar_size_ = mark.scalar_size;
  if (part_count_ > 0) parts_[part_count_].iov_len = mark.last_part_size;
}

}  // namespace wsapi
