// SPDX-License-Identifier: Apache-2.0
#pragma once

// The exit statuses of the program.

namespace wsapi {

enum class ExitStatus : int {
  kOk = 0,            // nothing unexpected
  kFailed = 1,        // an unexpected verdict
  kInconclusive = 2,  // inconclusive or flaky only, or the run was interrupted
  kUnreachable = 3,   // the IUT could not be reached or kept alive
  kUsage = 4,         // bad option, no case selected, bad file
  kInternal = 5,      // the suite's own error
  kNotWritten = 6,    // standard output, a report or another file could not be written
};

// The status of a command that came to `status`, and whose output could not be written: wrong use
// and errors of the suite stay what they are.
[[nodiscard]] constexpr ExitStatus with_output_lost(ExitStatus status) noexcept {
  const bool stays = status == ExitStatus::kUsage || status == ExitStatus::kInternal;
  return stays ? status : ExitStatus::kNotWritten;
}

}  // namespace wsapi
