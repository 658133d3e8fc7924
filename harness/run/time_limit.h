// SPDX-License-Identifier: Apache-2.0
#pragma once

// How long an answer is waited for, from what the probe has measured.

#include <algorithm>
#include <chrono>

namespace wsapi {

// The limit grows with the longest of the round trips that the probe measures. Its constant part is
// for what a round trip does not show: that the machine is busy. A wait in vain is no verdict yet:
// the case is run again, alone and with more patience (IutAccess::confirm_timeout).
inline constexpr int kRoundTripsPerLimit = 30;
inline constexpr std::chrono::milliseconds kConstantLimit{1000};
inline constexpr std::chrono::milliseconds kLeastLimit{300};

// `upper` where no round trip was measured (0), and never more.
[[nodiscard]] inline std::chrono::milliseconds time_limit(std::chrono::microseconds round_trip,
                                                          double scale,
                                                          std::chrono::milliseconds upper) {
  if (round_trip.count() <= 0) return upper;
  const std::chrono::duration<double, std::milli> measured =
      scale * (kRoundTripsPerLimit * std::chrono::duration<double, std::milli>(round_trip) +
               std::chrono::duration<double, std::milli>(kConstantLimit));
  if (measured >= upper) return upper;
  const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(measured);
  return std::min(std::max(whole, kLeastLimit), upper);
}

}  // namespace wsapi
