// SPDX-License-Identifier: Apache-2.0
#pragma once

// What an implementation claims of itself (its PICS), and what is needed to run the suite on it
// (its PIXIT), as a file: vectors/profiles/README.md explains every member.

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/revision.h"
#include "harness/suite/json_file.h"

namespace wsapi {

// How the suite starts it.
struct ProfileProcess {
  std::vector<std::string> command;  // words; empty where `command_line` has them
  std::string command_line;          // to be split as --exec is
  std::vector<std::pair<std::string, std::string>> environment;
  std::string folder;  // to run in; empty: that of the suite
  std::optional<double> ready_seconds;
  std::optional<double> stop_seconds;
  std::optional<std::uint64_t> open_files;
  std::optional<std::uint64_t> address_space_mib;
};

// What stands there for a verb of the test API (apply_profile.h).
struct VerbMapping {
  std::string verb;
  nlohmann::json args;   // template
  nlohmann::json reply;  // template

  // That of a verb that is there as the test API has it.
  [[nodiscard]] static VerbMapping as_it_is(std::string_view verb);
  [[nodiscard]] bool is_as_it_is(std::string_view table_verb) const;
};

struct Profile {
  std::string name;
  std::string version;
  std::string address;  // empty: made up where the suite starts it, else given by --target
  std::optional<ProfileProcess> process;
  std::optional<Revision> revision;
  std::optional<bool> description;  // whether DESCRIBE is answered by an object; none: not said
  std::map<std::string, VerbMapping, std::less<>> verbs;  // those of the test API that are there
  std::optional<double> messages_per_second;              // unasked, when nothing happens
  std::vector<std::string> added_patterns;                // of lines that tell of a fault
  std::vector<std::string> removed_patterns;
  std::optional<double> answer_seconds;

  // The requirements of cases that it claims to meet: "verb:echo".
  [[nodiscard]] std::vector<std::string> offered() const;
};

// std::nullopt, with errors, where the file is not a profile.
[[nodiscard]] std::optional<Profile> load_profile(const std::string& path,
                                                  std::vector<FileError>& errors);
[[nodiscard]] std::optional<Profile> read_profile(nlohmann::json& file, const std::string& name,
                                                  std::vector<FileError>& errors);

}  // namespace wsapi
