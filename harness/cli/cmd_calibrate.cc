// SPDX-License-Identifier: Apache-2.0
//
// wsapi-conform calibrate: the suite is tested by what it must fail and what it must pass.

#include <fmt/format.h>

#include <filesystem>

#include "harness/calibrate/calibration.h"
#include "harness/cli/calibrate_command.h"
#include "harness/cli/print_error.h"
#include "harness/cli/read_cases.h"
#include "harness/cli/report_file.h"
#include "harness/text/progress.h"

namespace wsapi {

ExitStatus execute(const CalibrateCommand& options, Console& console) {
  ReportFiles reports;
  if (!check_reports(options.reports, {"json"}, console, reports)) return ExitStatus::kUsage;
  std::vector<Subject> chosen = subjects(parse_revision(options.revision), options.only);
  std::erase_if(chosen, [&](const Subject& subject) {
    return !options.kind.empty() && name(subject.kind) != options.kind;
  });
  if (chosen.empty()) {
    print_error("--only: nothing of that kind has such a name");
    return ExitStatus::kUsage;
  }
  CaseFilter filter;
  filter.roles = {Role::kServer};
  Catalogue catalogue;
  if (!read_cases(options.vectors, filter, catalogue)) return ExitStatus::kUsage;
  CalibrationOptions how;
  for (const TestCase& one : catalogue.cases) how.rules.insert(one.clause);
  how.program = std::filesystem::read_symlink("/proc/self/exe").string();
  how.vectors = options.vectors;
  how.jobs = options.jobs;
  how.whole = options.whole;
  ProgressBar progress(options.quiet);
  const auto tell = [&](const Judgement& one, std::size_t done, std::size_t all) {
    progress.clear();
    if (options.verbose || !one.is_right) console.write(lines_of(one));
    console.flush();
    progress.show(done, all);
  };
  const std::vector<Judgement> judgements = calibrate(chosen, how, tell);
  progress.clear();
  console.write(totals_text(judgements));
  console.flush();
  bool is_written = true;
  for (ReportFile& report : reports) {
    is_written = report.place.write([&](std::ostream& out) { out << matrix_json(judgements); }) &&
                 is_written;
  }
  const bool is_right = is_calibrated(totals_of(judgements));
  const ExitStatus status = is_right ? ExitStatus::kOk : ExitStatus::kFailed;
  return is_written ? status : with_output_lost(status);
}

}  // namespace wsapi
