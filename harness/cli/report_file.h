// SPDX-License-Identifier: Apache-2.0
#pragma once

// The reports that a command was asked for, as KIND:FILE, where - is standard output.

#include <deque>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "harness/cli/console.h"
#include "harness/cli/output_file.h"

namespace wsapi {

// A place for one report: a file or standard output.
class ReportPlace {
 public:
  // `path` is that of a file, or "-".
  ReportPlace(std::string path, Console& console);

  [[nodiscard]] bool is_standard_output() const { return path_ == "-"; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  // Opens it; on failure, which has been printed, null. The stream is good until finish().
  [[nodiscard]] std::ostream* open(
      OutputFile::Unfinished unfinished = OutputFile::Unfinished::kRemoved);
  // Where it could not be written to the end, which has been printed, false. What goes wrong with
  // standard output is the console's to say.
  [[nodiscard]] bool finish();

  // All at once.
  [[nodiscard]] bool write(const std::function<void(std::ostream&)>& writer);

 private:
  std::string path_;
  Console* console_;
  std::optional<OutputFile> file_;
};

struct ReportFile {
  ReportFile(std::string report_kind, std::string path, Console& console);

  std::string kind;
  ReportPlace place;
};
using ReportFiles = std::deque<ReportFile>;

// Checks all of them, before there is anything to write, so that a wrong path is reported at once.
// On failure, which has been printed, false. `kinds` are those that the command can write. Where
// one of them goes to standard output, the console's text goes to standard error.
[[nodiscard]] bool check_reports(const std::vector<std::string>& specs,
                                 const std::vector<std::string_view>& kinds, Console& console,
                                 ReportFiles& out);

}  // namespace wsapi
