// SPDX-License-Identifier: Apache-2.0
#pragma once

// vectors/clauses.json: every rule of the protocol page, which side keeps it, how binding it is,
// and what it says in a sentence.

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/suite/json_file.h"
#include "harness/suite/level.h"

namespace wsapi {

// kNone: a definition, or what is known of peers; nobody keeps it.
enum class ClauseSide : std::uint8_t { kServer, kClient, kBoth, kCodec, kNone };

inline constexpr std::array kClauseSides{ClauseSide::kServer, ClauseSide::kClient,
                                         ClauseSide::kBoth, ClauseSide::kCodec, ClauseSide::kNone};

[[nodiscard]] constexpr std::string_view name(ClauseSide side) noexcept {
  constexpr std::array<std::string_view, kClauseSides.size()> kNames{"server", "client", "both",
                                                                     "codec", "none"};
  return kNames[static_cast<std::size_t>(side)];
}

struct Clause {
  std::string anchor;          // in vectors/PROTOCOL.md
  std::optional<Level> level;  // none where nobody keeps it
  ClauseSide side = ClauseSide::kNone;
  std::string text;  // one sentence

  [[nodiscard]] bool binds_server() const noexcept {
    return side == ClauseSide::kServer || side == ClauseSide::kBoth;
  }
};

// The rules in the order of the page. What is wrong in the file is added to `errors`.
[[nodiscard]] std::vector<Clause> load_clauses(const std::filesystem::path& vectors_folder,
                                               std::vector<FileError>& errors);

}  // namespace wsapi
