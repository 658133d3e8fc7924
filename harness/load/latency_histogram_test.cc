// SPDX-License-Identifier: Apache-2.0

// Percentiles against those of the sorted values, and the buckets' bounds.

#include "harness/load/latency_histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <random>
#include <vector>

namespace wsapi {
namespace {

constexpr std::uint64_t kMillion = 1'000'000;
constexpr std::uint64_t kParts[] = {0,       1,       10'000,  250'000, 500'000,  750'000,
                                    900'000, 990'000, 999'000, 999'900, 1'000'000};

// Nearest rank, in sorted values.
std::uint64_t exact_percentile(const std::vector<std::uint64_t>& sorted, std::uint64_t part) {
  const std::size_t rank = (sorted.size() * part + kMillion - 1) / kMillion;
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

void expect_as_sorted(std::vector<std::uint64_t> values) {
  LatencyHistogram histogram;
  for (const std::uint64_t value : values) histogram.record(value);
  std::ranges::sort(values);
  ASSERT_EQ(histogram.count(), values.size());
  EXPECT_EQ(histogram.min(), values.front());
  EXPECT_EQ(histogram.max(), values.back());
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  EXPECT_NEAR(histogram.mean() * static_cast<double>(values.size()) / std::max(sum, 1.0),
              sum > 0 ? 1 : 0, 1e-9);
  for (const std::uint64_t part : kParts) {
    const std::uint64_t exact = exact_percentile(values, part);
    const std::uint64_t got = histogram.percentile(part);
    EXPECT_GE(got, exact) << part;
    EXPECT_LE(static_cast<double>(got),
              static_cast<double>(exact) * (1 + LatencyHistogram::kRelativePrecision))
        << part;
  }
}

std::vector<std::uint64_t> values_of(std::size_t count,
                                     const std::function<double(std::mt19937_64&)>& draw) {
  std::mt19937_64 random(count);
  std::vector<std::uint64_t> values(count);
  for (std::uint64_t& value : values) value = static_cast<std::uint64_t>(draw(random));
  return values;
}

TEST(LatencyHistogramTest, AsSortedValuesWhateverTheyAreLike) {
  for (const std::size_t count : {1U, 2U, 3U, 7U, 100U, 1000U, 100'000U}) {
    SCOPED_TRACE(count);
    std::uniform_real_distribution<double> flat(0, 5000);
    expect_as_sorted(values_of(count, flat));
    std::lognormal_distribution<double> skewed(11, 2);
    expect_as_sorted(values_of(count, skewed));
    // Most of some microseconds, one in a hundred of some seconds.
    expect_as_sorted(values_of(count, [&](std::mt19937_64& random) {
      const bool is_slow = random() % 100 == 0;
      return (is_slow ? 2e9 : 2e4) * (1 + static_cast<double>(random() % 1000) / 1000);
    }));
    std::uniform_real_distribution<double> wide(0, 46.9);
    expect_as_sorted(values_of(count, [&](auto& random) { return std::exp2(wide(random)); }));
  }
}

TEST(LatencyHistogramTest, AllTheSame) { expect_as_sorted(std::vector<std::uint64_t>(1000, 123)); }

TEST(LatencyHistogramTest, EachPowerOfTwoAndItsNeighbours) {
  std::vector<std::uint64_t> values{0};
  for (unsigned bit = 0; bit < 47; ++bit) {
    const std::uint64_t power = std::uint64_t{1} << bit;
    for (const std::uint64_t value : {power - 1, power, power + 1}) {
      values.push_back(value);
      expect_as_sorted({value});
    }
  }
  expect_as_sorted(values);
}

TEST(LatencyHistogramTest, RanksAreExactWherePercentagesHaveNoExactFraction) {
  LatencyHistogram histogram;
  for (std::uint64_t value = 1; value <= 1000; ++value) histogram.record(value);
  EXPECT_EQ(histogram.percentile(999'000),
            999U);  // 0.999 * 1000 is more than 999 in floating point
  EXPECT_EQ(histogram.percentile(999'001), 1000U);
  EXPECT_EQ(histogram.percentile(1'000), 1U);
  EXPECT_EQ(histogram.percentile(1'001), 2U);
  EXPECT_EQ(histogram.percentile(2'000'000), 1000U);
}

TEST(LatencyHistogramTest, EmptyHasNoValues) {
  const LatencyHistogram histogram;
  EXPECT_EQ(histogram.count(), 0U);
  EXPECT_EQ(histogram.min(), 0U);
  EXPECT_EQ(histogram.max(), 0U);
  EXPECT_EQ(histogram.mean(), 0);
  EXPECT_EQ(histogram.percentile(500'000), 0U);
  EXPECT_TRUE(histogram.buckets().empty());
}

TEST(LatencyHistogramTest, LongerThanTheLastBucketIsCountedThere) {
  LatencyHistogram histogram;
  histogram.record(1);
  histogram.record(LatencyHistogram::kMaxValue + 1);
  histogram.record(UINT64_MAX);
  EXPECT_EQ(histogram.max(), UINT64_MAX);
  EXPECT_EQ(histogram.percentile(300'000), 1U);
  EXPECT_EQ(histogram.percentile(1'000'000), LatencyHistogram::kMaxValue);
  ASSERT_EQ(histogram.buckets().size(), 2U);
  EXPECT_EQ(histogram.buckets()[1].high, LatencyHistogram::kMaxValue);
  EXPECT_EQ(histogram.buckets()[1].count, 2U);
}

TEST(LatencyHistogramTest, BucketsHoldTheirValuesAndAreAsNarrowAsPromised) {
  std::lognormal_distribution<double> skewed(13, 3);
  std::vector<std::uint64_t> values = values_of(20'000, skewed);
  std::ranges::sort(values);
  LatencyHistogram histogram;
  for (const std::uint64_t value : values) histogram.record(value);
  std::uint64_t counted = 0;
  std::uint64_t last_end = 0;  // of the bucket before
  for (const LatencyHistogram::Bucket& bucket : histogram.buckets()) {
    EXPECT_TRUE(counted == 0 || bucket.low > last_end);
    EXPECT_LE(static_cast<double>(bucket.high - bucket.low),
              static_cast<double>(bucket.low) * LatencyHistogram::kRelativePrecision);
    const auto first = std::ranges::lower_bound(values, bucket.low);
    const auto in_it = std::ranges::upper_bound(values, bucket.high) - first;
    EXPECT_EQ(bucket.count, static_cast<std::uint64_t>(in_it));
    counted += bucket.count;
    last_end = bucket.high;
  }
  EXPECT_EQ(counted, values.size());
}

}  // namespace
}  // namespace wsapi
