// SPDX-License-Identifier: Apache-2.0
#pragma once

// Runs the suite on subjects, each by a process of its own of this same program, so that what is
// tested is what users run. Some at once.

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/calibrate/judgement.h"
#include "harness/calibrate/subject.h"

namespace wsapi {

struct CalibrationOptions {
  std::string program = {};          // path of wsapi-conform
  std::string vectors = {};          // folder; empty: that of the program
  std::set<std::string> rules = {};  // those that have cases
  std::size_t jobs = 4;
  // Variants and defects are tried by all cases.
  bool whole = false;
  std::chrono::seconds limit{180};  // of one run
};

// Called as each run ends, twice for those that are tried again, on the thread of calibrate().
using OnJudgement = std::function<void(const Judgement&, std::size_t done, std::size_t all)>;

// In the order of the subjects. A few that are wrong are tried again with nothing else running.
[[nodiscard]] std::vector<Judgement> calibrate(const std::vector<Subject>& subjects,
                                               const CalibrationOptions& options,
                                               const OnJudgement& on_judgement);

// The rules of a defect that have cases.
[[nodiscard]] std::vector<std::string> rules_with_cases(const Deviation& defect,
                                                        const std::set<std::string>& rules);

// The command that runs the suite on the subject, without the report.
[[nodiscard]] std::vector<std::string> command_of(const Subject& subject,
                                                  const CalibrationOptions& options);

// The matrix: a line for each subject, with details where it is not right; and the totals.
[[nodiscard]] std::string lines_of(const Judgement& judgement);
[[nodiscard]] std::string totals_text(const std::vector<Judgement>& judgements);
[[nodiscard]] std::string matrix_json(const std::vector<Judgement>& judgements);

}  // namespace wsapi
