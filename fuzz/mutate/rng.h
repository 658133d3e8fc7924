// SPDX-License-Identifier: Apache-2.0
#pragma once

// The random numbers of the mutators: small and fast, and the same for the same seed everywhere.

#include <cstddef>
#include <cstdint>
#include <span>

#include "fuzz/under_test.h"

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
namespace wsapi::fuzz {

// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
class Rng {
 public:
  explicit Rng(std::uint64_t seed) noexcept : state_(seed) {}

  [[nodiscard]] std::uint64_t next() noexcept {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ z >> 30U) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27U) * 0x94d049bb133111eb;
    return z ^ z >> 31U;
  }

  // From 0 to `count` - 1; `count` is at least 1. The slight preference for small numbers, below
  // one in 2^32 for the counts here, does not matter.
  [[nodiscard]] std::size_t below(std::size_t count) noexcept {
    return static_cast<std::size_t>((next() >> 32U) * count >> 32U);
  }
  // True once in `count` times.
  [[nodiscard]] bool one_in(std::size_t count) noexcept { return below(count) == 0; }

  template <typename T>
  [[nodiscard]] const T& of(std::span<const T> choices) noexcept {
    return choices[below(choices.size())];
  }

 private:
  std::uint64_t state_;
};

}  // namespace wsapi::fuzz
WSAPI_FUZZ_NOT_UNDER_TEST_END
