// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where in a stream its frames begin and end: right ones and wrong ones, as only their lengths are
// looked at (RFC 6455 section 5.2). For telling what a frame that breaks a rule looks like, and how
// much of a frame has been sent.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "codec/frame.h"

namespace wsapi {

class FrameCursor {
 public:
  static constexpr std::size_t kHeadSize = 32;  // octets of a frame that are kept
  static_assert(kHeadSize > kMaxFrameHeaderSize);

  // Goes over `octets` up to the end of the current frame at most, and returns how many octets
  // that were. None only where there are none.
  std::size_t advance(std::span<const std::byte> octets) noexcept;

  // Whether the last octet ended a frame, or none has come.
  [[nodiscard]] bool at_boundary() const noexcept { return count_ == 0 || count_ == size(); }
  // Of the current frame, or of the last one: octets that have come; octets in all, as soon as its
  // header tells; its first octets.
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] std::optional<std::uint64_t> size() const noexcept { return size_; }
  [[nodiscard]] std::span<const std::byte> head() const noexcept;

  // The code of a CLOSE frame whose header and code are in the head.
  [[nodiscard]] std::optional<std::uint16_t> close_code() const noexcept;

 private:
  void add_to_header(std::byte octet) noexcept;
  [[nodiscard]] std::size_t header_size() const noexcept;

  std::array<std::byte, kHeadSize> head_{};
  std::uint64_t count_ = 0;
  std::optional<std::uint64_t> size_;
};

}  // namespace wsapi
