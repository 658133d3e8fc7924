// SPDX-License-Identifier: Apache-2.0
#pragma once

// How binding the rule is that a case tests.

#include <array>
#include <cstdint>
#include <string_view>

namespace wsapi {

// must: the protocol says so. should: known peers differ (section 8); a failure decides the exit
// status only with --strict. robustness: malformed or unusual input must do no harm.
enum class Level : std::uint8_t { kMust, kShould, kRobustness };
inline constexpr std::array kLevels{Level::kMust, Level::kShould, Level::kRobustness};

[[nodiscard]] constexpr std::string_view name(Level level) noexcept {
  constexpr std::array<std::string_view, 3> kNames{"must", "should", "robustness"};
  return kNames[static_cast<std::size_t>(level)];
}

}  // namespace wsapi
