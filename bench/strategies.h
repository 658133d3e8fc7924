// SPDX-License-Identifier: Apache-2.0
#pragma once

// Other ways to write a message than the codec's, to be measured beside it. Each takes the fields
// as put_message() gives them, and keeps the limits of a writebuf (protocol section 6).

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
#include "codec/little_endian.h"
#include "codec/write_buf.h"

namespace wsapi::bench {

// What WriteBuf and the other ways share: strings are made of their parts in the same way.
template <typename Derived>
class StringWriter {
 public:
  [[gnu::always_inline]] ErrorCode put_u8(std::uint8_t value) noexcept {
    return put_integer(value);
  }
  [[gnu::always_inline]] ErrorCode put_u16(std::uint16_t value) noexcept {
    return put_integer(value);
  }
  [[gnu::always_inline]] ErrorCode put_u32(std::uint32_t value) noexcept {
    return put_integer(value);
  }

  // Leaves the writer as it was where it fails.
  [[gnu::always_inline]] ErrorCode put_string(std::string_view text) noexcept {
    if (text.size() >= WriteBuf::kTextSizeLimit) return ErrorCode::kStringTooLong;
    const auto before = self().mark();
    ErrorCode code = put_u32(static_cast<std::uint32_t>(text.size() + 1));
    if (code == ErrorCode::kNone) code = self().put(std::as_bytes(std::span(text)));
    if (code == ErrorCode::kNone) code = put_u8(0);
    if (code != ErrorCode::kNone) self().rollback(before);
    return code;
  }
  [[gnu::always_inline]] ErrorCode put_nullstring(std::optional<std::string_view> text) noexcept {
    return text ? put_string(*text) : put_u32(0);
  }

 private:
  Derived& self() noexcept { return static_cast<Derived&>(*this); }

  template <typename Integer>
  [[gnu::always_inline]] ErrorCode put_integer(Integer value) noexcept {
    std::array<std::byte, sizeof(Integer)> bytes;
    store_little_endian(value, bytes.data());
    return self().putbuf(bytes);
  }
};

enum class Sharing : bool { kNone, kNeighbours };

// Parts and scalars as in WriteBuf. Without sharing, each scalar has a part of its own: the earlier
// writebuf. With copying, texts of at most kMaxCopied bytes become scalars where there is room.
template <Sharing kSharing, std::size_t kMaxCopied>
class PartWriter : public StringWriter<PartWriter<kSharing, kMaxCopied>> {
 public:
  PartWriter() noexcept {}  // NOLINT(modernize-use-equals-default): = default would clear it

  void clear() noexcept { part_count_ = scalar_size_ = 0; }
  [[nodiscard]] std::size_t part_count() const noexcept { return part_count_; }
  [[nodiscard]] std::size_t scalar_size() const noexcept { return scalar_size_; }
  [[nodiscard]] std::span<const iovec> parts() const noexcept {
    return std::span(parts_).first(part_count_);
  }

  struct Mark {
    std::size_t part_count;
    std::size_t scalar_size;
    std::size_t last_part_size;
  };
  [[nodiscard]] Mark mark() const noexcept {
    return {part_count_, scalar_size_, part_count_ == 0 ? 0 : parts_[part_count_ - 1].iov_len};
  }
  void rollback(const Mark& mark) noexcept {
    part_count_ = mark.part_count;
    scalar_size_ = mark.scalar_size;
    if (part_count_ > 0) parts_[part_count_ - 1].iov_len = mark.last_part_size;
  }

  [[gnu::always_inline]] ErrorCode put(std::span<const std::byte> bytes) noexcept {
    if (bytes.empty()) return ErrorCode::kNone;
    // What is left must do for the scalars of the texts that follow.
    constexpr std::size_t kReserve = 32;
    if (bytes.size() <= kMaxCopied &&
        scalar_size_ + bytes.size() + kReserve <= WriteBuf::kScalarCapacity) {
      return putbuf(bytes);
    }
    return add_part(bytes);
  }

  [[gnu::always_inline]] ErrorCode putbuf(std::span<const std::byte> bytes) noexcept {
    if (bytes.size() > scalars_.size() - scalar_size_) return ErrorCode::kScalarBufferFull;
    std::byte* const to = scalars_.data() + scalar_size_;
    if (kSharing == Sharing::kNeighbours && part_count_ > 0 && end_of_last() == to) {
      parts_[part_count_ - 1].iov_len += bytes.size();
    } else if (const ErrorCode code = add_part({to, bytes.size()}); code != ErrorCode::kNone) {
      return code;
    }
    std::memcpy(to, bytes.data(), bytes.size());
    scalar_size_ += bytes.size();
    return ErrorCode::kNone;
  }

 private:
  [[gnu::always_inline]] ErrorCode add_part(std::span<const std::byte> bytes) noexcept {
    if (part_count_ == parts_.size()) return ErrorCode::kTooManyParts;
    parts_[part_count_++] = {.iov_base = const_cast<std::byte*>(bytes.data()),
                             .iov_len = bytes.size()};
    return ErrorCode::kNone;
  }
  [[nodiscard]] const std::byte* end_of_last() const noexcept {
    const iovec& last = parts_[part_count_ - 1];
    return static_cast<const std::byte*>(last.iov_base) + last.iov_len;
  }

  std::size_t part_count_ = 0;
  std::size_t scalar_size_ = 0;
  std::array<iovec, WriteBuf::kMaxParts> parts_;
  std::array<std::byte, WriteBuf::kScalarCapacity> scalars_;
};

using OnePartPerField = PartWriter<Sharing::kNone, 0>;
inline constexpr std::size_t kShortText = 24;  // bytes
using ShortTextsCopied = PartWriter<Sharing::kNeighbours, kShortText>;

// Everything copied into one piece of memory.
class FlatWriter : public StringWriter<FlatWriter> {
 public:
  explicit FlatWriter(std::span<std::byte> room) noexcept : room_(room) {}

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return room_.first(size_); }
  [[nodiscard]] std::size_t mark() const noexcept { return size_; }
  void rollback(std::size_t mark) noexcept { size_ = mark; }

  [[gnu::always_inline]] ErrorCode put(std::span<const std::byte> bytes) noexcept {
    return putbuf(bytes);
  }
  [[gnu::always_inline]] ErrorCode putbuf(std::span<const std::byte> bytes) noexcept {
    if (bytes.size() > room_.size() - size_) return ErrorCode::kScalarBufferFull;
    if (!bytes.empty()) std::memcpy(room_.data() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
    return ErrorCode::kNone;
  }

 private:
  std::span<std::byte> room_;
  std::size_t size_ = 0;
};

}  // namespace wsapi::bench
