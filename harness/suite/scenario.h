// SPDX-License-Identifier: Apache-2.0
#pragma once

// Scenario files (`vectors/scenarios/*.json`): cases whose steps are written down.
// vectors/scenarios/README.md explains the steps.

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/suite/json_file.h"
#include "harness/suite/test_case.h"

namespace wsapi {

// All cases of the files in `folder`/scenarios. What cannot be used is left out and reported.
[[nodiscard]] std::vector<TestCase> load_scenarios(const std::filesystem::path& folder,
                                                   std::vector<FileError>& errors);

// The cases of one file, called `name`; as load_scenarios. Messages are moved out of `file`.
[[nodiscard]] std::vector<TestCase> read_scenarios(nlohmann::json& file, const std::string& name,
                                                   std::vector<FileError>& errors);

}  // namespace wsapi
