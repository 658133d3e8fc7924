// SPDX-License-Identifier: Apache-2.0

#include "harness/cli/case_filter.h"

#include <fmt/format.h>

#include "harness/cli/print_error.h"
#include "harness/text/printable.h"

namespace wsapi {

bool choose_cases(const Catalogue& catalogue, const CaseFilter& filter,
                  std::vector<const TestCase*>& cases) {
  std::vector<std::string> unmatched;
  cases = choose(catalogue, filter.select, filter.exclude, unmatched);
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
