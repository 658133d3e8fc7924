// SPDX-License-Identifier: Apache-2.0

#include "harness/cli/read_cases.h"

#include <fmt/format.h>

#include "harness/cli/print_error.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

void print_unmatched(const UnmatchedValue& unmatched) {
  const bool is_id = unmatched.option == "--select" || unmatched.option == "--exclude";
  print_error(fmt::format("{} '{}' matches no case{}; see wsapi-conform list", unmatched.option,
                          printable(unmatched.value),
                          is_id ? ", whose ids are such as server/call/minimal" : ""));
}

}  // namespace

bool read_cases(const std::string& folder, const CaseFilter& filter, Catalogue& catalogue) {
  std::vector<FileError> errors;
  CaseMatcher matcher(filter);
  catalogue = load_catalogue(vectors_folder(folder), matcher, errors);
  print_errors(errors);
  if (!errors.empty()) return false;
  const std::vector<UnmatchedValue> unmatched = matcher.unmatched();
  for (const UnmatchedValue& value : unmatched) print_unmatched(value);
  if (!unmatched.empty()) return false;
  if (catalogue.cases.empty()) print_error("no case is selected: none meets all of the conditions");
  return !catalogue.cases.empty();
}

}  // namespace wsapi
