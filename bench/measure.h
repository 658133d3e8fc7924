// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the benchmarks share. A benchmark is named AREA/CASE/STRATEGY, with one more /N on a curve;
// the strategy of which the name begins with "limit:" is what its group is compared with.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace wsapi::bench {

template <typename Function>
benchmark::internal::Benchmark* add_benchmark(const std::string& name, Function&& function) {
  return benchmark::RegisterBenchmark(name.c_str(), std::forward<Function>(function));
}

// A benchmark that does not do what it says must not give a figure.
inline void require(bool condition, const char* what) {
  if (condition) [[likely]]
    return;
  std::fprintf(stderr, "error: benchmark: %s failed\n", what);
  std::abort();
}

inline void count_bytes(benchmark::State& state, std::size_t message_size) {
  state.counters["message_bytes"] = static_cast<double>(message_size);
}

// The physical limit: the same bytes from one place to another. Where they are and how many there
// are is not known to the compiler.
inline void measure_memcpy(benchmark::State& state, const std::vector<std::byte>& bytes) {
  std::vector<std::byte> to(bytes.size());
  std::span<const std::byte> from = bytes;
  for (auto _ : state) {
    benchmark::DoNotOptimize(from);
    std::memcpy(to.data(), from.data(), from.size());
    benchmark::ClobberMemory();
  }
  count_bytes(state, bytes.size());
}

}  // namespace wsapi::bench
