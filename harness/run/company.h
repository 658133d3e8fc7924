// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which of several cases, run at the same time, bring something about: the smallest set that still
// does it.

#include <cstddef>
#include <functional>
#include <vector>

#include "harness/net/wire.h"

namespace wsapi {

// Whether these cases, run together, bring it about.
using Reproduces = std::function<asio::awaitable<bool>(std::vector<std::size_t> cases)>;

// A smallest subset of `cases` that brings it about, found by leaving out ever smaller parts; empty
// where all of them together do not do it in `tries` tries. At most `max_runs` runs.
[[nodiscard]] asio::awaitable<std::vector<std::size_t>> smallest_company(
    std::vector<std::size_t> cases, Reproduces reproduces, std::size_t tries, std::size_t max_runs);

}  // namespace wsapi
