// SPDX-License-Identifier: Apache-2.0
#pragma once

// The catalogue: every case there is, out of vectors, derived vectors and scenarios, and the choice
// of cases by the patterns of the command line.

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/suite/json_file.h"
#include "harness/suite/script.h"
#include "harness/suite/vectors.h"

namespace wsapi {

// Calls `visit` with each message vector, and behind it with those derived from it.
void for_each_with_derived(const std::vector<MessageVector>& vectors,
                           const std::function<void(const MessageVector&)>& visit);

struct Catalogue {
  std::vector<TestCase> cases;  // ids are unique

  [[nodiscard]] const TestCase* find(std::string_view id) const;
};

// Reads the folder of vectors. What cannot be used is left out and reported.
[[nodiscard]] Catalogue load_catalogue(const std::filesystem::path& folder,
                                       std::vector<FileError>& errors);

// Whether the whole text matches: `*` is any text, `?` any one character.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view text) noexcept;

// The cases that match at least one of `select` (all, where it is empty) and none of `exclude`.
// Patterns that match no case at all are appended to `unmatched`.
[[nodiscard]] std::vector<const TestCase*> choose(const Catalogue& catalogue,
                                                  const std::vector<std::string>& select,
                                                  const std::vector<std::string>& exclude,
                                                  std::vector<std::string>& unmatched);

// Where the vectors are: `given` if it is not empty, else the installed ones beside the running
// program, else those of the source tree it was built from.
[[nodiscard]] std::filesystem::path vectors_folder(const std::string& given);

}  // namespace wsapi
