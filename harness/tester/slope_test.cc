// SPDX-License-Identifier: Apache-2.0

#include "harness/tester/slope.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace wsapi {
namespace {

constexpr double kPage = 4096;

// Memory after each of `count` batches of 1000, in whole pages, with noise of some pages.
std::vector<Point> memory(double per_item, std::size_t count, double noise_pages,
                          std::mt19937& random) {
  std::uniform_real_distribution<double> noise(-noise_pages, noise_pages);
  std::vector<Point> out;
  for (std::size_t i = 0; i < count; ++i) {
    const double x = 1000.0 * static_cast<double>(i);
    out.push_back({x, std::floor((5e6 + per_item * x) / kPage + noise(random)) * kPage});
  }
  return out;
}

TEST(SlopeTest, ALineIsFoundExactly) {
  const auto slope = fit({{0, 5}, {1, 7}, {2, 9}, {3, 11}});
  ASSERT_TRUE(slope.has_value());
  EXPECT_DOUBLE_EQ(slope->value, 2);
  EXPECT_NEAR(slope->error, 0, 1e-9);
}

TEST(SlopeTest, TheErrorIsThatOfTheTextbook) {
  // Residuals 1/3, -2/3, 1/3: their squares 2/3 over one degree of freedom, over 2.
  const auto slope = fit({{0, 0}, {1, 0}, {2, 1}});
  ASSERT_TRUE(slope.has_value());
  EXPECT_DOUBLE_EQ(slope->value, 0.5);
  EXPECT_NEAR(slope->error, std::sqrt(1.0 / 6 / 2), 1e-9);
}

TEST(SlopeTest, TooFewPointsHaveNone) {
  EXPECT_FALSE(fit({}).has_value());
  EXPECT_FALSE(fit({{0, 1}, {1, 2}}).has_value());
  EXPECT_FALSE(fit({{1, 1}, {1, 2}, {1, 3}}).has_value());
  EXPECT_EQ(median_step({{0, 1}}), 0);
  EXPECT_FALSE(grows({}, 0));
}

TEST(SlopeTest, ALeakOfAHundredBytesIsFoundInNoise) {
  std::mt19937 random(1);  // NOLINT: the same in each run
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(grows(memory(100, 8, 1.5, random), 32)) << i;
}

TEST(SlopeTest, NoiseIsNoLeak) {
  std::mt19937 random(2);  // NOLINT
  for (int i = 0; i < 10'000; ++i) EXPECT_FALSE(grows(memory(0, 8, 8, random), 32)) << i;
}

TEST(SlopeTest, OneStepIsNoLeakHoweverHigh) {
  for (std::size_t at = 1; at < 8; ++at) {
    std::vector<Point> points;
    for (std::size_t i = 0; i < 8; ++i) {
      points.push_back({1000.0 * static_cast<double>(i), i < at ? 0 : 2.0 * 1024 * 1024});
    }
    EXPECT_FALSE(grows(points, 32)) << at;
  }
}

TEST(SlopeTest, GrowthThatEndsIsNoLeak) {
  std::vector<Point> points;
  for (std::size_t i = 0; i < 9; ++i) {
    points.push_back({1000.0 * static_cast<double>(i), 1e6 * (1 - std::pow(0.3, i))});
  }
  EXPECT_FALSE(grows(points, 32));
}

TEST(SlopeTest, ShrinkingIsNoLeak) {
  EXPECT_FALSE(grows({{0, 4e6}, {1000, 3e6}, {2000, 2e6}, {3000, 1e6}}, 32));
}

}  // namespace
}  // namespace wsapi
