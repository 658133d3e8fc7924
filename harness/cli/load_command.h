// SPDX-License-Identifier: Apache-2.0
#pragma once

// wsapi-conform load: calls a second, and how long each takes.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/console.h"
#include "harness/cli/default_timeout.h"
#include "harness/result/exit_status.h"

namespace wsapi {

struct LoadCommand {
  std::string target;
  std::string builtin;
  std::string revision = "auto";
  std::size_t connections = 1;
  std::optional<double> rate;  // calls per second; none: as fast as it goes
  double seconds = 10;
  double warmup_s = 1;
  std::optional<std::size_t> pipeline;  // none: 1, with a rate as many as the protocol allows
  std::string verb;                     // empty: one that no server has
  std::string args;                     // JSON; empty: as `size` says
  std::optional<std::size_t> size;      // of the arguments, in bytes; none: null
  double timeout_s = kDefaultTimeout;
  std::vector<std::string> reports;  // json:FILE
  bool quiet = false;
};
[[nodiscard]] ExitStatus execute(const LoadCommand& options, Console& console);

}  // namespace wsapi
