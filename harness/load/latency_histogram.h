// SPDX-License-Identifier: Apache-2.0
#pragma once

// Counts durations in buckets whose width grows with the duration, as HdrHistogram does: the memory
// is fixed, and any percentile can be asked for afterwards, with the same relative precision for
// microseconds as for minutes.
//
// Up to 2 * 2^kPrecisionBits ns each value has a bucket of its own; above, each doubling is divided
// into 2^kPrecisionBits buckets of the same width.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace wsapi {

class LatencyHistogram {
 public:
  static constexpr unsigned kPrecisionBits = 10;
  // A percentile is at most by this part greater than the exact one, and never less.
  static constexpr double kRelativePrecision = 1.0 / (1U << kPrecisionBits);
  // In ns, 39 hours. What is longer is counted in the last bucket; max() and mean() stay exact.
  static constexpr std::uint64_t kMaxValue = (std::uint64_t{1} << 47U) - 1;

  LatencyHistogram();

  void record(std::uint64_t value_ns);

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  // Exact, in ns; 0 where nothing was recorded.
  [[nodiscard]] std::uint64_t min() const noexcept { return count_ == 0 ? 0 : min_; }
  [[nodiscard]] std::uint64_t max() const noexcept { return max_; }
  [[nodiscard]] double mean() const noexcept;

  // The value, in ns, that `per_million` of all values do not exceed: of sorted values the one at
  // rank count * per_million / 10^6, rounded up (nearest rank). 500'000 asks for the median; above
  // 10^6 is as 10^6. 0 where nothing was recorded.
  [[nodiscard]] std::uint64_t percentile(std::uint64_t per_million) const noexcept;

  // Least and greatest value that it counts, in ns, both included.
  struct Bucket {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    std::uint64_t count = 0;
  };
  // Those that are not empty, in the order of their values.
  [[nodiscard]] std::vector<Bucket> buckets() const;

 private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::uint64_t min_ = UINT64_MAX;
  std::uint64_t max_ = 0;
  double sum_ = 0;
};

}  // namespace wsapi
