// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is printed for errors, on standard error.

#include <string>
#include <vector>

#include "harness/suite/json_file.h"

namespace wsapi {

// "error: MESSAGE" on standard error.
void print_error(const std::string& message);
void print_errors(const std::vector<FileError>& errors);

}  // namespace wsapi
