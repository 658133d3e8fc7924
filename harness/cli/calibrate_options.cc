// SPDX-License-Identifier: Apache-2.0

#include "harness/cli/calibrate_options.h"

#include <CLI/CLI.hpp>

namespace wsapi {

void add_calibrate_options(CLI::App& command, CalibrateCommand& options) {
  constexpr std::size_t kMaxRuns = 64;
  command
      .add_option("--only", options.only,
                  "Defects, variants and null peers whose name matches, such as 'events-*' "
                  "(default: all)")
      ->type_name("GLOB");
  command.add_option("--kind", options.kind, "Only these")
      ->check(CLI::IsMember({"reference", "null-peer", "variant", "defect"}));
  command.add_option("--jobs", options.jobs, "Runs of the suite at once")
      ->check(CLI::Range(std::size_t{1}, kMaxRuns))
      ->capture_default_str();
  command
      .add_option("--revision", options.revision,
                  "Only what exists in this revision, in it (default: each in the first of "
                  "2020-01, 2020-03, legacy that has it)")
      ->check(CLI::IsMember({"legacy", "2020-01", "2020-03"}));
  command.add_flag("--whole", options.whole,
                   "Try variants and defects with all cases; defects otherwise get those of their "
                   "rules, variants those that are written by hand and do not take long");
  command
      .add_option("--report", options.reports,
                  "Write the matrix; - is standard output, the text then goes to standard error")
      ->type_name("json:FILE")
      ->allow_extra_args(false);
  command
      .add_option("--vectors", options.vectors,
                  "Folder of the vectors (default: those of this program)")
      ->type_name("DIR");
  CLI::Option* const quiet = command.add_flag("--quiet", options.quiet, "No progress bar");
  command.add_flag("--verbose", options.verbose, "Print every line of the matrix")->excludes(quiet);
  command.footer("Exit status: 0 the suite is right, 1 it is not, 4 wrong use.");
}

}  // namespace wsapi
