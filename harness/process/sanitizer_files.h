// SPDX-License-Identifier: Apache-2.0
#pragma once

// Sanitizers are told by variables of the environment to write their reports into a folder of the
// suite; here they are read while they grow.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/process/output_lines.h"
#include "harness/process/sanitizer_report.h"
#include "harness/process/temporary_folder.h"

namespace wsapi {

using Environment = std::vector<std::pair<std::string, std::string>>;

class SanitizerFiles {
 public:
  static constexpr std::size_t kMaxFiles = 64;
  static constexpr std::uintmax_t kMaxFileSize = 4U << 20U;  // bytes of one that are read

  // ASAN_OPTIONS and the like: what `given` or else the suite's environment has, and ours. Where
  // the folder could not be made, reports come on standard error.
  [[nodiscard]] Environment options(const Environment& given) const;

  // Appends the reports that have become complete; with `is_last`, also those that have not.
  void read(bool is_last, std::vector<FaultReport>& out);
  // Those that have no line to mark their end (SanitizerReports).
  void finish_open_ends(std::vector<FaultReport>& out);
  // Removes the files, before another start.
  void clear();

 private:
  struct File {
    std::uintmax_t offset = 0;  // bytes that have been read
    LineSplitter lines;
    SanitizerReports reports;
  };

  static void read_file(const std::filesystem::path& path, File& file,
                        std::vector<FaultReport>& out);

  TemporaryFolder folder_{"wsapi-reports"};
  std::map<std::string, File> files_;
};

}  // namespace wsapi
