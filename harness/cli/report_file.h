// SPDX-License-Identifier: Apache-2.0
#pragma once

// The reports that a command was asked for, as KIND:FILE.

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace wsapi {

struct ReportFile {
  std::string kind;
  std::string path;
  std::ofstream file;
};

// Opens them all, before there is anything to write, so that a wrong path is told at once. On
// failure, which has been printed, false. `kinds` are those that the command can write.
[[nodiscard]] bool open_reports(const std::vector<std::string>& specs,
                                const std::vector<std::string_view>& kinds,
                                std::vector<ReportFile>& out);

// Closes it. Where it could not be written to the end, which has been printed, false.
[[nodiscard]] bool close_report(ReportFile& report);

}  // namespace wsapi
