// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tells the engine what is under test, so that it looks for new paths through the codec and not
// through the code that checks it; that is also what makes a target fast.

// Code between these two lines checks, or makes inputs, and is not what is tested: the engine
// learns nothing from the paths that it takes. The code under test that it calls is instrumented as
// always; inlined code is not, if it stands between the lines.
#if defined(__clang__)
#define WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN \
  _Pragma("clang attribute push(__attribute__((no_sanitize(\"coverage\"))), apply_to = function)")
#define WSAPI_FUZZ_NOT_UNDER_TEST_END _Pragma("clang attribute pop")
#else
#define WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
#define WSAPI_FUZZ_NOT_UNDER_TEST_END
#endif
