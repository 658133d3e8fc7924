// SPDX-License-Identifier: Apache-2.0

#include "harness/peers/deviations/frame_rewriter.h"

#include <algorithm>
#include <array>

namespace wsapi {
namespace {

constexpr std::uint8_t kFin = 0x80;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::uint8_t kLength16 = 126;
constexpr std::uint8_t kLength64 = 127;

std::uint8_t octet(std::span<const std::byte> head, std::size_t at) {
  return std::to_integer<std::uint8_t>(head[at]);
}

std::size_t length_size(std::uint8_t length) {
  if (length == kLength16) return 2;
  return length == kLength64 ? 8 : 0;
}

bool is_whole(std::span<const std::byte> head) {
  if (head.size() < 2) return false;
  const std::uint8_t second = octet(head, 1);
  const std::size_t mask_size = (second & kMasked) != 0 ? 4 : 0;
  return head.size() >= 2 + length_size(second & 0x7f) + mask_size;
}

FrameHeader read_header(std::span<const std::byte> head) {
  const std::uint8_t first = octet(head, 0);
  const std::uint8_t second = octet(head, 1);
  FrameHeader header;
  header.fin = (first & kFin) != 0;
  header.rsv = static_cast<std::uint8_t>((first >> 4U) & 7U);
  header.opcode = first & 0x0f;
  const std::size_t size = length_size(second & 0x7f);
  if (size == 0) header.payload_size = second & 0x7f;
  for (std::size_t i = 0; i < size; ++i) {
    header.payload_size = header.payload_size << 8U | octet(head, 2 + i);
  }
  if (size == 2) header.length_form = LengthForm::k16Bit;
  if (size == 8) header.length_form = LengthForm::k64Bit;
  if ((second & kMasked) != 0) {
    MaskKey& key = header.mask.emplace();
    std::ranges::copy(head.subspan(2 + size, key.size()), key.begin());
  }
  return header;
}

}  // namespace

void FrameRewriter::end_header(std::vector<std::byte>& out) {
  FrameHeader header = read_header(head_);
  is_dropped_ = on_header_ && on_header_(header) == FrameFate::kDropped;
  payload_left_ = header.payload_size;
  payload_done_ = 0;
  head_.clear();
  if (is_dropped_) return;
  std::array<std::byte, kMaxFrameHeaderSize> bytes{};
  const std::size_t size = encode_frame_header(header, bytes);
  out.insert(out.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
}

std::vector<std::byte> FrameRewriter::rewrite(std::span<const std::byte> octets) {
  std::vector<std::byte> out;
  while (!octets.empty()) {
    if (payload_left_ == 0) {
      head_.push_back(octets.front());
      octets = octets.subspan(1);
      if (is_whole(head_)) end_header(out);
      continue;
    }
    const std::size_t size =
        static_cast<std::size_t>(std::min<std::uint64_t>(payload_left_, octets.size()));
    if (!is_dropped_) {
      const std::size_t before = out.size();
      out.insert(out.end(), octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(size));
      if (on_payload_) on_payload_(std::span(out).subspan(before), payload_done_);
    }
    octets = octets.subspan(size);
    payload_left_ -= size;
    payload_done_ += size;
  }
  return out;
}

void FramePosition::pass(std::span<const std::byte> octets) {
  while (!octets.empty()) {
    if (payload_left_ == 0) {
      head_.push_back(octets.front());
      octets = octets.subspan(1);
      if (!is_whole(head_)) continue;
      payload_left_ = read_header(head_).payload_size;
      head_.clear();
      continue;
    }
    const std::size_t size =
        static_cast<std::size_t>(std::min<std::uint64_t>(payload_left_, octets.size()));
    octets = octets.subspan(size);
    payload_left_ -= size;
  }
}

}  // namespace wsapi
