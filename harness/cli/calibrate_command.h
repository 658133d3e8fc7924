// SPDX-License-Identifier: Apache-2.0
#pragma once

// wsapi-conform calibrate: the suite is tested by what it must fail and what it must pass.

#include <cstddef>
#include <string>
#include <vector>

#include "harness/cli/console.h"
#include "harness/result/exit_status.h"

namespace wsapi {

struct CalibrateCommand {
  std::string only;      // pattern of names; empty: all
  std::string kind;      // name; empty: all
  std::string revision;  // empty: the first in which each exists
  std::string vectors;   // folder; empty: that of the program
  std::size_t jobs = 4;
  bool whole = false;
  std::vector<std::string> reports;  // json:FILE
  bool quiet = false;
  bool verbose = false;
};
[[nodiscard]] ExitStatus execute(const CalibrateCommand& options, Console& console);

}  // namespace wsapi
