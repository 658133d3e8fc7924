// SPDX-License-Identifier: Apache-2.0
#pragma once

// The legal variants of the reference server: unusual but right, so that the suite must pass them.

#include <vector>

#include "harness/peers/deviations/deviation.h"

namespace wsapi {

[[nodiscard]] const std::vector<Deviation>& variants();

// The parts of the table.
[[nodiscard]] std::vector<Deviation> frame_variants();
[[nodiscard]] std::vector<Deviation> message_variants();
[[nodiscard]] std::vector<Deviation> behaviour_variants();

}  // namespace wsapi
