// SPDX-License-Identifier: Apache-2.0
#pragma once

// The findings that vectors/recorded/known_differences.json explains.

#include <filesystem>
#include <string>
#include <vector>

#include "harness/judge/judgement.h"
#include "harness/suite/json_file.h"

namespace wsapi::recorded {

struct KnownDifferences {
  Findings findings;                 // one for each case of an entry
  std::vector<std::string> clauses;  // that the entries name
};

// Strict: an unknown, missing or empty member is an error, and so is a finding that comes twice
// with the same words. They must be equal to what judge_all() finds: no entry covers more than one
// finding for each of its cases, or none.
[[nodiscard]] KnownDifferences read_known_differences(const std::filesystem::path& path,
                                                      std::vector<FileError>& errors);

}  // namespace wsapi::recorded
