// SPDX-License-Identifier: Apache-2.0
#pragma once

// What codec_bench measures, one function a file.

namespace wsapi::bench {

void add_encode_benchmarks();
void add_decode_benchmarks();
void add_frame_benchmarks();
void add_session_benchmarks();
void add_write_benchmarks();

}  // namespace wsapi::bench
