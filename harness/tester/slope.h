// SPDX-License-Identifier: Apache-2.0
#pragma once

// A straight line through measurements, and how sure its slope is.

#include <optional>
#include <vector>

namespace wsapi {

struct Point {
  double x = 0;
  double y = 0;
};

struct Slope {
  double value = 0;
  double error = 0;  // its standard error
};

// By least squares. std::nullopt for fewer than three points, or where all have one x.
[[nodiscard]] std::optional<Slope> fit(const std::vector<Point>& points);

// The median of the slopes from each point to the next: that of steady growth, however high a
// single step is. 0 for fewer than two points.
[[nodiscard]] double median_step(const std::vector<Point>& points);

// Whether it grows by more than `limit`, surely and steadily: the slope less three times its error
// is above the limit, and so is the median step.
[[nodiscard]] bool grows(const std::vector<Point>& points, double limit);

}  // namespace wsapi
