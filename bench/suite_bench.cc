// SPDX-License-Identifier: Apache-2.0
//
// Benchmarks of the suite itself: the reference server, whole runs, and the start of the program.

#include "bench/suite_bench.h"

#include <benchmark/benchmark.h>

int main(int argc, char** argv) {
  wsapi::bench::add_server_benchmarks();
  wsapi::bench::add_runner_benchmarks();
  wsapi::bench::add_startup_benchmarks();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 4;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
