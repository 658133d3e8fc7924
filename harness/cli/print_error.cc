// SPDX-License-Identifier: Apache-2.0

#include "harness/cli/print_error.h"

#include <fmt/format.h>

#include <cstdio>

namespace wsapi {

void print_error(const std::string& message) { fmt::print(stderr, "error: {}\n", message); }

void print_errors(const std::vector<FileError>& errors) {
  for (const FileError& error : errors) print_error(to_string(error));
}

}  // namespace wsapi
