// SPDX-License-Identifier: Apache-2.0

#include "fuzz/models/writebuf_model.h"

#include <algorithm>

#include "fuzz/exact_memory.h"
#include "fuzz/under_test.h"

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
namespace wsapi::fuzz {
namespace {

// The limits of section 6, written out again.
constexpr std::size_t kMaxParts = 32;
constexpr std::size_t kMaxHeaderSize = 10;  // bytes, of a frame without a mask

std::span<const std::byte> bytes_of_text(std::string_view text) {
  return std::as_bytes(std::span(text));
}

}  // namespace

ErrorCode WritebufModel::put(std::span<const std::byte> bytes) {
  if (copies_) return putbuf(bytes);
  if (bytes.empty()) return ErrorCode::kNone;
  if (part_count_ == kMaxParts) return ErrorCode::kTooManyParts;
  parts_[part_count_++] = {.referenced = bytes.data(), .size = bytes.size()};
  return ErrorCode::kNone;
}

ErrorCode WritebufModel::putbuf(std::span<const std::byte> bytes) {
  if (bytes.empty()) return ErrorCode::kNone;
  if (scalar_size_ + bytes.size() > capacity_) return ErrorCode::kScalarBufferFull;
  Part* const last = part_count_ == 0 ? nullptr : &parts_[part_count_ - 1];
  // Scalars are a part with the scalars before them, if nothing was put in between.
  if (last != nullptr && last->referenced == nullptr) {
    last->size += bytes.size();
  } else if (part_count_ == kMaxParts) {
    return ErrorCode::kTooManyParts;
  } else {
    parts_[part_count_++] = {.scalar_begin = scalar_size_, .size = bytes.size()};
  }
  for (const std::byte b : bytes) scalars_[scalar_size_++] = b;
  return ErrorCode::kNone;
}

ErrorCode WritebufModel::put_integer(std::uint64_t value, std::size_t width) {
  std::array<std::byte, 8> bytes{};
  for (std::size_t i = 0; i < width; ++i) bytes[i] = static_cast<std::byte>(value >> (8 * i));
  return putbuf(std::span(bytes).first(width));
}

ErrorCode WritebufModel::put_string(std::string_view text) {
  const WritebufModel before = *this;
  ErrorCode code = put_integer(text.size() + 1, 4);
  if (code == ErrorCode::kNone) code = put(bytes_of_text(text));
  if (code == ErrorCode::kNone) code = put_integer(0, 1);
  if (code != ErrorCode::kNone) *this = before;
  return code;
}

ErrorCode WritebufModel::put_nullstring(std::optional<std::string_view> text) {
  return text ? put_string(*text) : put_integer(0, 4);
}

// RFC 6455 section 5.2, big-endian.
ErrorCode WritebufModel::put_header(std::size_t payload_size) {
  std::array<std::byte, kMaxHeaderSize> header{std::byte{0x82}};
  std::size_t size = 2;
  std::size_t length_size = 0;
  if (payload_size < 126) {
    header[1] = static_cast<std::byte>(payload_size);
  } else if (payload_size < 0x10000) {
    header[1] = std::byte{126};
    length_size = 2;
  } else {
    header[1] = std::byte{127};
    length_size = 8;
  }
  while (length_size > 0)
    header[size++] = static_cast<std::byte>(payload_size >> (8 * --length_size));
  const std::size_t needed = size + payload_size;
  copies_ =
      needed <= max_copied_size_ && part_count_ < kMaxParts && scalar_size_ + needed <= capacity_;
  return putbuf(std::span(header).first(size));
}

std::span<const std::byte> WritebufModel::bytes_of(const Part& part) const {
  if (part.referenced != nullptr) return {part.referenced, part.size};
  return std::span(scalars_).subspan(part.scalar_begin, part.size);
}

void WritebufModel::check_same(WriteBuf& out) const {
  check(part_count_ <= WriteBuf::kMaxParts && part_count_ == out.part_count(),
        "there are as many parts as the model has, and at most 32");
  check(scalar_size_ == out.scalar_size(), "there are as many scalars as the model has");
  const std::span<const iovec> framed = out.framed_parts();
  check(framed.size() == 1 + part_count_, "the frame's header is one part more");
  std::size_t size = 0;
  for (std::size_t i = 0; i < part_count_; ++i) {
    const iovec& part = framed[i + 1];
    const std::span bytes(static_cast<const std::byte*>(part.iov_base), part.iov_len);
    check(bytes.size() == parts_[i].size, "a part has the size that the model says");
    check(parts_[i].referenced == nullptr || parts_[i].referenced == bytes.data(),
          "texts are not copied");
    check(same_bytes(bytes, bytes_of(parts_[i])), "a part has the bytes that were put");
    size += bytes.size();
  }
  check(size == out.size(), "the size is that of all parts");
  WritebufModel header(kMaxHeaderSize, 0);
  check(header.put_header(size) == ErrorCode::kNone, "a header fits where nothing else is");
  check(same_bytes(std::span(static_cast<const std::byte*>(framed[0].iov_base), framed[0].iov_len),
                   std::span(header.scalars_).first(header.scalar_size_)),
        "the frame's header has the size of the message");
}

bool operator==(const WritebufModel& a, const WritebufModel& b) {
  const auto parts = [](const WritebufModel& m) {
    return std::span(m.parts_).first(m.part_count_);
  };
  const auto scalars = [](const WritebufModel& m) {
    return std::span(m.scalars_).first(m.scalar_size_);
  };
  return std::ranges::equal(parts(a), parts(b)) && std::ranges::equal(scalars(a), scalars(b));
}

}  // namespace wsapi::fuzz
WSAPI_FUZZ_NOT_UNDER_TEST_END
