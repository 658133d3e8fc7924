// SPDX-License-Identifier: Apache-2.0
#pragma once

// How bytes and revisions stand in the project's JSON files; the files have passed their schema.

#include <cstddef>
#include <nlohmann/json.hpp>
#include <vector>

#include "codec/revision.h"
#include "harness/suite/wire_bytes.h"

namespace wsapi {

// Hexadecimal, spaces allowed.
[[nodiscard]] std::vector<std::byte> hex_of(const nlohmann::json& json);

// Hexadecimal, or pieces: hexadecimal and {"repeat": hexadecimal, "count": n}.
[[nodiscard]] WireBytes wire_bytes_of(const nlohmann::json& json);

[[nodiscard]] std::vector<Revision> revisions_of(const nlohmann::json& json);

}  // namespace wsapi
