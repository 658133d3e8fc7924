// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which case leaves the process computing with nothing to do, when it is found so after a pass.

#include "harness/run/run_state.h"

namespace wsapi {

// Looks whether the process spins. Where it does and can be started again, halves the cases that
// ran until one is left; the book gets an incident. The process is a fresh one afterwards.
[[nodiscard]] asio::awaitable<void> look_for_spin(RunState& state);

}  // namespace wsapi
