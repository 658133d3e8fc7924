// SPDX-License-Identifier: Apache-2.0

#include "harness/cli/filter_options.h"

#include <map>
#include <string>

namespace wsapi {
namespace {

// Names to values, for the transformation of CLI11.
template <typename Enum, typename Values>
std::map<std::string, Enum> names_of(const Values& values) {
  std::map<std::string, Enum> names;
  for (const Enum value : values) names.emplace(name(value), value);
  return names;
}

// Adds an option of one of the names, which may be repeated.
template <typename Enum, typename Values>
void add_names(CLI::App& command, const char* option, std::vector<Enum>& chosen,
               const Values& values, const char* help) {
  const auto names = names_of<Enum>(values);
  std::string type;
  for (const Enum value : values) type.append(type.empty() ? "" : "|").append(name(value));
  command
      .add_option_function<std::vector<std::string>>(
          option,
          [&chosen, names](const std::vector<std::string>& texts) {
            chosen.clear();
            for (const std::string& text : texts) chosen.push_back(names.at(text));
          },
          help)
      ->type_name(type)
      ->allow_extra_args(false)
      ->check(CLI::IsMember(names));
}

void add_texts(CLI::App& command, const char* option, std::vector<std::string>& texts,
               const char* type, const char* help) {
  command.add_option(option, texts, help)->type_name(type)->allow_extra_args(false);
}

}  // namespace

void add_filter_options(CLI::App& command, CaseFilter& filter, bool runs) {
  add_texts(command, "--select", filter.select, "GLOB",
            "Cases whose id matches, such as 'server/call/*'; may be repeated (default: all)");
  add_texts(command, "--exclude", filter.exclude, "GLOB", "Not the cases whose id matches");
  if (runs) {
    filter.roles = {Role::kServer};
  } else {
    add_names(command, "--role", filter.roles, kRoles, "Cases that test this side");
  }
  add_names(command, "--level", filter.levels, kLevels, "Cases of this level");
  add_texts(command, "--clause", filter.clauses, "CLAUSE",
            "Cases of this rule of the protocol, or of the rules whose anchors begin so: events, "
            "events-push, or a section: 4");
  add_texts(command, "--flag", filter.flags, "FLAG", "Cases whose vector has this flag");
  command.add_flag("--hand-written", filter.hand_written, "Cases that are not derived from others");
}

}  // namespace wsapi
