// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where the frames of a stream lie, as far as its bytes can be read as frames (RFC 6455 section
// 5.2). Wrong frames count as frames; the first one that is not whole is the end.

#include <array>

#include "codec/frame.h"
#include "fuzz/mutate/edit_buffer.h"
#include "fuzz/under_test.h"

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
namespace wsapi::fuzz {

struct FramePlace {
  std::size_t begin = 0;
  FrameHeader header;
  std::size_t header_size = 0;

  [[nodiscard]] std::size_t payload_begin() const noexcept { return begin + header_size; }
  [[nodiscard]] std::size_t payload_size() const noexcept {
    return static_cast<std::size_t>(header.payload_size);
  }
  [[nodiscard]] std::size_t end() const noexcept { return payload_begin() + payload_size(); }
  [[nodiscard]] std::size_t size() const noexcept { return end() - begin; }
};

class FramePlaces {
 public:
  static constexpr std::size_t kMaxCount = 16;  // any more are not looked at

  explicit FramePlaces(Octets stream) noexcept;

  [[nodiscard]] std::span<const FramePlace> all() const noexcept {
    return std::span(places_).first(count_);
  }
  // Behind the last whole frame.
  [[nodiscard]] std::size_t end() const noexcept {
    return count_ == 0 ? 0 : places_[count_ - 1].end();
  }

 private:
  std::array<FramePlace, kMaxCount> places_;
  std::size_t count_ = 0;
};

}  // namespace wsapi::fuzz
WSAPI_FUZZ_NOT_UNDER_TEST_END
