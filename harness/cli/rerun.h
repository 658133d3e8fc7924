// SPDX-License-Identifier: Apache-2.0
#pragma once

// How to run again what was run: the command line for a shell, with the options that were given
// and change what a single case does.

#include <string>

#include "harness/cli/run_command.h"

namespace wsapi {

[[nodiscard]] std::string rerun_command(const RunCommand& options);

}  // namespace wsapi
