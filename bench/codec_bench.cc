// SPDX-License-Identifier: Apache-2.0
//
// Benchmarks of the codec alone, and of writing its messages to sockets. See README.md.

#include "bench/codec_bench.h"

#include <benchmark/benchmark.h>

int main(int argc, char** argv) {
  wsapi::bench::add_encode_benchmarks();
  wsapi::bench::add_decode_benchmarks();
  wsapi::bench::add_frame_benchmarks();
  wsapi::bench::add_session_benchmarks();
  wsapi::bench::add_write_benchmarks();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 4;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
