// SPDX-License-Identifier: Apache-2.0
#pragma once

// wsapi-conform vectors check and export.

#include <string>

#include "harness/cli/console.h"
#include "harness/result/exit_status.h"

namespace wsapi {

struct CheckVectorsCommand {
  std::string vectors;
};
[[nodiscard]] ExitStatus execute(const CheckVectorsCommand& options, Console& console);

struct ExportVectorsCommand {
  std::string vectors;
  std::string out = "-";  // a file, or "-" for standard output
};
[[nodiscard]] ExitStatus execute(const ExportVectorsCommand& options, Console& console);

}  // namespace wsapi
