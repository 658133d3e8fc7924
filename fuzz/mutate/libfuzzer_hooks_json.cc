// SPDX-License-Identifier: Apache-2.0
//
// Gives the engine the mutations of JSON text.

#include "fuzz/mutate/mutate.h"

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  return wsapi::fuzz::mutate_json(data, size, max_size, seed);
}
