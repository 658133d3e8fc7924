// SPDX-License-Identifier: Apache-2.0
#pragma once

// From what the suite works with, test cases and outcomes, to what reports are made of: definitions
// and records.

#include <cstdint>
#include <vector>

#include "harness/result/case_record.h"
#include "harness/suite/test_case.h"
#include "harness/tester/interpreter.h"

namespace wsapi {

[[nodiscard]] CaseDefinition definition_of(const TestCase& test_case);
[[nodiscard]] std::vector<CaseDefinition> definitions_of(
    const std::vector<const TestCase*>& test_cases);

struct RunDetails {
  std::int64_t start_us = 0;  // since the run of the suite began
  bool keep_log = false;      // also of a case that passed
  Revision revision = kReferenceRevision;
};

// Counts a run of the case. The record holds what is told of the first of the worst runs.
void record_run(CaseRecord& record, const Outcome& outcome, const RunDetails& details);

}  // namespace wsapi
