// SPDX-License-Identifier: Apache-2.0

#include "harness/run/company.h"

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace wsapi {
namespace {

using Cases = std::vector<std::size_t>;

Cases without(const Cases& cases, std::size_t begin, std::size_t size) {
  Cases out = cases;
  const auto first = out.begin() + static_cast<std::ptrdiff_t>(begin);
  const auto count = static_cast<std::ptrdiff_t>(std::min(size, cases.size() - begin));
  out.erase(first, first + count);
  return out;
}

}  // namespace

asio::awaitable<Cases> smallest_company(Cases cases, Reproduces reproduces, std::size_t tries,
                                        std::size_t max_runs) {
  bool is_reproduced = false;
  std::size_t runs = 0;
  for (std::size_t i = 0; i < tries && !is_reproduced; ++i, ++runs) {
    is_reproduced = co_await reproduces(cases);
  }
  if (!is_reproduced) co_return Cases{};
  for (std::size_t part = (cases.size() + 1) / 2; cases.size() > 1 && runs < max_runs;) {
    bool is_smaller = false;
    for (std::size_t begin = 0; begin < cases.size() && runs < max_runs;) {
      Cases rest = without(cases, begin, part);
      ++runs;
      if (!rest.empty() && co_await reproduces(rest)) {
        cases = std::move(rest);
        is_smaller = true;
      } else {
        begin += part;
      }
    }
    if (part == 1 && !is_smaller) break;
    part = is_smaller ? std::min(part, (cases.size() + 1) / 2) : (part + 1) / 2;
    if (cases.size() == 1) break;
  }
  co_return cases;
}

}  // namespace wsapi
