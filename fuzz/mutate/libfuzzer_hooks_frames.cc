// SPDX-License-Identifier: Apache-2.0
//
// Gives the engine the mutations of streams of frames.

#include "fuzz/mutate/mutate.h"

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  return wsapi::fuzz::mutate_frames(data, size, max_size, seed);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* first, std::size_t first_size,
                                                 const std::uint8_t* second,
                                                 std::size_t second_size, std::uint8_t* out,
                                                 std::size_t max_size, unsigned seed) {
  return wsapi::fuzz::cross_frames(first, first_size, second, second_size, out, max_size, seed);
}
