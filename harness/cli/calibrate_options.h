// SPDX-License-Identifier: Apache-2.0
#pragma once

// The options of wsapi-conform calibrate.

#include "harness/cli/calibrate_command.h"

namespace CLI {
class App;
}

namespace wsapi {

void add_calibrate_options(CLI::App& command, CalibrateCommand& options);

}  // namespace wsapi
