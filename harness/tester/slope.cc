// SPDX-License-Identifier: Apache-2.0

#include "harness/tester/slope.h"

#include <algorithm>
#include <cmath>

namespace wsapi {

std::optional<Slope> fit(const std::vector<Point>& points) {
  if (points.size() < 3) return std::nullopt;
  const auto count = static_cast<double>(points.size());
  Point mean;
  for (const Point& point : points) {
    mean.x += point.x / count;
    mean.y += point.y / count;
  }
  double xx = 0;
  double xy = 0;
  for (const Point& point : points) {
    xx += (point.x - mean.x) * (point.x - mean.x);
    xy += (point.x - mean.x) * (point.y - mean.y);
  }
  if (xx <= 0) return std::nullopt;
  const double slope = xy / xx;
  double residual = 0;
  for (const Point& point : points) {
    const double off = point.y - mean.y - slope * (point.x - mean.x);
    residual += off * off;
  }
  return Slope{slope, std::sqrt(residual / (count - 2) / xx)};
}

double median_step(const std::vector<Point>& points) {
  std::vector<double> steps;
  for (std::size_t i = 1; i < points.size(); ++i) {
    const double width = points[i].x - points[i - 1].x;
    if (width > 0) steps.push_back((points[i].y - points[i - 1].y) / width);
  }
  if (steps.empty()) return 0;
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  std::ranges::nth_element(steps, middle);
  return *middle;
}

bool grows(const std::vector<Point>& points, double limit) {
  const std::optional<Slope> slope = fit(points);
  return slope && slope->value - 3 * slope->error > limit && median_step(points) > limit;
}

}  // namespace wsapi
