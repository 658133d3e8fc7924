// SPDX-License-Identifier: Apache-2.0
#pragma once

// wsapi-conform run: the suite against a server.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/cli/console.h"
#include "harness/cli/default_timeout.h"
#include "harness/cli/deviation_options.h"
#include "harness/result/exit_status.h"
#include "harness/suite/case_filter.h"

namespace wsapi {

struct RunCommand {
  std::string target;
  std::string builtin;
  std::string exec;     // command that starts the server; empty: it is there already, or built in
  std::string profile;  // file; empty: none
  int pid = 0;          // process of a server that is there already; 0: not told
  std::string vectors;  // folder; empty: that of the program
  DeviationChoice deviations;  // of the reference server, where that is the target
  CaseFilter filter;
  std::string revision = "auto";
  std::string test_api = "auto";
  bool strict = false;
  std::size_t jobs = 16;
  double timeout_s = kDefaultTimeout;  // at most; the waits follow from measured round trips
  double time_scale = 1;               // of those waits
  std::uint64_t seed = 0;
  bool no_confirm = false;
  std::size_t max_per_finding = 10;
  std::size_t repeat = 1;
  std::vector<std::string> reports;  // KIND:FILE
  std::string export_corpus;         // folder; empty: nothing is exported
  bool quiet = false;
  bool verbose = false;
};
[[nodiscard]] ExitStatus execute(const RunCommand& options, Console& console);

}  // namespace wsapi
