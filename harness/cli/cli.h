// SPDX-License-Identifier: Apache-2.0
#pragma once

// The command line of wsapi-conform. Its parser is known to one source file alone, as it takes long
// to compile.

namespace wsapi {

// The whole program: parses, runs the command (commands.h), and returns the exit status.
[[nodiscard]] int run_program(int argc, char** argv);

}  // namespace wsapi
