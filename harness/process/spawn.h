// SPDX-License-Identifier: Apache-2.0
#pragma once

// Starting a process in a process group of its own, with pipes for what it writes. A guard process
// kills the group when the suite goes without having stopped it, however it goes.

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wsapi {

// What the process may use; none: what the suite may.
struct ProcessLimits {
  std::optional<std::uint64_t> open_files;
  std::optional<std::uint64_t> address_space_mib;
};

struct SpawnSpec {
  std::vector<std::string> command;  // the program, which is looked for in PATH, and its arguments
  std::vector<std::pair<std::string, std::string>> environment = {};  // beside that of the suite
  std::string folder = {};  // to run in; empty: that of the suite
  ProcessLimits limits = {};
};

struct Spawned {
  pid_t pid = -1;    // also the id of its process group; -1: it could not be started
  int output = -1;   // to read its standard output from; does not block
  int errors = -1;   // likewise its standard error
  pid_t guard = -1;  // end_guard() ends it
  int guard_end = -1;
  std::string error;  // why it could not be started
};

// Standard input of the process is /dev/null, and it inherits no other descriptor.
[[nodiscard]] Spawned spawn(const SpawnSpec& spec);

// After the process group has ended.
void end_guard(Spawned& spawned);

}  // namespace wsapi
