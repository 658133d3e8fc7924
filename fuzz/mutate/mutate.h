// SPDX-License-Identifier: Apache-2.0
#pragma once

// Mutations that know the protocol: of a message by its fields, of a stream by its frames and the
// messages in them, of JSON text by its members. What they know of messages they take from the
// one description of each (shape.h). A fifth of all mutations are the engine's own.
//
// Each function mutates the `size` bytes at `data` in place and returns the new size, at most
// `max_size`, for which there is room. The same input and seed give the same output, as far as the
// engine's own mutations do. Not for use from several threads at once.

#include <cstddef>
#include <cstdint>

namespace wsapi::fuzz {

std::size_t mutate_message(std::uint8_t* data, std::size_t size, std::size_t max_size,
                           unsigned seed);
std::size_t mutate_frames(std::uint8_t* data, std::size_t size, std::size_t max_size,
                          unsigned seed);
std::size_t mutate_json(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned seed);

// The beginning of one input and the end of another, joined between two fields or two frames; or,
// more often, a mutation of the first. Returns the size of what is in `out`.
std::size_t cross_messages(const std::uint8_t* first, std::size_t first_size,
                           const std::uint8_t* second, std::size_t second_size, std::uint8_t* out,
                           std::size_t max_size, unsigned seed);
std::size_t cross_frames(const std::uint8_t* first, std::size_t first_size,
                         const std::uint8_t* second, std::size_t second_size, std::uint8_t* out,
                         std::size_t max_size, unsigned seed);

}  // namespace wsapi::fuzz
