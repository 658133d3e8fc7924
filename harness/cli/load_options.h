// SPDX-License-Identifier: Apache-2.0
#pragma once

// The options of the command load.

#include "harness/cli/load_command.h"

namespace CLI {
class App;
}

namespace wsapi {

// `options` must live as long as the command.
void add_load_options(CLI::App& command, LoadCommand& options);

}  // namespace wsapi
