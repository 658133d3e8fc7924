// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is told of a run: as text for people, as JSON and JUnit XML for machines. All three are made
// from the same RunResult. Texts that came from the implementation under test are escaped.

#include <cstdint>
#include <iosfwd>
#include <string>

#include "harness/run/runner.h"

namespace wsapi {

// The circumstances of a run, for the heads of reports.
struct RunContext {
  std::string target;  // address, canonical
  Revision revision = kReferenceRevision;
  std::string revision_note;
  bool test_api = false;
  std::string test_api_note;
  bool strict = false;
  std::size_t jobs = 1;
  std::size_t repeat = 1;
  std::uint64_t seed = 0;
  std::string rerun;  // the command that runs again what was run, without the choice of cases
};

// Version of the layout of the JSON report; it grows when a reader has to change.
inline constexpr int kJsonReportVersion = 1;

void write_json_report(std::ostream& out, const RunResult& result, const RunContext& context);
void write_junit_report(std::ostream& out, const RunResult& result, const RunContext& context);

// One line of sums, and whether the run came to its end.
[[nodiscard]] std::string summary_text(const RunResult& result, const RunContext& context);

// The cases that did not pass, each with purpose, clause, what was expected, what came, and the
// command that runs just this case; in full for the first `max_details` of them.
[[nodiscard]] std::string failures_text(const RunResult& result, const RunContext& context,
                                        std::size_t max_details);

// One line for each case.
[[nodiscard]] std::string cases_text(const RunResult& result);

}  // namespace wsapi
