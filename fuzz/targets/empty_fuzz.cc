// SPDX-License-Identifier: Apache-2.0
//
// Does nothing: what an engine alone costs. `ci/fuzz speed` compares the other targets with it.

#include "fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t*, std::size_t) { return 0; }
