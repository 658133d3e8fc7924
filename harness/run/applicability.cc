// SPDX-License-Identifier: Apache-2.0

#include "harness/run/applicability.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/suite/requirements.h"

namespace wsapi {

std::optional<Reason> why_not_applicable(const TestCase& test_case,
                                         const Capabilities& capabilities) {
  if (std::ranges::find(test_case.revisions, capabilities.revision) == test_case.revisions.end()) {
    return Reason{ReasonCode::kOtherRevision,
                  {{"revision", std::string{name(capabilities.revision)}}}};
  }
  std::vector<std::string_view> missing;
  for (const std::string& requirement : test_case.requirements) {
    if (std::ranges::find(capabilities.offered, requirement) != capabilities.offered.end())
      continue;
    missing.push_back(requirement);
    if (missing.back().starts_with(kVerbRequirement)) {
      missing.back().remove_prefix(kVerbRequirement.size());
    }
  }
  if (missing.empty()) return std::nullopt;
  return Reason{ReasonCode::kTestApiMissing,
                {{"verbs", fmt::format("{}", fmt::join(missing, ", "))}}};
}

}  // namespace wsapi
