// SPDX-License-Identifier: Apache-2.0
#pragma once

// The exit statuses of the program.

namespace wsapi {

enum class ExitStatus : int {
  kOk = 0,            // nothing unexpected
  kFailed = 1,        // an unexpected verdict
  kInconclusive = 2,  // inconclusive or flaky only
  kUnreachable = 3,   // the IUT could not be reached or kept alive
  kUsage = 4,         // bad option, no case selected, bad file
  kInternal = 5,      // the suite's own error
};

}  // namespace wsapi
