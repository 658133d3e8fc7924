// SPDX-License-Identifier: Apache-2.0
//
// wsapi-conform list, explain: what there is.

#include <fmt/format.h>

#include "harness/cli/list_command.h"
#include "harness/cli/print_error.h"
#include "harness/text/columns.h"
#include "harness/text/printable.h"

namespace wsapi {

ExitStatus execute(const ListCommand& options) {
  Catalogue catalogue;
  std::vector<const TestCase*> cases;
  if (!read_catalogue(options.vectors, catalogue)) return ExitStatus::kUsage;
  if (!choose_cases(catalogue, options.filter, cases)) return ExitStatus::kUsage;
  for (const TestCase* const test_case : cases) {
    if (options.long_form) {
      fmt::print("{}\n{}", test_case->id, wrapped("    " + printable(test_case->purpose, 1000), 4));
    } else {
      fmt::print("{}\n", test_case->id);
    }
  }
  return ExitStatus::kOk;
}

ExitStatus execute(const ExplainCommand& options) {
  Catalogue catalogue;
  if (!read_catalogue(options.vectors, catalogue)) return ExitStatus::kUsage;
  const TestCase* const test_case = catalogue.find(options.id);
  if (test_case == nullptr) {
    print_error(
        fmt::format("there is no case '{}'; see wsapi-conform list", printable(options.id)));
    return ExitStatus::kUsage;
  }
  fmt::print("{}", explain(*test_case));
  return ExitStatus::kOk;
}

}  // namespace wsapi
