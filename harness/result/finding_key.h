// SPDX-License-Identifier: Apache-2.0
#pragma once

// By what failures are told apart: two cases that failed with the same key failed by one fault.

#include <string>

#include "harness/result/case_record.h"

namespace wsapi {

// Of a case with faults: those. Of the basic case of a feature: the feature. Else: the reason
// without what differs from run to run, the field that differs, and the rules that the case is
// about.
[[nodiscard]] std::string finding_key(const CaseRecord& record);

}  // namespace wsapi
