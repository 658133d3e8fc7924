// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the mutators share among themselves.

#include "fuzz/mutate/edit_buffer.h"
#include "fuzz/mutate/message_writer.h"
#include "fuzz/mutate/rng.h"

// The engine's own mutation; see libFuzzer's FuzzerInterface.h.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace wsapi::fuzz {

inline constexpr std::size_t kMutationsPerRaw = 5;

// libFuzzer crosses inputs in half of its steps; that often is too often, so of these most become
// mutations of the first input.
inline constexpr std::size_t kCrossesPerCross = 4;

// WSAPI_FUZZ_MUTATOR=off in the environment: the engine's own mutations alone, to compare with.
[[nodiscard]] bool mutators_are_off() noexcept;

// Memory for bytes in the making, one for each level at which a mutator works. Static: on the
// stack, AddressSanitizer would fill it for each mutation.
enum class Scratch : std::uint8_t { kField, kMessage, kFrame };
[[nodiscard]] EditBuffer scratch(Scratch which, std::size_t max_size) noexcept;

// The fields of a message, as some revision that has its operation sees them: the one in which the
// most of them fit. Without `layout.info` where no revision has it.
struct LocatedMessage {
  MessageLayout layout;
  Revision revision = kReferenceRevision;
};
[[nodiscard]] LocatedMessage locate_any(Octets message, bool choice) noexcept;

// One change to one message; `ids` are those of the whole input.
void mutate_one_message(EditBuffer& message, Rng& rng, const Ids& ids) noexcept;

}  // namespace wsapi::fuzz
