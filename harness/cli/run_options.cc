// SPDX-License-Identifier: Apache-2.0

#include "harness/cli/run_options.h"

#include <CLI/CLI.hpp>

#include "harness/cli/common_options.h"
#include "harness/cli/deviation_options.h"
#include "harness/cli/filter_options.h"

namespace wsapi {
namespace {

constexpr std::size_t kMaxJobs = 512;
constexpr std::size_t kMaxRepeat = 100'000;
constexpr double kMinTimeScale = 0.01;
constexpr double kMaxTimeScale = 1000;

void add_running_options(CLI::App& command, RunCommand& options) {
  command.add_option("--test-api", options.test_api, "Whether the server has the test API")
      ->check(CLI::IsMember({"auto", "full", "none"}))
      ->capture_default_str();
  command.add_flag("--strict", options.strict, "A failed case of level should fails the run");
  command.add_option("--jobs", options.jobs, "Cases at once")
      ->check(CLI::Range(std::size_t{1}, kMaxJobs))
      ->capture_default_str();
  command.add_option("--timeout", options.timeout_s, "Longest wait for one answer")
      ->type_name("SECONDS")
      ->check(number_from(kMinTimeout, kMaxTimeout))
      ->capture_default_str();
  command
      .add_option("--time-scale", options.time_scale,
                  "Factor of the waits that follow from measured round trips")
      ->type_name("X")
      ->check(number_from(kMinTimeScale, kMaxTimeScale))
      ->capture_default_str();
  command.add_option("--seed", options.seed, "Order of the cases; 0: that of the catalogue")
      ->check(check_seed)
      ->capture_default_str();
  command.add_flag("--no-confirm", options.no_confirm,
                   "Do not run again, alone, the cases that failed while others ran");
  command
      .add_option("--max-per-finding", options.max_per_finding,
                  "After N failures of one kind that cost a full time limit each, leave out the "
                  "other cases that fail so")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
      ->capture_default_str();
  command.add_option("--repeat", options.repeat, "Run each case N times")
      ->check(CLI::Range(std::size_t{1}, kMaxRepeat))
      ->capture_default_str();
}

void add_output_options(CLI::App& command, RunCommand& options) {
  command
      .add_option("--report", options.reports,
                  "Write a report of KIND junit, json, text or ndjson; - is standard output, the "
                  "text then goes to standard error; may be repeated")
      ->type_name("KIND:FILE")
      ->allow_extra_args(false);
  command
      .add_option("--export-corpus", options.export_corpus,
                  "Write what passes on the connections as inputs for the fuzz targets")
      ->type_name("DIR")
      ->check(not_empty);
  CLI::Option* const quiet = command.add_flag("--quiet", options.quiet, "Print the sums only");
  command.add_flag("--verbose", options.verbose, "Print every case, and all failures in full")
      ->excludes(quiet);
}

}  // namespace

void add_run_options(CLI::App& command, RunCommand& options) {
  add_target_options(command, options.target, options.builtin, options.revision);
  add_deviation_options(command, options.deviations);
  add_process_options(command, options.exec, options.pid);
  add_profile_option(command, options.profile);
  add_filter_options(command, options.filter, true);
  add_running_options(command, options);
  add_output_options(command, options);
  add_vectors_option(command, options.vectors);
}

}  // namespace wsapi
