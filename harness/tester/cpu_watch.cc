// SPDX-License-Identifier: Apache-2.0

#include "harness/tester/cpu_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

namespace wsapi {
namespace {

using namespace std::chrono_literals;
using Seconds = std::chrono::duration<double>;

constexpr auto kFirstLook = 30ms;
constexpr auto kLongLook = 90ms;

}  // namespace

asio::awaitable<std::optional<double>> busy_share(WatchedIut& process, Clock& clock,
                                                  Clock::Duration time) {
  const std::optional<ProcessSample> before = process.sample();
  const Deadline start = clock.now();
  if (!before) co_return std::nullopt;
  co_await clock.sleep_for(time);
  const std::optional<ProcessSample> after = process.sample();
  const double passed = Seconds(clock.now() - start).count();
  if (!after || passed <= 0) co_return std::nullopt;
  // Threads that ended meanwhile take their time with them.
  const double busy = Seconds(after->runnable_time - before->runnable_time).count();
  co_return std::max(busy / passed, 0.0);
}

asio::awaitable<std::optional<double>> lasting_busy_share(WatchedIut& process, Clock& clock,
                                                          Clock::Duration time) {
  std::optional<double> least = co_await busy_share(process, clock, time);
  for (int i = 0; i < 2 && least && *least >= kBusyShare; ++i) {
    const std::optional<double> again = co_await busy_share(process, clock, 2 * time);
    if (!again) co_return std::nullopt;
    least = std::min(*least, *again);
  }
  co_return least;
}

asio::awaitable<std::optional<FaultReport>> find_spin(WatchedIut& process, Clock& clock) {
  const std::optional<double> glance = co_await busy_share(process, clock, kFirstLook);
  if (!glance || *glance < kBusyShare) co_return std::nullopt;
  const std::optional<double> share = co_await lasting_busy_share(process, clock, kLongLook);
  if (!share || *share < kBusyShare) co_return std::nullopt;
  co_return FaultReport{
      .kind = FaultKind::kCpu,
      .title = "the process keeps a processor busy with nothing to do",
      .detail = fmt::format("its threads computed, or waited for a processor, for {:.0f} % of the "
                            "time while no case was running",
                            100 * *share)};
}

}  // namespace wsapi
