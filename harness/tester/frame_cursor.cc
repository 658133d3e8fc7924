// SPDX-License-Identifier: Apache-2.0

#include "harness/tester/frame_cursor.h"

#include <algorithm>
#include <limits>

namespace wsapi {
namespace {

constexpr std::byte kMaskBit{0x80};
constexpr std::byte kLengthBits{0x7f};
constexpr unsigned kLength16 = 126;
constexpr unsigned kLength64 = 127;

}  // namespace

std::size_t FrameCursor::advance(std::span<const std::byte> octets) noexcept {
  if (octets.empty()) return 0;
  if (at_boundary()) {
    count_ = 0;
    size_.reset();
  }
  std::size_t used = 0;
  while (!size_ && used < octets.size()) add_to_header(octets[used++]);
  if (!size_) return used;
  const auto rest = octets.subspan(used);
  const std::uint64_t taken = std::min<std::uint64_t>(rest.size(), *size_ - count_);
  if (count_ < kHeadSize) {
    const auto kept = std::min<std::uint64_t>(taken, kHeadSize - count_);
    std::ranges::copy(rest.first(kept), head_.begin() + static_cast<std::ptrdiff_t>(count_));
  }
  count_ += taken;
  return used + taken;
}

std::size_t FrameCursor::header_size() const noexcept {
  const auto length = std::to_integer<unsigned>(head_[1] & kLengthBits);
  const std::size_t length_size = length == kLength16 ? 2U : length == kLength64 ? 8U : 0U;
  return 2 + length_size + ((head_[1] & kMaskBit) != std::byte{0} ? 4U : 0U);
}

void FrameCursor::add_to_header(std::byte octet) noexcept {
  head_[count_++] = octet;
  if (count_ < 2 || count_ < header_size()) return;
  std::uint64_t payload_size = std::to_integer<std::uint64_t>(head_[1] & kLengthBits);
  const std::size_t end = payload_size == kLength16 ? 4 : payload_size == kLength64 ? 10 : 2;
  if (end > 2) payload_size = 0;
  for (std::size_t i = 2; i < end; ++i) {
    payload_size = payload_size << 8U | std::to_integer<std::uint64_t>(head_[i]);
  }
  // A length near 2^64 is no length that anybody sends.
  const std::uint64_t room = std::numeric_limits<std::uint64_t>::max() - count_;
  size_ = count_ + std::min(payload_size, room);
}

std::span<const std::byte> FrameCursor::head() const noexcept {
  return std::span(head_).first(std::min<std::uint64_t>(count_, kHeadSize));
}

std::optional<std::uint16_t> FrameCursor::close_code() const noexcept {
  constexpr std::size_t kCodeSize = 2;
  if (!size_ || (head_[0] & std::byte{0x0f}) != static_cast<std::byte>(Opcode::kClose)) return {};
  const std::size_t begin = header_size();
  if (begin + kCodeSize > head().size()) return {};
  std::array<std::byte, kCodeSize> code{head_[begin], head_[begin + 1]};
  if ((head_[1] & kMaskBit) != std::byte{0}) {
    code[0] ^= head_[begin - 4];
    code[1] ^= head_[begin - 3];
  }
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(code[0]) << 8U |
                                    std::to_integer<unsigned>(code[1]));
}

}  // namespace wsapi
