// SPDX-License-Identifier: Apache-2.0
#pragma once

// The named defects of the reference server: what the suite must fail.

#include <span>
#include <string_view>
#include <vector>

#include "harness/peers/deviations/deviation.h"

namespace wsapi {

[[nodiscard]] const std::vector<Deviation>& defects();

// The parts of the table.
[[nodiscard]] std::vector<Deviation> frame_defects();
[[nodiscard]] std::vector<Deviation> violation_defects();
[[nodiscard]] std::vector<Deviation> piece_defects();
[[nodiscard]] std::vector<Deviation> control_defects();
[[nodiscard]] std::vector<Deviation> negotiation_defects();
[[nodiscard]] std::vector<Deviation> call_defects();
[[nodiscard]] std::vector<Deviation> description_defects();
[[nodiscard]] std::vector<Deviation> decoder_defects();
[[nodiscard]] std::vector<Deviation> session_defects();
[[nodiscard]] std::vector<Deviation> event_defects();
[[nodiscard]] std::vector<Deviation> push_defects();
[[nodiscard]] std::vector<Deviation> broadcast_defects();
[[nodiscard]] std::vector<Deviation> connection_defects();
[[nodiscard]] std::vector<Deviation> process_defects();

}  // namespace wsapi
