// SPDX-License-Identifier: Apache-2.0
#pragma once

// The parts of a record that its line in the records and the JSON report write in the same way.

#include <nlohmann/json.hpp>
#include <vector>

#include "harness/result/run_records.h"

namespace wsapi {

// Members for what showed of the case beyond its verdict: differences, faults, confirmation. Those
// that say nothing are left out.
void add_evidence(nlohmann::ordered_json& out, const CaseRecord& record);

[[nodiscard]] nlohmann::ordered_json incidents_json(const std::vector<Incident>& incidents);

}  // namespace wsapi
