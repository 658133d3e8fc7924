// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the parts of a run share: its book, what runs cases, what is still to be confirmed, and
// which cases ran at the same time.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "harness/run/case_executor.h"
#include "harness/run/run_book.h"
#include "harness/run/runner.h"

namespace wsapi {

// One run of a case in company.
struct CompanySpan {
  std::size_t index = 0;
  std::int64_t start_us = 0;
  std::int64_t end_us = 0;
  std::size_t process = 0;  // how often the process had been started again before
};

// A fault of the process that came while several cases were under way, or had just ended.
struct SharedFault {
  std::vector<FaultReport> faults;
  std::vector<std::size_t> suspects;  // indices of cases
  bool is_explained = false;          // one of them repeats it alone
};

struct RunState {
  RunState(CaseExecutor& runs_cases, RunBook& holds_records, const RunOptions& told)
      : executor(runs_cases), book(holds_records), options(told), jobs(told.jobs) {}

  CaseExecutor& executor;
  RunBook& book;
  const RunOptions& options;
  std::size_t jobs = 1;            // cases at once, in company
  std::set<std::size_t> suspects;  // cases that failed in company, or that a fault may be due to
  std::vector<CompanySpan> spans;
  std::vector<SharedFault> shared_faults;

  [[nodiscard]] bool goes_on() const {
    return !book.is_stopped() && !executor.tasks().is_cancelled();
  }
  // Whether what `culprit` did to the process could have failed the last run of `victim`.
  [[nodiscard]] bool could_harm(std::size_t culprit, std::size_t victim) const {
    const auto of_victim = last_span(victim);
    return of_victim != spans.rend() && std::ranges::any_of(spans, [&](const CompanySpan& span) {
             return span.index == culprit && span.process == of_victim->process &&
                    span.start_us <= of_victim->end_us;
           });
  }
  // The cases that ran at the same time as the last run of that case.
  [[nodiscard]] std::vector<std::size_t> company_of(std::size_t index) const {
    std::set<std::size_t> out;
    const auto own = last_span(index);
    if (own == spans.rend()) return {};
    for (const CompanySpan& span : spans) {
      const bool overlaps = span.start_us <= own->end_us && own->start_us <= span.end_us;
      if (overlaps && span.index != index) out.insert(span.index);
    }
    return {out.begin(), out.end()};
  }

 private:
  [[nodiscard]] std::vector<CompanySpan>::const_reverse_iterator last_span(
      std::size_t index) const {
    return std::find_if(spans.rbegin(), spans.rend(),
                        [&](const CompanySpan& span) { return span.index == index; });
  }
};

}  // namespace wsapi
