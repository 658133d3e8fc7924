// SPDX-License-Identifier: Apache-2.0
#pragma once

// The options of the command run.

#include "harness/cli/run_command.h"

namespace CLI {
class App;
}

namespace wsapi {

// `options` must live as long as the command.
void add_run_options(CLI::App& command, RunCommand& options);

}  // namespace wsapi
