// SPDX-License-Identifier: Apache-2.0

#include "harness/cli/deviation_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "harness/cli/print_error.h"
#include "harness/peers/builtin.h"
#include "harness/peers/deviations/defects.h"
#include "harness/peers/deviations/variants.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

// False, with a message, where one cannot be had.
bool add_chosen(const char* option, const std::vector<std::string>& names,
                const std::vector<Deviation>& table, std::optional<Revision> revision,
                std::vector<const Deviation*>& chosen) {
  for (const std::string& name : names) {
    const Deviation* const one = find_deviation(table, name);
    if (one == nullptr) {
      print_error(fmt::format("{}: there is no '{}'; serve {}s lists them", option, printable(name),
                              std::string(option).insert(2, "list-")));
      return false;
    }
    if (revision && !is_of(*one, *revision)) {
      print_error(
          fmt::format("{} {}: not in revision {}", option, one->name, wsapi::name(*revision)));
      return false;
    }
    chosen.push_back(one);
  }
  return true;
}

}  // namespace

void add_deviation_options(CLI::App& command, DeviationChoice& choice) {
  command
      .add_option("--defect", choice.defects,
                  "The reference server breaks a rule: a name of serve --list-defects; may be "
                  "repeated")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command
      .add_option("--variant", choice.variants,
                  "The reference server is unusual but right: a name of serve --list-variants; may "
                  "be repeated")
      ->type_name("NAME")
      ->allow_extra_args(false);
}

std::optional<std::vector<const Deviation*>> chosen_deviations(const DeviationChoice& choice,
                                                               std::optional<Revision> revision) {
  std::vector<const Deviation*> chosen;
  const bool is_good = add_chosen("--defect", choice.defects, defects(), revision, chosen) &&
                       add_chosen("--variant", choice.variants, variants(), revision, chosen);
  return is_good ? std::optional(std::move(chosen)) : std::nullopt;
}

std::string to_options(const DeviationChoice& choice) {
  std::string out;
  for (const std::string& name : choice.defects) out += " --defect " + name;
  for (const std::string& name : choice.variants) out += " --variant " + name;
  return out;
}

void print_deviations(Console& console, const std::vector<Deviation>& table) {
  for (const Deviation& one : table) {
    console.print("{}\n    {}: {}\n", one.name, one.rule, one.summary);
  }
  console.print("{} in all\n", table.size());
}

}  // namespace wsapi
