// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a record comes to. Sums, exit statuses and all reports use this and nothing else.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/result/case_record.h"
#include "harness/result/exit_status.h"
#include "harness/result/run_records.h"

namespace wsapi {

enum class Disposition : std::uint8_t {
  kPassed,
  kFailed,        // of the levels must and robustness
  kShouldFailed,  // of the level should
  kInconclusive,  // flaky ones, too: those that passed and failed in turns
  kError,         // the suite's own fault
  kNotApplicable,
  kNotRun,
  kBlocked,  // by a feature whose basic case failed
};
inline constexpr std::size_t kDispositionCount = 8;

// "should-failed"; stable.
[[nodiscard]] std::string_view name(Disposition disposition) noexcept;

// The verdict of all runs of a case together, as reports print it: "pass", "fail", "inconc",
// "error", "not-applicable", "not-run" or "blocked".
[[nodiscard]] std::string_view verdict_name(Disposition disposition) noexcept;

[[nodiscard]] Disposition disposition_of(const CaseRecord& record) noexcept;

// Whether its runs had different verdicts.
[[nodiscard]] bool is_flaky(const CaseRecord& record) noexcept;

// Why it did not pass, does not apply or was not run, as a sentence; empty for a pass.
[[nodiscard]] std::string reason_text(const CaseRecord& record);

struct Summary {
  std::size_t cases = 0;
  std::array<std::size_t, kDispositionCount> counts{};

  [[nodiscard]] std::size_t count(Disposition disposition) const noexcept {
    return counts[static_cast<std::size_t>(disposition)];
  }
};
[[nodiscard]] Summary summary_of(const RunRecords& records) noexcept;

// A run with a finding that is no failure of a case, such as an incident, is never kOk. A run that
// ended early is never kOk: kUnreachable where the IUT was lost, and otherwise kFailed
// if a case failed. A failure of level should counts in strict runs only.
[[nodiscard]] ExitStatus exit_status(const RunRecords& records) noexcept;

}  // namespace wsapi
