// SPDX-License-Identifier: Apache-2.0
//
// wsapi-conform list, explain: what there is.

#include <fmt/format.h>

#include "harness/commands.h"
#include "harness/printable.h"
#include "harness/text.h"

namespace wsapi {

ExitStatus execute(const ListCommand& options) {
  Catalogue catalogue;
  std::vector<const Case*> cases;
  if (!read_catalogue(options.vectors, catalogue)) return ExitStatus::kUsage;
  if (!choose_cases(catalogue, options.choice, cases)) return ExitStatus::kUsage;
  for (const Case* const the_case : cases) {
    if (options.long_form) {
      fmt::print("{}\n{}", the_case->id, wrapped("    " + printable(the_case->purpose, 1000), 4));
    } else {
      fmt::print("{}\n", the_case->id);
    }
  }
  return ExitStatus::kOk;
}

ExitStatus execute(const ExplainCommand& options) {
  Catalogue catalogue;
  if (!read_catalogue(options.vectors, catalogue)) return ExitStatus::kUsage;
  const Case* const the_case = catalogue.find(options.id);
  if (the_case == nullptr) {
    print_error(
        fmt::format("there is no case '{}'; see wsapi-conform list", printable(options.id)));
    return ExitStatus::kUsage;
  }
  fmt::print("{}", explain(*the_case));
  return ExitStatus::kOk;
}

}  // namespace wsapi
