// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whether the implementation under test computes with nothing to do.

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "harness/net/clock.h"
#include "harness/tester/watched_iut.h"

namespace wsapi {

// Of the time, from which on a process with nothing to do is called busy. One that looks around a
// thousand times a second takes a tenth of it.
inline constexpr double kBusyShare = 0.5;

// The part of `time` for which threads of the process computed or waited for a processor; more than
// 1 where several did. std::nullopt where the process is gone.
[[nodiscard]] asio::awaitable<std::optional<double>> busy_share(WatchedIut& process, Clock& clock,
                                                                Clock::Duration time);

// As busy_share. Where that is at least kBusyShare, looks again for twice the time, and once more:
// the least of the three, as something may have been left to do.
[[nodiscard]] asio::awaitable<std::optional<double>> lasting_busy_share(WatchedIut& process,
                                                                        Clock& clock,
                                                                        Clock::Duration time);

// For quiet moments, in which no case runs: a fault of the kind cpu where the process keeps a
// processor busy. Takes 30 ms where it does not, and 300 ms where it does.
[[nodiscard]] asio::awaitable<std::optional<FaultReport>> find_spin(WatchedIut& process,
                                                                    Clock& clock);

}  // namespace wsapi
