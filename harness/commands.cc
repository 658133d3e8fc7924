// SPDX-License-Identifier: Apache-2.0

#include "harness/commands.h"

#include <fmt/format.h>

#include <cstdio>

#include "harness/printable.h"

namespace wsapi {

void print_error(const std::string& message) { fmt::print(stderr, "error: {}\n", message); }

void print_errors(const std::vector<FileError>& errors) {
  for (const FileError& error : errors) print_error(to_string(error));
}

bool choose_cases(const Catalogue& catalogue, const Choice& choice,
                  std::vector<const Case*>& cases) {
  std::vector<std::string> unmatched;
  cases = choose(catalogue, choice.select, choice.exclude, unmatched);
  for (const std::string& pattern : unmatched) {
    print_error(fmt::format("no case has an id that matches '{}'; see wsapi-conform list",
                            printable(pattern)));
  }
  if (unmatched.empty() && cases.empty()) print_error("no case is selected");
  return unmatched.empty() && !cases.empty();
}

bool read_catalogue(const std::string& folder, Catalogue& catalogue) {
  std::vector<FileError> errors;
  catalogue = load_catalogue(vectors_folder(folder), errors);
  print_errors(errors);
  return errors.empty();
}

}  // namespace wsapi
