// SPDX-License-Identifier: Apache-2.0

#include "harness/cli/print_error.h"

#include <cstdio>

namespace wsapi {

void print_note(const std::string& text) {
  // Where even this fails, there is nobody left to tell.
  (void)std::fputs((text + "\n").c_str(), stderr);
}

void print_error(const std::string& message) { print_note("error: " + message); }

void print_errors(const std::vector<FileError>& errors) {
  for (const FileError& error : errors) print_error(to_string(error));
}

}  // namespace wsapi
