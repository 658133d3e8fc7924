// SPDX-License-Identifier: Apache-2.0
#pragma once

// wsapi-conform vectors check and export.

#include <string>

#include "harness/result/exit_status.h"

namespace wsapi {

struct CheckVectorsCommand {
  std::string vectors;
};
[[nodiscard]] ExitStatus execute(const CheckVectorsCommand& options);

struct ExportVectorsCommand {
  std::string vectors;
  std::string out = "-";  // a file, or "-" for standard output
};
[[nodiscard]] ExitStatus execute(const ExportVectorsCommand& options);

}  // namespace wsapi
