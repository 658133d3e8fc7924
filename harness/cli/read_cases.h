// SPDX-License-Identifier: Apache-2.0
#pragma once

// Reading the cases that a command works on.

#include <string>

#include "harness/suite/case_filter.h"
#include "harness/suite/catalogue.h"

namespace wsapi {

// The cases of the folder (empty: that of the program) that the filter chooses. False, with
// messages, where a file cannot be used, a value of the filter matches nothing, or no case is left.
[[nodiscard]] bool read_cases(const std::string& folder, const CaseFilter& filter,
                              Catalogue& catalogue);

}  // namespace wsapi
