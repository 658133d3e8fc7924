// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is told of a run: as text for people, as JSON and JUnit XML for machines. All of it is made
// from the run's records alone, so that it is the same at any time after the run.

#include <array>
#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>

#include "harness/result/finding.h"
#include "harness/result/run_records.h"

namespace wsapi {

// Version of the layout of the JSON report; it grows when a reader has to change.
inline constexpr int kJsonReportVersion = 2;

void write_json_report(std::ostream& out, const RunRecords& records);
void write_junit_report(std::ostream& out, const RunRecords& records);

// The kinds of reports by their names on the command line.
struct ReportKind {
  std::string_view name;
  void (*write)(std::ostream& out, const RunRecords& records);
};
inline constexpr std::string_view kJsonReport = "json";

// Head, all findings, and the sums.
void write_text_report(std::ostream& out, const RunRecords& records);

inline constexpr std::array kReportKinds{ReportKind{"junit", write_junit_report},
                                         ReportKind{kJsonReport, write_json_report},
                                         ReportKind{"text", write_text_report}};

// Null where there is none of that name.
[[nodiscard]] constexpr const ReportKind* find_report_kind(std::string_view name) noexcept {
  for (const ReportKind& kind : kReportKinds) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

// Where the cases are run, and how many.
[[nodiscard]] std::string head_text(const RunHeader& header);

// One line of sums, and whether the run came to its end.
[[nodiscard]] std::string summary_text(const RunRecords& records);

// The findings, weightiest first, each with its rule, its smallest example and the command that
// runs just that; the first `max_findings` of them.
[[nodiscard]] std::string findings_text(const RunRecords& records, std::size_t max_findings);
[[nodiscard]] std::string finding_text(const Finding& finding, std::size_t number,
                                       const RunRecords& records);

// The sections of the protocol of which a case failed or was blocked, with numbers of cases; empty
// where there is none.
[[nodiscard]] std::string sections_text(const RunRecords& records);

// The cases that neither passed nor failed though they were run, and how many were not run.
[[nodiscard]] std::string undecided_text(const RunRecords& records, std::size_t max_details);

// One line for each case.
[[nodiscard]] std::string cases_text(const RunRecords& records);

}  // namespace wsapi
