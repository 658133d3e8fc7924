// SPDX-License-Identifier: Apache-2.0

#include "harness/run/spin_search.h"

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <set>
#include <utility>

#include "harness/tester/cpu_watch.h"

namespace wsapi {
namespace {

using Cases = std::vector<std::size_t>;

constexpr std::chrono::seconds kMaxSearchTime{30};

// What ran in company, in its order.
Cases cases_run(const RunState& state) {
  Cases out;
  std::set<std::size_t> known;
  for (const CompanySpan& span : state.spans) {
    if (known.insert(span.index).second) out.push_back(span.index);
  }
  return out;
}

// On a fresh process, as many at a time as there are jobs.
asio::awaitable<bool> makes_spin(RunState& state, const Cases& cases) {
  const bool is_fresh = co_await state.executor.restart();
  if (!is_fresh) state.book.lose();
  const std::size_t jobs = state.jobs;
  for (std::size_t begin = 0; begin < cases.size() && state.goes_on(); begin += jobs) {
    const auto first = cases.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto count = static_cast<std::ptrdiff_t>(std::min(jobs, cases.size() - begin));
    Cases batch(first, first + count);
    (void)co_await state.executor.run_together(std::move(batch), Patience::kUsual);
  }
  if (!state.goes_on()) co_return false;
  co_return (co_await find_spin(*state.executor.process(), state.executor.clock())).has_value();
}

asio::awaitable<Cases> spinning_cases(RunState& state, Cases cases) {
  const Deadline end = state.executor.clock().after(kMaxSearchTime);
  while (cases.size() > 1 && state.goes_on() && state.executor.clock().now() < end) {
    const auto middle = cases.begin() + static_cast<std::ptrdiff_t>(cases.size() / 2);
    Cases first(cases.begin(), middle);
    Cases second(middle, cases.end());
    const bool is_first = co_await makes_spin(state, first);
    cases = is_first ? std::move(first) : std::move(second);
  }
  co_return cases;
}

void add_incident(RunState& state, FaultReport fault, const Cases& cases, bool is_reproduced) {
  Incident incident;
  incident.faults.push_back(std::move(fault));
  incident.cases = state.book.ids(cases);
  incident.is_reproduced = is_reproduced;
  state.book.add_incident(std::move(incident));
}

}  // namespace

asio::awaitable<void> look_for_spin(RunState& state) {
  if (state.executor.process() == nullptr || !state.goes_on()) co_return;
  std::optional<FaultReport> fault =
      co_await find_spin(*state.executor.process(), state.executor.clock());
  // Where nothing is answered either, the cases that waited in vain are suspected already.
  if (!fault || !co_await state.executor.answers()) co_return;
  Cases cases;
  bool is_reproduced = false;
  if (state.executor.can_restart()) {
    cases = co_await spinning_cases(state, cases_run(state));
    if (cases.size() == 1) is_reproduced = co_await makes_spin(state, cases);
    const bool is_fresh = co_await state.executor.restart();
    if (!is_fresh) state.book.lose();
  }
  if (!is_reproduced) cases.clear();
  add_incident(state, std::move(*fault), cases, is_reproduced);
}

}  // namespace wsapi
