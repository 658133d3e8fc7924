// SPDX-License-Identifier: Apache-2.0
#pragma once

// WriteBuf gathers a message as scatter-gather parts for one writev (protocol section 6): at most
// 32 parts, and an internal buffer of 128 bytes for scalars. Texts are not copied: their memory
// must outlive the WriteBuf. Neighbouring scalars share a part. A put_ that fails leaves the
// buffer as it was. The header of the WebSocket frame has a part of its own in front of the 32, so
// that a message of 32 parts can be sent.
//
// iovec is the C library's: no copy and no cast stands between these parts and writev.

#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "codec/error.h"
#include "codec/frame.h"

namespace wsapi {

class WriteBuf {
 public:
  static constexpr std::size_t kMaxParts = 32;
  static constexpr std::size_t kScalarCapacity = 128;  // bytes

  // Nothing is cleared: only what was put is ever looked at.
  WriteBuf() noexcept {}  // NOLINT(modernize-use-equals-default): = default would clear it
  WriteBuf(const WriteBuf&) = delete;  // the parts point into the object itself
  WriteBuf& operator=(const WriteBuf&) = delete;

  void clear() noexcept { part_count_ = scalar_size_ = 0; }

  // One part that points at `bytes`; none where they are empty. Error: too-many-parts.
  [[nodiscard]] ErrorCode put(std::span<const std::byte> bytes) noexcept;

  // Copies `bytes` into the scalar buffer; the last part grows where it ends exactly there, else
  // a new part begins. Errors: scalar-buffer-full, too-many-parts.
  [[nodiscard]] ErrorCode putbuf(std::span<const std::byte> bytes) noexcept;

  // Little-endian scalars (section 2). Errors as putbuf.
  [[nodiscard]] ErrorCode put_u8(std::uint8_t value) noexcept { return put_integer(value); }
  [[nodiscard]] ErrorCode put_u16(std::uint16_t value) noexcept { return put_integer(value); }
  [[nodiscard]] ErrorCode put_u32(std::uint32_t value) noexcept { return put_integer(value); }

  // `string`: length with its NUL, the text by reference, NUL. `nullstring`: the same, or length
  // 0. Errors: string-too-long, and those of put and putbuf.
  [[nodiscard]] ErrorCode put_string(std::string_view text) noexcept;
  [[nodiscard]] ErrorCode put_nullstring(std::optional<std::string_view> text) noexcept;

  // The parts of the message.
  [[nodiscard]] std::span<const iovec> parts() const noexcept {
    return std::span(parts_).subspan(1, part_count_);
  }
  // The same with the header of one unmasked, final binary frame in front. Valid until the next
  // change; may be called again.
  [[nodiscard]] std::span<const iovec> framed_parts() noexcept;

  [[nodiscard]] std::size_t part_count() const noexcept { return part_count_; }
  [[nodiscard]] std::size_t scalar_size() const noexcept { return scalar_size_; }
  // Bytes of the message, without a frame header.
  [[nodiscard]] std::size_t size() const noexcept;

  // A state to return to, for whoever puts several things of which a later one may fail.
  struct Mark {
    std::size_t part_count;
    std::size_t scalar_size;
    std::size_t last_part_size;
  };
  [[nodiscard]] Mark mark() const noexcept;
  void rollback(const Mark& mark) noexcept;

 private:
  template <typename Integer>
  [[nodiscard]] ErrorCode put_integer(Integer value) noexcept {
    std::array<std::byte, sizeof(Integer)> bytes;
    for (std::size_t i = 0; i < sizeof(Integer); ++i) {
      bytes[i] = static_cast<std::byte>((std::uint32_t{value} >> (8 * i)) & 0xff);
    }
    return putbuf(bytes);
  }

  std::size_t part_count_ = 0;
  std::size_t scalar_size_ = 0;
  std::array<iovec, 1 + kMaxParts> parts_;  // [0] is the frame header's
  std::array<std::byte, kScalarCapacity> scalars_;
  std::array<std::byte, kMaxFrameHeaderSize> header_;
};

}  // namespace wsapi
