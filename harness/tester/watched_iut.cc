// SPDX-License-Identifier: Apache-2.0

#include "harness/tester/watched_iut.h"

#include "harness/suite/requirements.h"

namespace wsapi {

std::vector<std::string> requirements_met_by(WatchedIut& process) {
  std::vector<std::string> out;
  if (const std::optional<ProcessSample> sample = process.sample()) {
    out.emplace_back(kWatchRequirement);
    if (!sample->is_instrumented) out.emplace_back(kMemoryRequirement);
  }
  if (process.can_restart()) {
    out.emplace_back(kRestartRequirement);
    out.emplace_back(kStressRequirement);
  }
  return out;
}

}  // namespace wsapi
