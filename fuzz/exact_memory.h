// SPDX-License-Identifier: Apache-2.0
#pragma once

// Memory of which AddressSanitizer knows the beginning and the end to the byte, without an
// allocation for each input: what lies around the bytes in use is poisoned by hand. As exact_copy
// of check.h, but fast, and with a guard in front as well.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <vector>

#include "fuzz/check.h"
#include "fuzz/under_test.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WSAPI_FUZZ_POISONS 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define WSAPI_FUZZ_POISONS 1
#endif
#if defined(WSAPI_FUZZ_POISONS)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
namespace wsapi::fuzz {

// Of static storage duration: it is large, and stays poisoned.
class ExactMemory {
 public:
  ExactMemory() noexcept { ASAN_POISON_MEMORY_REGION(memory_.data(), memory_.size()); }
  ~ExactMemory() { ASAN_UNPOISON_MEMORY_REGION(memory_.data(), memory_.size()); }
  ExactMemory(const ExactMemory&) = delete;
  ExactMemory& operator=(const ExactMemory&) = delete;

  // A copy of the bytes, valid until the next one is made.
  [[nodiscard]] std::span<const std::byte> copy(std::span<const std::byte> bytes) {
    if (bytes.size() > kCapacity) {
      large_ = exact_copy(bytes);
      return large_;
    }
    const std::span<std::byte> memory = room(bytes.size());
    if (!bytes.empty()) std::memcpy(memory.data(), bytes.data(), bytes.size());
    return memory;
  }

  // Memory of `size` bytes, at most kCapacity, with undefined content; valid until the next call.
  [[nodiscard]] std::span<std::byte> room(std::size_t size) noexcept {
    const auto inner = std::span(memory_).subspan(kGuard, kCapacity);
    if (size == size_) return inner.first(size);
    if (size < size_) ASAN_POISON_MEMORY_REGION(inner.data() + size, size_ - size);
    ASAN_UNPOISON_MEMORY_REGION(inner.data(), size);
    size_ = size;
    return inner.first(size);
  }

  static constexpr std::size_t kCapacity = 1U << 16U;  // bytes

 private:
  static constexpr std::size_t kGuard = 64;  // bytes before and after

  // Poison in front of the bytes ends where they begin, at a multiple of 8 bytes only.
  alignas(16) std::array<std::byte, kGuard + kCapacity + kGuard> memory_;
  std::vector<std::byte> large_;
  std::size_t size_ = 0;
};

// Reads every byte of both where their sizes are the same. Not std::ranges::equal, which would be
// measured as if it were under test.
[[nodiscard]] inline bool same_bytes(std::span<const std::byte> a, std::span<const std::byte> b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

// The same for the same bytes, and cheap: chooses among variants of a property.
[[nodiscard]] inline std::uint64_t hash_of(std::span<const std::byte> bytes) noexcept {
  constexpr std::size_t kMaxWords = 8;
  constexpr std::uint64_t kPrime = 0x9e3779b97f4a7c15;
  std::uint64_t hash = kPrime ^ bytes.size();
  for (std::size_t i = 0; i < kMaxWords && !bytes.empty(); ++i) {
    std::uint64_t word = 0;
    const std::size_t size = std::min(bytes.size(), sizeof(word));
    std::memcpy(&word, bytes.data(), size);
    hash = (hash ^ word) * kPrime;
    hash ^= hash >> 29U;
    bytes = bytes.subspan(size);
  }
  return hash;
}

// The bytes of the input that say what to do, one after the other; zeros after the end.
class Choices {
 public:
  explicit Choices(std::span<const std::byte> bytes) noexcept : rest_(bytes) {}

  [[nodiscard]] bool done() const noexcept { return rest_.empty(); }
  [[nodiscard]] std::uint8_t byte() noexcept {
    if (rest_.empty()) return 0;
    const auto value = std::to_integer<std::uint8_t>(rest_.front());
    rest_ = rest_.subspan(1);
    return value;
  }
  // A view of the next `size` bytes, or of fewer where the input ends.
  [[nodiscard]] std::span<const std::byte> bytes(std::size_t size) noexcept {
    const auto taken = rest_.first(std::min(size, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }

 private:
  std::span<const std::byte> rest_;
};

}  // namespace wsapi::fuzz
WSAPI_FUZZ_NOT_UNDER_TEST_END
