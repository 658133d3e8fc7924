// SPDX-License-Identifier: Apache-2.0
//
// Procedures about what is left of connections: descriptors, threads, processor time, and how
// others are served.

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <string_view>

#include "harness/tester/cpu_watch.h"
#include "harness/tester/measure.h"
#include "harness/tester/procedures.h"
#include "harness/tester/visit.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::size_t kWarmUpVisits = 5;
// What a server may keep without having kept connections: a log file, a thread of a pool.
constexpr std::size_t kMaxLeft = 4;

constexpr std::size_t kTimedCalls = 15;
constexpr double kSlower = 8;       // times
constexpr Milliseconds kSlack{20};  // and this, which a busy machine takes at any time
constexpr int kSlowTries = 3;

void fail_left(CaseContext& context, const Procedure& procedure, std::string_view what,
               std::size_t before, std::size_t after) {
  context.outcome().verdict.set(
      VerdictKind::kFail,
      {ReasonCode::kDescriptorsLeft,
       {{"left", fmt::format("{}", after - before)},
        {"what", std::string{what}},
        {"count", fmt::format("{}", procedure.number("count"))},
        {"of", procedure.text("of")}}},
      {fmt::format("{} {}, as before, and at most {} more\n", before, what, kMaxLeft),
       fmt::format("{} {}\n", after, what)});
}

// False, and a verdict, where the process is busy.
asio::awaitable<bool> is_idle(CaseContext& context, const Procedure& procedure, std::string when) {
  WatchedIut* const process = context.access().process;
  if (process == nullptr) {
    fail_unwatched(context);
    co_return false;
  }
  // What was sent has been read when a call that came after it is answered.
  if (!co_await is_served(context)) {
    fail_unserved(context, when + " " + procedure.text("of"));
    co_return false;
  }
  const std::chrono::milliseconds time(procedure.number("milliseconds"));
  const std::optional<double> share = co_await lasting_busy_share(*process, context.clock(), time);
  if (!share) {
    fail_unwatched(context);
    co_return false;
  }
  if (*share < kBusyShare) co_return true;
  context.outcome().verdict.set(
      VerdictKind::kFail,
      {ReasonCode::kCpuBusy,
       {{"share", fmt::format("{:.0f}", 100 * *share)},
        {"when", std::move(when)},
        {"of", procedure.text("of")}}},
      {fmt::format("a process that waits: less than {:.0f} % of the time\n", 100 * kBusyShare),
       fmt::format("{:.0f} % of {} ms and more\n", 100 * *share, time.count())});
  co_return false;
}

// The median time of good calls on a fresh connection; std::nullopt where one is not answered.
asio::awaitable<std::optional<Milliseconds>> time_of_calls(CaseContext& context) {
  Exchanges exchanges(context);
  LowerTester* const tester = co_await exchanges.try_open("timed");
  if (tester == nullptr) co_return std::nullopt;
  std::vector<Milliseconds> times;
  for (std::size_t i = 0; i < kTimedCalls; ++i) {
    const Deadline start = context.clock().now();
    if (!co_await exchanges.try_good_exchange(*tester)) co_return std::nullopt;
    times.emplace_back(context.clock().now() - start);
  }
  tester->end(EndOurSide::How::kClose);
  std::ranges::nth_element(times, times.begin() + kTimedCalls / 2);
  co_return times[kTimedCalls / 2];
}

}  // namespace

asio::awaitable<void> left_over(CaseContext& context, const Procedure& procedure) {
  const Visit visit = visit_of(procedure);
  const std::optional<ProcessSample> first = co_await settled_sample(context);
  if (!first) co_return;
  co_await pay_visits(context, visit, kWarmUpVisits);
  if (!context.may_go_on()) co_return;
  // The visits of the warming up may be ending still.
  const auto before = co_await wait_for_descriptors(context, first->descriptors + kMaxLeft);
  if (!before) co_return;
  co_await pay_visits(context, visit, procedure.number("count"));
  if (!context.may_go_on()) co_return;
  const auto after = co_await wait_for_descriptors(context, before->descriptors);
  if (!after) co_return;
  if (after->descriptors > before->descriptors + kMaxLeft) {
    fail_left(context, procedure, "descriptors", before->descriptors, after->descriptors);
  } else if (after->threads > before->threads + kMaxLeft) {
    fail_left(context, procedure, "threads", before->threads, after->threads);
  }
}

asio::awaitable<void> idle_after(CaseContext& context, const Procedure& procedure) {
  const Visit visit = visit_of(procedure);
  LowerTester* const tester = co_await begin_visit(context, visit);
  if (tester == nullptr) co_return;
  if (!co_await is_idle(context, procedure, "while a connection is open with")) co_return;
  co_await end_visit(context, *tester, visit.ending);
  if (context.may_go_on()) (void)co_await is_idle(context, procedure, "after the end of");
}

asio::awaitable<void> served_after(CaseContext& context, const Procedure& procedure) {
  const std::optional<Milliseconds> before = co_await time_of_calls(context);
  if (!before) co_return fail_unserved(context, "before anything was done");
  co_await pay_visits(context, visit_of(procedure), procedure.number("count"));
  if (!context.may_go_on()) co_return;
  const std::string what =
      fmt::format("{} times: {}", procedure.number("count"), procedure.text("of"));
  const Milliseconds limit = kSlower * *before + kSlack;
  Milliseconds after{0};
  for (int i = 0; i < kSlowTries; ++i) {
    const std::optional<Milliseconds> now = co_await time_of_calls(context);
    if (!now) co_return fail_unserved(context, "after " + what);
    after = *now;
    if (after <= limit) co_return;
    co_await context.clock().sleep_for(200ms);
  }
  context.outcome().verdict.set(VerdictKind::kFail,
                                {ReasonCode::kServiceSlower,
                                 {{"after", fmt::format("{:.1f}", after.count())},
                                  {"before", fmt::format("{:.1f}", before->count())},
                                  {"what", what}}},
                                {fmt::format("at most {:.1f} ms\n", limit.count()),
                                 fmt::format("{:.1f} ms\n", after.count())});
}

}  // namespace wsapi
