// SPDX-License-Identifier: Apache-2.0
#pragma once

// One function object out of several, for std::visit: a kind that none of them takes does not
// compile.

namespace wsapi {

template <typename... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

}  // namespace wsapi
