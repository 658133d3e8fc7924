// SPDX-License-Identifier: Apache-2.0

#include "harness/load/load_schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace wsapi {
namespace {

using namespace std::chrono_literals;

TEST(LoadScheduleTest, ConnectionsTakeTurnsEvenly) {
  const LoadSchedule schedule(1000, 4);
  std::vector<RunTime> times;
  for (std::size_t connection = 0; connection < 4; ++connection) {
    EXPECT_EQ(schedule.intended(connection, 0), connection * 1ms);
    EXPECT_EQ(schedule.intended(connection, 1) - schedule.intended(connection, 0), 4ms);
    for (std::uint64_t i = 0; i < 250; ++i) times.push_back(schedule.intended(connection, i));
  }
  std::ranges::sort(times);
  for (std::size_t i = 0; i < times.size(); ++i) EXPECT_EQ(times[i], i * 1ms);
}

TEST(LoadScheduleTest, DoesNotDrift) {
  // A period that is no whole number of nanoseconds, at the end of the longest run.
  const LoadSchedule thirds(3, 1);
  EXPECT_EQ(thirds.count_before(24h), 3U * 86'400U);
  const LoadSchedule fast(7'000'000, 3);
  EXPECT_EQ(fast.count_before(24h), 7'000'000ULL * 86'400ULL);
  const auto after_a_day = fast.intended(0, 7'000'000ULL * 86'400ULL / 3) - 24h;
  EXPECT_LE(std::chrono::abs(after_a_day), 100ns);
}

TEST(LoadScheduleTest, CountsTheCallsBeforeATime) {
  for (const double rate : {0.5, 1.0, 3.0, 7.7, 1000.0, 999'983.0, 10'000'000.0}) {
    SCOPED_TRACE(rate);
    const LoadSchedule schedule(rate, 1);
    EXPECT_EQ(schedule.count_before(RunTime(-1)), 0U);
    EXPECT_EQ(schedule.count_before(RunTime(0)), 0U);
    EXPECT_EQ(schedule.count_before(RunTime(1)), 1U);  // the first is meant for time 0
    for (const std::uint64_t count : {1U, 2U, 3U, 99U, 12'345U, 1'000'003U}) {
      const RunTime time = schedule.intended(0, count);
      EXPECT_EQ(schedule.count_before(time), count);
      EXPECT_EQ(schedule.count_before(time + RunTime(1)), count + 1);
    }
  }
}

TEST(LoadScheduleTest, FindsTheFirstCallFromATimeOn) {
  for (const std::size_t connections : {1U, 2U, 7U}) {
    const LoadSchedule schedule(999, connections);
    for (std::size_t connection = 0; connection < connections; ++connection) {
      for (const RunTime time : {RunTime(-5), RunTime(0), RunTime(1), RunTime(3ms), RunTime(1s)}) {
        const std::uint64_t number = schedule.number_from(connection, time);
        EXPECT_GE(schedule.intended(connection, number), time);
        EXPECT_TRUE(number == 0 || schedule.intended(connection, number - 1) < time);
      }
    }
  }
}

TEST(LoadWindowTest, HoldsItsBeginAndNotItsEnd) {
  const LoadWindow window{1s, 3s};
  EXPECT_FALSE(window.contains(1s - 1ns));
  EXPECT_TRUE(window.contains(1s));
  EXPECT_TRUE(window.contains(3s - 1ns));
  EXPECT_FALSE(window.contains(3s));
  EXPECT_EQ(window.size(), 2s);
  EXPECT_EQ((LoadWindow{2s, 1s}.size()), 0s);
}

TEST(LoadDemandTest, AllCallsOfTheWindowAndRepliesButForTheLag) {
  const LoadSchedule schedule(1000, 4);
  const LoadDemand second(schedule, {1s, 2s});
  EXPECT_EQ(second.calls, 1000U);
  EXPECT_EQ(second.least_replies, 900U);  // 100 ms may be missing
  const LoadDemand minute(schedule, {1s, 61s});
  EXPECT_EQ(minute.calls, 60'000U);
  EXPECT_EQ(minute.least_replies, 59'400U);  // a hundredth
}

TEST(LoadDemandTest, ShortWindowsAskForCallsOnly) {
  const LoadSchedule schedule(1000, 1);
  const LoadDemand brief(schedule, {1s, 1s + 100ms});
  EXPECT_EQ(brief.calls, 100U);
  EXPECT_EQ(brief.least_replies, 0U);
  const LoadDemand none(schedule, {2s, 1s});
  EXPECT_EQ(none.calls, 0U);
  EXPECT_EQ(none.least_replies, 0U);
}

}  // namespace
}  // namespace wsapi
