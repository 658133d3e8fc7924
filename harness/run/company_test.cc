// SPDX-License-Identifier: Apache-2.0

#include "harness/run/company.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <numeric>
#include <set>

#include "harness/net/event_loop.h"

namespace wsapi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::size_t> numbers(std::size_t count) {
  std::vector<std::size_t> out(count);
  std::iota(out.begin(), out.end(), std::size_t{0});
  return out;
}

struct Found {
  std::vector<std::size_t> company;
  std::size_t runs = 0;
};

// Brought about by all of `needed` together.
Found search(std::size_t count, const std::set<std::size_t>& needed, std::size_t max_runs = 1000) {
  Found out;
  const Reproduces reproduces = [&](std::vector<std::size_t> cases) -> asio::awaitable<bool> {
    ++out.runs;
    co_return std::ranges::all_of(
        needed, [&](std::size_t one) { return std::ranges::find(cases, one) != cases.end(); });
  };
  out.company = run_to_end(smallest_company(numbers(count), reproduces, 2, max_runs));
  return out;
}

TEST(CompanyTest, OneOfMany) {
  for (const std::size_t culprit : {0U, 1U, 31U, 62U}) {
    const Found found = search(63, {culprit});
    EXPECT_THAT(found.company, ElementsAre(culprit));
    EXPECT_LE(found.runs, 20U);
  }
}

TEST(CompanyTest, SeveralTogether) {
  EXPECT_THAT(search(16, {3, 12}).company, ElementsAre(3, 12));
  EXPECT_THAT(search(16, {0, 7, 15}).company, ElementsAre(0, 7, 15));
  EXPECT_THAT(search(2, {0, 1}).company, ElementsAre(0, 1));
}

TEST(CompanyTest, NothingWhereItDoesNotComeAgain) {
  const Found found = search(8, {99});
  EXPECT_THAT(found.company, IsEmpty());
  EXPECT_EQ(found.runs, 2U);
}

TEST(CompanyTest, TheNumberOfRunsIsBounded) {
  const Found found = search(64, {5, 50}, 6);
  EXPECT_LE(found.runs, 6U);
  EXPECT_THAT(found.company, testing::IsSupersetOf({5U, 50U}));
}

}  // namespace
}  // namespace wsapi
