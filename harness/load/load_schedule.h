// SPDX-License-Identifier: Apache-2.0
#pragma once

// When the calls of a load with a fixed rate are meant to be sent: evenly, the connections taking
// turns. The schedule knows nothing of replies, so a server that stalls cannot slow it down; that
// is what latency has to be measured from (no coordinated omission).

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace wsapi {

using RunTime = std::chrono::nanoseconds;  // since the start of a run

class LoadSchedule {
 public:
  // `rate` is in calls per second over all connections, more than 0.
  LoadSchedule(double rate, std::size_t connection_count) noexcept
      : period_ns_(1e9 / rate), connection_count_(connection_count) {}

  // The time of the connection's call number `number`; both are counted from 0.
  [[nodiscard]] RunTime intended(std::size_t connection, std::uint64_t number) const noexcept {
    return time_of(number * connection_count_ + connection);
  }

  // How many calls, of all connections, are meant to be sent before `time`.
  [[nodiscard]] std::uint64_t count_before(RunTime time) const noexcept {
    if (time <= RunTime(0)) return 0;
    auto count = static_cast<std::uint64_t>(static_cast<double>(time.count()) / period_ns_);
    while (count > 0 && time_of(count - 1) >= time) --count;  // rounded: at most a few steps
    while (time_of(count) < time) ++count;
    return count;
  }

  // The connection's first call that is not meant to be sent before `time`.
  [[nodiscard]] std::uint64_t number_from(std::size_t connection, RunTime time) const noexcept {
    const std::uint64_t before = count_before(time);
    if (before <= connection) return 0;
    return (before - connection + connection_count_ - 1) / connection_count_;
  }

 private:
  [[nodiscard]] RunTime time_of(std::uint64_t index) const noexcept {
    return RunTime(static_cast<RunTime::rep>(static_cast<double>(index) * period_ns_ + 0.5));
  }

  double period_ns_;
  std::size_t connection_count_;
};

// The time of a run that is measured: from the end of the warm-up to before the end of the run.
struct LoadWindow {
  RunTime begin{};
  RunTime end{};

  [[nodiscard]] bool contains(RunTime time) const noexcept { return time >= begin && time < end; }
  [[nodiscard]] RunTime size() const noexcept { return end > begin ? end - begin : RunTime(0); }
};

// How far a run may be behind its schedule at the end, and still have kept its rate: the longer of
// this and a hundredth of its window.
inline constexpr std::chrono::milliseconds kMaxLag{100};

[[nodiscard]] inline RunTime max_lag(const LoadWindow& window) noexcept {
  return std::max<RunTime>(kMaxLag, window.size() / 100);
}

// What a schedule asks for within a window.
struct LoadDemand {
  LoadDemand(const LoadSchedule& schedule, const LoadWindow& window) noexcept {
    const auto count = [&](RunTime until) {
      return schedule.count_before(until) - schedule.count_before(window.begin);
    };
    if (window.size() > RunTime(0)) calls = count(window.end);
    if (window.size() > max_lag(window)) least_replies = count(window.end - max_lag(window));
  }

  std::uint64_t calls = 0;          // that are meant to be sent
  std::uint64_t least_replies = 0;  // that must come for the rate to be kept
};

}  // namespace wsapi
