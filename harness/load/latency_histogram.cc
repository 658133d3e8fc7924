// SPDX-License-Identifier: Apache-2.0

#include "harness/load/latency_histogram.h"

#include <algorithm>
#include <bit>

namespace wsapi {
namespace {

constexpr unsigned kBits = LatencyHistogram::kPrecisionBits;
constexpr std::size_t kBucketsOfDoubling = std::size_t{1} << kBits;
constexpr std::uint64_t kMillion = 1'000'000;

// How many low bits of the value its bucket does not tell apart.
constexpr unsigned shift_of(std::uint64_t value) {
  const auto width = static_cast<unsigned>(std::bit_width(value));
  return width > kBits + 1 ? width - (kBits + 1) : 0;
}

constexpr std::size_t index_of(std::uint64_t value) {
  const unsigned shift = shift_of(value);
  return shift * kBucketsOfDoubling + static_cast<std::size_t>(value >> shift);
}

constexpr std::size_t kBucketCount = index_of(LatencyHistogram::kMaxValue) + 1;

constexpr LatencyHistogram::Bucket bucket_at(std::size_t index, std::uint64_t count) {
  if (index < 2 * kBucketsOfDoubling) return {index, index, count};
  const std::size_t shift = index / kBucketsOfDoubling - 1;
  const std::uint64_t low = std::uint64_t{index - shift * kBucketsOfDoubling} << shift;
  return {low, low + (std::uint64_t{1} << shift) - 1, count};
}

static_assert(bucket_at(kBucketCount - 1, 0).high == LatencyHistogram::kMaxValue);

}  // namespace

LatencyHistogram::LatencyHistogram() : counts_(kBucketCount) {}

void LatencyHistogram::record(std::uint64_t value_ns) {
  ++counts_[index_of(std::min(value_ns, kMaxValue))];
  ++count_;
  min_ = std::min(min_, value_ns);
  max_ = std::max(max_, value_ns);
  sum_ += static_cast<double>(value_ns);
}

double LatencyHistogram::mean() const noexcept {
  return count_ == 0 ? 0 : sum_ / static_cast<double>(count_);
}

std::uint64_t LatencyHistogram::percentile(std::uint64_t per_million) const noexcept {
  const std::uint64_t part = std::min(per_million, kMillion);
  // Whole millions and the rest apart, so that no product overflows.
  const std::uint64_t rank =
      count_ / kMillion * part + (count_ % kMillion * part + kMillion - 1) / kMillion;
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= std::max<std::uint64_t>(rank, 1)) return std::min(bucket_at(i, 0).high, max_);
  }
  return max_;
}

std::vector<LatencyHistogram::Bucket> LatencyHistogram::buckets() const {
  std::vector<Bucket> out;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] > 0) out.push_back(bucket_at(i, counts_[i]));
  }
  return out;
}

}  // namespace wsapi
