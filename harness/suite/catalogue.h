// SPDX-License-Identifier: Apache-2.0
#pragma once

// The catalogue: every case there is, out of vectors, derived vectors and scenarios.

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/suite/case_filter.h"
#include "harness/suite/json_file.h"
#include "harness/suite/test_case.h"

namespace wsapi {

struct Catalogue {
  std::vector<TestCase> cases;  // ids are unique

  // The case with that id; nullptr where there is none.
  [[nodiscard]] const TestCase* find(std::string_view id) const;

  [[nodiscard]] std::vector<const TestCase*> pointers() const;
};

// Reads the folder of vectors, and makes the cases that the matcher chooses. What cannot be used is
// left out and reported, whether it would be chosen or not.
[[nodiscard]] Catalogue load_catalogue(const std::filesystem::path& folder, CaseMatcher& matcher,
                                       std::vector<FileError>& errors);

// The same with all cases.
[[nodiscard]] Catalogue load_catalogue(const std::filesystem::path& folder,
                                       std::vector<FileError>& errors);

// Where the vectors are: `given` if it is not empty, else the installed ones beside the running
// program, else those of the source tree it was built from.
[[nodiscard]] std::filesystem::path vectors_folder(const std::string& given);

}  // namespace wsapi
