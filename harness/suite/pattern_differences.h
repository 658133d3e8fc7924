// SPDX-License-Identifier: Apache-2.0
#pragma once

// What makes a message fail to match a pattern, field by field.

#include <cstddef>
#include <nlohmann/json.hpp>
#include <vector>

#include "harness/suite/difference.h"
#include "harness/suite/pattern.h"

namespace wsapi {

inline constexpr std::size_t kMaxDifferences = 8;        // of one comparison
inline constexpr std::size_t kMaxDifferenceValue = 120;  // characters of a value

// Empty exactly where the pattern matches. `received` is the JSON form of a message. No more than
// kMaxDifferences are given.
[[nodiscard]] std::vector<Difference> differences(const nlohmann::json& pattern,
                                                  const nlohmann::json& received,
                                                  const Variables& variables);

// Those of the pattern that comes nearest among the patterns of the same kind of message: the one
// with the fewest differences, of equal ones the first. Empty where no pattern is of that kind.
[[nodiscard]] std::vector<Difference> least_differences(const std::vector<nlohmann::json>& patterns,
                                                        const nlohmann::json& received,
                                                        const Variables& variables);

}  // namespace wsapi
