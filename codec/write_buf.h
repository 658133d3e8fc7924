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
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include "codec/error.h"
#include "codec/frame.h"
#include "codec/little_endian.h"

namespace wsapi {

class WriteBuf {
 public:
  static constexpr std::size_t kMaxParts = 32;
  static constexpr std::size_t kScalarCapacity = 128;  // bytes, of its own
  // A text must be shorter (bytes): its length with the NUL fits 32 bits (section 6).
  static constexpr std::size_t kTextSizeLimit = std::numeric_limits<std::uint32_t>::max();

  // Nothing is cleared: only what was put is ever looked at.
  WriteBuf() noexcept { scalars_ = own_scalars_; }
  // With memory of the caller's for scalars, so that many messages fit (encode_framed); those of
  // at most `max_copied_size` bytes are then copied as a whole, and need no parts of their own.
  explicit WriteBuf(std::span<std::byte> scalars, std::size_t max_copied_size = 0) noexcept
      : max_copied_size_(max_copied_size), scalars_(scalars) {}
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
  // Messages up to so many bytes are copied by encode_framed.
  [[nodiscard]] std::size_t max_copied_size() const noexcept { return max_copied_size_; }

  // A state to return to, for whoever puts several things of which a later one may fail.
  struct Mark {
    std::size_t part_count;
    std::size_t scalar_size;
    std::size_t last_part_size;
  };
  [[nodiscard]] Mark mark() const noexcept;
  void rollback(const Mark& mark) noexcept;

  // For a sequence of puts whose greatest need is known before: one check of the room for all, and
  // none for each.
  enum class Texts : std::uint8_t { kReferenced, kCopied };
  template <Texts kTexts>
  class Appender;
  [[nodiscard]] bool has_room(std::size_t part_count, std::size_t scalar_size) const noexcept {
    return part_count <= kMaxParts - part_count_ && scalar_size <= scalars_.size() - scalar_size_;
  }

 private:
  template <typename Integer>
  [[nodiscard]] ErrorCode put_integer(Integer value) noexcept {
    std::array<std::byte, sizeof(Integer)> bytes;
    store_little_endian(value, bytes.data());
    return putbuf(bytes);
  }

  // writev does not write to what iov_base points at, though its type would allow it.
  [[nodiscard]] static iovec part_of(std::span<const std::byte> bytes) noexcept {
    return {.iov_base = const_cast<std::byte*>(bytes.data()), .iov_len = bytes.size()};
  }

  // Whether the next scalar continues the last part.
  [[nodiscard]] bool last_part_grows() const noexcept {
    const iovec& last = parts_[part_count_];
    return part_count_ > 0 && scalar_size_ > 0 &&
           static_cast<const std::byte*>(last.iov_base) + last.iov_len ==
               scalars_.data() + scalar_size_;
  }

  std::array<std::byte, kScalarCapacity> own_scalars_;
  std::size_t part_count_ = 0;
  std::size_t scalar_size_ = 0;
  std::size_t max_copied_size_ = 0;
  std::span<std::byte> scalars_;
  std::array<iovec, 1 + kMaxParts> parts_;  // [0] is the frame header's
  std::array<std::byte, kMaxFrameHeaderSize> header_;
};

// Puts behind what the buffer holds, as the put_ functions of WriteBuf would, and with the same
// parts, but for texts that are copied. The caller has asked has_room() for everything together.
// The buffer does not change before commit(); whoever does not come so far calls abandon().
template <WriteBuf::Texts kTexts>
class WriteBuf::Appender {
 public:
  explicit Appender(WriteBuf& out) noexcept
      : out_(out),
        part_(out.parts_.data() + out.part_count_ + 1),
        scalar_(out.scalars_.data() + out.scalar_size_),
        run_(scalar_),
        grows_(out.last_part_grows()) {
    if (!grows_) return;
    --part_;
    run_ -= part_->iov_len;
  }
  Appender(const Appender&) = delete;
  Appender& operator=(const Appender&) = delete;

  [[gnu::always_inline]] ErrorCode put(std::span<const std::byte> bytes) noexcept {
    if constexpr (kTexts == Texts::kCopied) return putbuf(bytes);
    if (bytes.empty()) return ErrorCode::kNone;
    close_run();
    *part_++ = part_of(bytes);
    return ErrorCode::kNone;
  }

  [[gnu::always_inline]] ErrorCode putbuf(std::span<const std::byte> bytes) noexcept {
    if (!bytes.empty()) std::memcpy(scalar_, bytes.data(), bytes.size());
    scalar_ += bytes.size();
    return ErrorCode::kNone;
  }
  [[gnu::always_inline]] ErrorCode put_u8(std::uint8_t value) noexcept {
    return put_integer(value);
  }
  [[gnu::always_inline]] ErrorCode put_u16(std::uint16_t value) noexcept {
    return put_integer(value);
  }
  [[gnu::always_inline]] ErrorCode put_u32(std::uint32_t value) noexcept {
    return put_integer(value);
  }

  // Error: string-too-long.
  [[gnu::always_inline]] ErrorCode put_string(std::string_view text) noexcept {
    if (text.size() >= kTextSizeLimit) [[unlikely]]
      return ErrorCode::kStringTooLong;
    put_u32(static_cast<std::uint32_t>(text.size() + 1));
    put(std::as_bytes(std::span(text)));
    return put_u8(0);
  }
  [[gnu::always_inline]] ErrorCode put_nullstring(std::optional<std::string_view> text) noexcept {
    return text ? put_string(*text) : put_u32(0);
  }

  [[gnu::always_inline]] void commit() noexcept {
    close_run();
    out_.part_count_ = static_cast<std::size_t>(part_ - out_.parts_.data()) - 1;
    out_.scalar_size_ = static_cast<std::size_t>(scalar_ - out_.scalars_.data());
  }
  // A part that grew ended where the buffer's scalars still do.
  void abandon() noexcept {
    if (!grows_) return;
    iovec& last = out_.parts_[out_.part_count_];
    const std::byte* const end = out_.scalars_.data() + out_.scalar_size_;
    last.iov_len = static_cast<std::size_t>(end - static_cast<std::byte*>(last.iov_base));
  }

 private:
  template <typename Integer>
  [[gnu::always_inline]] ErrorCode put_integer(Integer value) noexcept {
    store_little_endian(value, scalar_);
    scalar_ += sizeof(Integer);
    return ErrorCode::kNone;
  }

  // The scalars since the last part that points elsewhere become a part.
  [[gnu::always_inline]] void close_run() noexcept {
    if (run_ == scalar_) return;
    *part_++ = part_of({run_, scalar_});
    run_ = scalar_;
  }

  WriteBuf& out_;
  iovec* part_;        // the next to be written
  std::byte* scalar_;  // where the next scalar goes
  std::byte* run_;     // the first scalar that is in no part yet
  bool grows_;         // the last part of before
};

}  // namespace wsapi
