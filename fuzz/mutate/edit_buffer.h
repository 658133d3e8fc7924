// SPDX-License-Identifier: Apache-2.0
#pragma once

// An input under mutation: bytes in the memory of the engine, which grow and shrink up to a limit.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "fuzz/under_test.h"

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
namespace wsapi::fuzz {

using Octets = std::span<const std::uint8_t>;

class EditBuffer {
 public:
  // `memory` holds `size` bytes, and there is room for memory.size() bytes.
  EditBuffer(std::span<std::uint8_t> memory, std::size_t size) noexcept
      : memory_(memory), size_(std::min(size, memory.size())) {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t room() const noexcept { return memory_.size() - size_; }
  [[nodiscard]] std::span<std::uint8_t> bytes() noexcept { return memory_.first(size_); }
  [[nodiscard]] Octets bytes() const noexcept { return memory_.first(size_); }

  // Puts `with`, which is not of this buffer, in the place of [begin, begin + count), cut to what
  // there is. Returns whether there was room; if not, nothing changes.
  bool replace(std::size_t begin, std::size_t count, Octets with) noexcept {
    begin = std::min(begin, size_);
    count = std::min(count, size_ - begin);
    if (with.size() > room() + count) return false;
    const auto tail = bytes().subspan(begin + count);
    if (!tail.empty()) std::memmove(memory_.data() + begin + with.size(), tail.data(), tail.size());
    if (!with.empty()) std::memcpy(memory_.data() + begin, with.data(), with.size());
    size_ = size_ - count + with.size();
    return true;
  }
  bool insert(std::size_t at, Octets with) noexcept { return replace(at, 0, with); }
  bool append(Octets with) noexcept { return replace(size_, 0, with); }
  bool append(std::uint8_t byte) noexcept { return append(Octets(&byte, 1)); }
  void erase(std::size_t begin, std::size_t count) noexcept { replace(begin, count, {}); }
  void truncate(std::size_t size) noexcept { size_ = std::min(size_, size); }

 private:
  std::span<std::uint8_t> memory_;
  std::size_t size_;
};

}  // namespace wsapi::fuzz
WSAPI_FUZZ_NOT_UNDER_TEST_END
