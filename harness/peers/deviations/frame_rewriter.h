// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rewrites a stream of frames as it comes: headers are changed before the strict decoder sees them,
// payloads in passing. How a receiver misreads frames becomes a change to what it is given.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "codec/frame.h"

namespace wsapi {

enum class FrameFate : std::uint8_t { kPassed, kDropped };

class FrameRewriter {
 public:
  // May change the header; its size is also how much of the stream is taken for payload.
  using OnHeader = std::function<FrameFate(FrameHeader&)>;
  // Octets of the payload as they come, still masked, and the offset of the first of them.
  using OnPayload = std::function<void(std::span<std::byte>, std::uint64_t offset)>;

  FrameRewriter(OnHeader on_header, OnPayload on_payload)
      : on_header_(std::move(on_header)), on_payload_(std::move(on_payload)) {}

  // What becomes of the octets. A header that has not come whole is kept back.
  [[nodiscard]] std::vector<std::byte> rewrite(std::span<const std::byte> octets);

 private:
  void end_header(std::vector<std::byte>& out);

  OnHeader on_header_;
  OnPayload on_payload_;
  std::vector<std::byte> head_;  // of the header, as far as it has come
  std::uint64_t payload_left_ = 0;
  std::uint64_t payload_done_ = 0;
  bool is_dropped_ = false;
};

// How far a stream of frames has come.
class FramePosition {
 public:
  void pass(std::span<const std::byte> octets);
  [[nodiscard]] bool in_header() const { return !head_.empty(); }
  [[nodiscard]] bool in_payload() const { return payload_left_ > 0; }
  [[nodiscard]] bool in_frame() const { return in_header() || in_payload(); }

 private:
  std::vector<std::byte> head_;
  std::uint64_t payload_left_ = 0;
};

}  // namespace wsapi
