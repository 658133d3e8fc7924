// SPDX-License-Identifier: Apache-2.0
#pragma once

// Reports of AddressSanitizer, LeakSanitizer, MemorySanitizer, ThreadSanitizer and
// UndefinedBehaviorSanitizer, out of their files or out of standard error, as faults.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/result/fault.h"

namespace wsapi {

// Collects the lines of a report until it is complete.
class SanitizerReports {
 public:
  static constexpr std::size_t kMaxLines = 400;  // of one report; further ones are left out

  // Whether the line belongs to a report. Reports that are complete are appended to `out`.
  bool feed(std::string_view line, std::vector<FaultReport>& out);
  // Nothing more will come: the report that is under way is as complete as it will be.
  void finish(std::vector<FaultReport>& out);
  // The same of a report that has no line to mark its end.
  void finish_open_end(std::vector<FaultReport>& out) {
    if (is_undefined_behaviour_) finish(out);
  }
  [[nodiscard]] bool is_within_report() const noexcept { return !lines_.empty(); }

 private:
  bool is_undefined_behaviour_ = false;  // whose reports have no end but the next other line
  std::vector<std::string> lines_;
};

}  // namespace wsapi
