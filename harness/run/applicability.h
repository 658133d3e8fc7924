// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which cases apply to an implementation: what a case needs against what the implementation has.

#include <optional>
#include <string>
#include <vector>

#include "codec/revision.h"
#include "harness/result/reason.h"
#include "harness/suite/test_case.h"

namespace wsapi {

// What is known of an implementation: its revision, and the requirements that it meets, as
// requirements.h names them.
struct Capabilities {
  Revision revision = kReferenceRevision;
  std::vector<std::string> offered;
};

// Why the case does not apply; std::nullopt where it applies.
[[nodiscard]] std::optional<Reason> why_not_applicable(const TestCase& test_case,
                                                       const Capabilities& capabilities);

}  // namespace wsapi
