// SPDX-License-Identifier: Apache-2.0
#pragma once

// How long an answer is waited for where no option says otherwise.

namespace wsapi {

inline constexpr double kDefaultTimeout = 5;  // seconds

}  // namespace wsapi
