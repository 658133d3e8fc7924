// SPDX-License-Identifier: Apache-2.0
#pragma once

// For each verb of the test API the smallest case that shows that it does what it has to.

#include <string_view>
#include <vector>

#include "codec/revision.h"
#include "harness/suite/test_case.h"

namespace wsapi {

// Its requirements are the verbs that it calls. Without a script where there is no such verb.
[[nodiscard]] TestCase verb_check(std::string_view verb, Revision revision);

}  // namespace wsapi
