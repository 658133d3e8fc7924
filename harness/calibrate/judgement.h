// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a run on one subject says of the suite.

#include <cstddef>
#include <string>
#include <vector>

#include "harness/calibrate/subject.h"
#include "harness/calibrate/suite_report.h"

namespace wsapi {

struct Judgement {
  Subject subject;
  bool is_right = false;
  std::string why = {};  // where it is not right: what is wrong with the suite, or with the run
  std::size_t passed = 0;
  std::size_t failed = 0;      // of all levels
  std::size_t own_failed = 0;  // defects: cases of its rules
  std::size_t findings = 0;
  std::vector<std::string> examples =
      {};  // ids of cases that failed, or wrongly passed, with reasons
  double seconds = 0;
};

// `report` is null where the run has left none; `exit_status` then says what became of it.
[[nodiscard]] Judgement judge(const Subject& subject, const SuiteReport* report, int exit_status);

// Most findings that one defect may come to; of `percent` of all defects.
inline constexpr std::size_t kMaxFindings = 2;
inline constexpr std::size_t kMinPercentOfFindings = 90;

struct Totals {
  std::size_t subjects = 0;
  std::size_t right = 0;
  std::size_t defects = 0;
  std::size_t killed = 0;
  std::size_t with_few_findings = 0;  // of the defects whose report has findings
  std::size_t with_findings = 0;
};
[[nodiscard]] Totals totals_of(const std::vector<Judgement>& judgements);
[[nodiscard]] bool is_calibrated(const Totals& totals);

}  // namespace wsapi
