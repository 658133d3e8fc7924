// SPDX-License-Identifier: Apache-2.0
#pragma once

// What all fuzz targets share. A target is one file targets/NAME_fuzz.cc with
// LLVMFuzzerTestOneInput, the entry point of libFuzzer and of every engine that is compatible with
// it; targets/replay_main.cc makes a plain program of it that runs files.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>
#include <vector>

namespace wsapi::fuzz {

// A property that must hold for every input; an input for which it does not hold is a finding.
// Never compiled out. It ends the program in a way that every engine and sanitizer counts as a
// crash.
inline void check(bool holds, const char* property) {
  if (holds) [[likely]]
    return;
  std::fprintf(stderr, "fuzz: property does not hold: %s\n", property);
  std::abort();
}

// Where an input can be read in a few ways, such as the revisions, an engine has it read in one,
// which a hash of the input chooses: so it is quick, and other inputs are read in the others. A
// replay reads it in all.
inline bool reads_every_way = false;
[[nodiscard]] inline bool is_read(bool chosen) { return chosen || reads_every_way; }

[[nodiscard]] inline std::span<const std::byte> as_bytes(const std::uint8_t* data,
                                                         std::size_t size) {
  return std::as_bytes(std::span(data, size));
}

[[nodiscard]] inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// In memory of exactly that size, so that AddressSanitizer sees a read of the byte after it.
[[nodiscard]] inline std::vector<std::byte> exact_copy(std::span<const std::byte> bytes) {
  return {bytes.begin(), bytes.end()};
}

}  // namespace wsapi::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
