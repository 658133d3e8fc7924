// SPDX-License-Identifier: Apache-2.0
//
// wsapi-conform list, explain: what there is.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/cli/list_command.h"
#include "harness/cli/print_error.h"
#include "harness/cli/read_cases.h"
#include "harness/text/columns.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

// One line. Every case has every key.
std::string json_line(const TestCase& test_case) {
  nlohmann::ordered_json revisions = nlohmann::ordered_json::array();
  for (const Revision revision : test_case.revisions) revisions.push_back(name(revision));
  const nlohmann::ordered_json json{{"id", test_case.id},
                                    {"role", name(test_case.role)},
                                    {"purpose", test_case.purpose},
                                    {"clause", test_case.clause},
                                    {"level", name(test_case.level)},
                                    {"revisions", std::move(revisions)},
                                    {"requirements", test_case.requirements},
                                    {"flags", test_case.flags},
                                    {"derived", test_case.derived},
                                    {"runs", test_case.script != nullptr}};
  return json.dump() + "\n";
}

}  // namespace

ExitStatus execute(const ListCommand& options, Console& console) {
  Catalogue catalogue;
  if (!read_cases(options.vectors, options.filter, catalogue)) return ExitStatus::kUsage;
  for (const TestCase& test_case : catalogue.cases) {
    if (options.json) {
      console.write(json_line(test_case));
    } else if (options.long_form) {
      console.print("{}\n{}", test_case.id,
                    wrapped("    " + printable(test_case.purpose, 1000), 4));
    } else {
      console.print("{}\n", test_case.id);
    }
  }
  return ExitStatus::kOk;
}

ExitStatus execute(const ExplainCommand& options, Console& console) {
  CaseFilter filter;
  filter.select = {options.id};
  CaseMatcher matcher(filter);
  std::vector<FileError> errors;
  const Catalogue catalogue = load_catalogue(vectors_folder(options.vectors), matcher, errors);
  print_errors(errors);
  if (!errors.empty()) return ExitStatus::kUsage;
  const TestCase* const test_case = catalogue.find(options.id);
  if (test_case == nullptr) {
    print_error(
        fmt::format("there is no case '{}'; see wsapi-conform list", printable(options.id)));
    return ExitStatus::kUsage;
  }
  console.write(explain(*test_case));
  return ExitStatus::kOk;
}

}  // namespace wsapi
