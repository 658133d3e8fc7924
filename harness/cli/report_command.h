// SPDX-License-Identifier: Apache-2.0
#pragma once

// wsapi-conform report: reports made of the records of a run.

#include <string>

#include "harness/cli/console.h"
#include "harness/result/exit_status.h"

namespace wsapi {

struct ReportCommand {
  std::string kind;       // one of kReportKinds
  std::string records;    // NDJSON; a file, or "-" for standard input
  std::string out = "-";  // a file, or "-" for standard output
};
[[nodiscard]] ExitStatus execute(const ReportCommand& options, Console& console);

}  // namespace wsapi
