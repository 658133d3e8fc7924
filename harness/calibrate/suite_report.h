// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a calibration needs of the JSON report of one run (version 2; harness/result/README.md).

#include <istream>
#include <optional>
#include <string>
#include <vector>

namespace wsapi {

struct ReportedCase {
  std::string id;
  std::string clause;
  std::string level;
  std::string disposition;
  std::string reason;
};

struct ReportedFinding {
  std::string rule;
  std::string title;
};

struct SuiteReport {
  std::vector<ReportedCase> cases;
  std::optional<std::vector<ReportedFinding>> findings;  // none: the report does not group failures
  std::string stopped;  // why the run ended early; empty where it did not
};

// Nothing where it is no such report.
[[nodiscard]] std::optional<SuiteReport> read_suite_report(std::istream& in);

}  // namespace wsapi
