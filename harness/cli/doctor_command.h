// SPDX-License-Identifier: Apache-2.0
#pragma once

// wsapi-conform doctor: whether a profile is right, the server there, and each claim true.

#include <string>

#include "harness/cli/console.h"
#include "harness/cli/default_timeout.h"
#include "harness/result/exit_status.h"

namespace wsapi {

struct DoctorCommand {
  std::string target;
  std::string profile;  // file; empty: there is none
  std::string exec;     // command that starts the server; empty: that of the profile
  int pid = 0;          // process of a server that is there already; 0: not told
  double timeout_s = kDefaultTimeout;
  bool json = false;
};
[[nodiscard]] ExitStatus execute(const DoctorCommand& options, Console& console);

}  // namespace wsapi
