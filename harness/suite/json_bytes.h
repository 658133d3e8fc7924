// SPDX-License-Identifier: Apache-2.0
#pragma once

// Readers of what vectors and scenarios have in common: bytes, revisions, ids, purposes, clauses.

#include <cstddef>
#include <string>
#include <vector>

#include "codec/revision.h"
#include "harness/suite/json_reader.h"
#include "harness/suite/wire_bytes.h"

namespace wsapi {

inline constexpr std::size_t kMaxExpandedSize = 4U << 20U;  // bytes, of bytes or texts by rule
inline constexpr std::size_t kMaxCount = 2'097'152;         // that a rule may repeat something

// Lower-case hexadecimal, spaces allowed, of `min` to `max` bytes.
[[nodiscard]] std::vector<std::byte> read_hex(const JsonPlace& place, std::size_t min = 0,
                                              std::size_t max = kMaxExpandedSize);

// Hexadecimal, or pieces: hexadecimal and {"repeat": hexadecimal, "count": n}.
[[nodiscard]] WireBytes read_wire_bytes(const JsonPlace& place);

// At least one, none twice.
[[nodiscard]] std::vector<Revision> read_revisions(const JsonPlace& place);

// "group/words", lower-case letters, digits and hyphens.
[[nodiscard]] std::string read_id(const JsonPlace& place);

// A sentence: no blank at either end, at least 10 bytes.
[[nodiscard]] std::string read_sentence(const JsonPlace& place);

// The anchor of a rule in vectors/PROTOCOL.md.
[[nodiscard]] std::string read_clause(const JsonPlace& place);

// The name of a flag: "EmbeddedNul".
[[nodiscard]] std::string read_flag(const JsonPlace& place);

}  // namespace wsapi
