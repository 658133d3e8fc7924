// SPDX-License-Identifier: Apache-2.0
#pragma once

// What suite_bench measures, one function a file.

namespace wsapi::bench {

void add_server_benchmarks();
void add_runner_benchmarks();
void add_startup_benchmarks();

}  // namespace wsapi::bench
