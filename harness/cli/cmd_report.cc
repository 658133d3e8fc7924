// SPDX-License-Identifier: Apache-2.0
//
// wsapi-conform report: reports made of the records of a run, the same as the run itself makes.

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <iostream>
#include <system_error>

#include "harness/cli/print_error.h"
#include "harness/cli/report_command.h"
#include "harness/cli/report_file.h"
#include "harness/result/records_json.h"
#include "harness/result/report/report.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

// The records in the file; on failure, which has been printed, false.
bool read_file(const std::string& path, RunRecords& records) {
  const bool is_standard_input = path == "-";
  const std::string shown = is_standard_input ? "standard input" : printable(path);
  std::ifstream file;
  errno = 0;
  if (!is_standard_input) file.open(path, std::ios::binary);
  // A folder can be opened, and not read.
  if (!is_standard_input && (!file || (file.peek(), file.bad()))) {
    print_error(shown + ": cannot be read: " + std::generic_category().message(errno));
    return false;
  }
  RecordsError error;
  if (read_records(is_standard_input ? std::cin : file, records, error)) return true;
  print_error(fmt::format("{}: line {}: {}", shown, error.line, printable(error.message, 1000)));
  return false;
}

}  // namespace

ExitStatus execute(const ReportCommand& options, Console& console) {
  ReportPlace place(options.out, console);
  if (!place.is_standard_output() && !OutputFile::check(options.out)) return ExitStatus::kUsage;
  RunRecords records;
  if (!read_file(options.records, records)) return ExitStatus::kUsage;
  const ReportKind& kind = *find_report_kind(options.kind);
  const bool is_written = place.write([&](std::ostream& out) { kind.write(out, records); });
  return is_written ? ExitStatus::kOk : ExitStatus::kNotWritten;
}

}  // namespace wsapi
