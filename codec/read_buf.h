// SPDX-License-Identifier: Apache-2.0
#pragma once

// ReadBuf is the bounds-checked cursor that decodes a message (protocol section 6). Each get_
// either returns ErrorCode::kNone and moves past what it read, or returns what is wrong and
// does not move. Strings are views into the input: nothing is copied, and the input must outlive
// them. No length from the input is ever added to a position: it is only compared with what
// remains, so no length can overflow anything.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "codec/error.h"
#include "codec/little_endian.h"

namespace wsapi {

// The same bytes as characters: the one place where they become that.
[[nodiscard]] inline std::string_view as_text(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class ReadBuf {
 public:
  // Reads from `offset` on, which is at most the number of bytes.
  explicit constexpr ReadBuf(std::span<const std::byte> bytes, std::size_t offset = 0) noexcept
      : bytes_(bytes), offset_(offset) {}

  // Bytes read so far, from the start of the input; bytes that are left.
  [[nodiscard]] constexpr std::size_t offset() const noexcept { return offset_; }
  [[nodiscard]] constexpr std::size_t remaining() const noexcept { return bytes_.size() - offset_; }

  // A view of the next `size` bytes. Error: truncated.
  [[nodiscard]] ErrorCode get_bytes(std::size_t size, std::span<const std::byte>& out) noexcept {
    if (size > remaining()) return ErrorCode::kTruncated;
    out = bytes_.subspan(offset_, size);
    offset_ += size;
    return ErrorCode::kNone;
  }

  // One byte as a character: the operation of a message. Error: truncated.
  [[nodiscard]] ErrorCode get_char(char& out) noexcept {
    std::uint8_t value = 0;
    const ErrorCode code = get_u8(value);
    if (code == ErrorCode::kNone) out = static_cast<char>(value);
    return code;
  }

  // Little-endian integers (protocol section 2). Error: truncated.
  [[nodiscard]] ErrorCode get_u8(std::uint8_t& out) noexcept { return get_integer(out); }
  [[nodiscard]] ErrorCode get_u16(std::uint16_t& out) noexcept { return get_integer(out); }
  [[nodiscard]] ErrorCode get_u32(std::uint32_t& out) noexcept { return get_integer(out); }

  // `string`: the text without its terminating NUL; a NUL inside stays in the view. Errors:
  // truncated (no complete length), string-length-zero, length-beyond-end, string-without-nul.
  [[nodiscard]] ErrorCode get_string(std::string_view& out) noexcept {
    const ReadBuf before = *this;
    std::uint32_t length = 0;
    ErrorCode code = get_u32(length);
    if (code == ErrorCode::kNone) {
      code = length == 0 ? ErrorCode::kStringLengthZero : get_text(length, out);
    }
    if (code != ErrorCode::kNone) *this = before;
    return code;
  }

  // `nullstring`: as get_string, or length 0 for the null string (std::nullopt).
  [[nodiscard]] ErrorCode get_nullstring(std::optional<std::string_view>& out) noexcept {
    const ReadBuf before = *this;
    std::uint32_t length = 0;
    ErrorCode code = get_u32(length);
    if (code == ErrorCode::kNone && length == 0) {
      out.reset();
      return ErrorCode::kNone;
    }
    std::string_view text;
    if (code == ErrorCode::kNone) code = get_text(length, text);
    if (code == ErrorCode::kNone) {
      out = text;
    } else {
      *this = before;
    }
    return code;
  }

 private:
  template <typename Integer>
  [[nodiscard]] ErrorCode get_integer(Integer& out) noexcept {
    if (sizeof(Integer) > remaining()) return ErrorCode::kTruncated;
    out = load_little_endian<Integer>(bytes_.data() + offset_);
    offset_ += sizeof(Integer);
    return ErrorCode::kNone;
  }

  // Text of `length` bytes of which the last must be NUL; length is at least 1.
  [[nodiscard]] ErrorCode get_text(std::uint32_t length, std::string_view& out) noexcept {
    if (length > remaining()) return ErrorCode::kLengthBeyondEnd;
    const auto text = bytes_.subspan(offset_, length);
    if (text.back() != std::byte{0}) return ErrorCode::kStringWithoutNul;
    out = as_text(text.first(length - 1));
    offset_ += length;
    return ErrorCode::kNone;
  }

  std::span<const std::byte> bytes_;
  std::size_t offset_;
};

}  // namespace wsapi
