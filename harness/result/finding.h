// SPDX-License-Identifier: Apache-2.0
#pragma once

// Findings: one for each fault of the implementation under test, as far as the records tell the
// faults apart. A finding holds the cases that show it, the smallest as its example.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/result/run_records.h"

namespace wsapi {

enum class FindingKind : std::uint8_t {
  kFault,          // it shows outside the wire: a crash, a report, a measure
  kFeature,        // the basic case of a feature failed, and what uses it is blocked
  kFailure,        // cases that failed for one reason
  kInterference,   // cases that pass alone make others fail
  kIncident,       // a fault of the process that could not be reproduced
  kContradiction,  // one thing that it does fits another revision than the rest
};
inline constexpr std::size_t kFindingKindCount = 6;
[[nodiscard]] std::string_view name(FindingKind kind) noexcept;

struct Finding {
  FindingKind kind = FindingKind::kFailure;
  std::string title;           // what is not so, in a line
  std::string clause;          // the rule that the example tests; of faults, that of harm
  Level level = Level::kMust;  // the weightiest of its cases
  std::string feature = {};    // of kFeature
  // Indices of records, the example first. None of kInterference and kIncident fails itself.
  std::vector<std::size_t> cases = {};
  std::size_t blocked = 0;                // cases that use the feature
  std::size_t left_out = 0;               // cases of the same kind that were not run any more
  std::vector<FaultReport> faults = {};   // each title once
  std::vector<std::string> victims = {};  // of kInterference: ids of the cases that fail
};

// The weightiest first: crashes, then must, robustness and should; of one weight those with more
// cases.
[[nodiscard]] std::vector<Finding> findings_of(const RunRecords& records);

}  // namespace wsapi
