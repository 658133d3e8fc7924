// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which cases a command works on, and reading them.

#include <string>
#include <vector>

#include "harness/suite/catalogue.h"

namespace wsapi {

// Which cases: ids that match one of `select` (all, where it is empty) and none of `exclude`.
struct CaseFilter {
  std::vector<std::string> select;
  std::vector<std::string> exclude;
};

// The chosen cases; on failure, which has been printed, false.
[[nodiscard]] bool choose_cases(const Catalogue& catalogue, const CaseFilter& filter,
                                std::vector<const TestCase*>& cases);

// The catalogue of the folder; on failure, which has been printed, false.
[[nodiscard]] bool read_catalogue(const std::string& folder, Catalogue& catalogue);

}  // namespace wsapi
