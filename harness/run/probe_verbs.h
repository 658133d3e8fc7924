// SPDX-License-Identifier: Apache-2.0
#pragma once

// The part of the probe that calls verbs: which of the test API there are, which of those are
// wrong, and how long a call takes.

#include "harness/run/probe.h"

namespace wsapi {

// Fills in what ProbeResult says of verbs and of the round trip; the revision is known.
[[nodiscard]] asio::awaitable<void> probe_verbs(const ProbeOptions& options, ProbeResult& result);

}  // namespace wsapi
