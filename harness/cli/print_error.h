// SPDX-License-Identifier: Apache-2.0
#pragma once

// Errors and notes, on standard error.

#include <string>
#include <vector>

#include "harness/suite/json_file.h"

namespace wsapi {

// A line of its own.
void print_note(const std::string& text);
// "error: MESSAGE"
void print_error(const std::string& message);
void print_errors(const std::vector<FileError>& errors);

}  // namespace wsapi
