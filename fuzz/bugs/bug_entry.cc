// SPDX-License-Identifier: Apache-2.0
//
// Around each fuzz target of the copy with the injected bugs: counts executions, and notes when a
// bug is first reached and triggered. Nothing here is instrumented, so that the engine learns
// nothing from it.

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "fuzz/bugs/bug.h"

#if defined(__clang__)
#define WSAPI_NOT_INSTRUMENTED __attribute__((noinline, no_sanitize("coverage")))
#else
#define WSAPI_NOT_INSTRUMENTED __attribute__((noinline))
#endif

extern "C" int wsapi_fuzz_target(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace wsapi::bug {
namespace {

using Clock = std::chrono::steady_clock;

struct State {
  int active = 0;
  const char* log = nullptr;
  Clock::time_point start = Clock::now();
  std::uint64_t executions = 0;
  // Within the target: the mutators use the codec, too, and no bug must end them.
  bool in_target = false;
  bool reached = false;
  bool triggered = false;
};

WSAPI_NOT_INSTRUMENTED State& state() noexcept {
  static State state = [] {
    const char* const number = std::getenv("WSAPI_BUG");
    return State{.active = number == nullptr ? 0 : std::atoi(number),
                 .log = std::getenv("WSAPI_BUG_LOG")};
  }();
  return state;
}

WSAPI_NOT_INSTRUMENTED void note(const State& state, const char* what) noexcept {
  if (state.log == nullptr) return;
  const std::chrono::duration<double> seconds = Clock::now() - state.start;
  char line[96];
  const int size =
      std::snprintf(line, sizeof(line), "%s %llu %.3f\n", what,
                    static_cast<unsigned long long>(state.executions), seconds.count());
  const int file = open(state.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  // A log that cannot be written leaves the bug unreached, which the score reports.
  if (file < 0) return;
  if (write(file, line, static_cast<std::size_t>(size)) != size) std::abort();
  close(file);
}

}  // namespace

WSAPI_NOT_INSTRUMENTED bool on(int number, bool condition) noexcept {
  State& s = state();
  if (number != s.active || !s.in_target) return false;
  if (!s.reached) note(s, "reached");
  s.reached = true;
  if (condition && !s.triggered) note(s, "triggered");
  s.triggered |= condition;
  return condition;
}

WSAPI_NOT_INSTRUMENTED static void begin_execution() noexcept {
  ++state().executions;
  state().in_target = true;
}
WSAPI_NOT_INSTRUMENTED static void end_execution() noexcept { state().in_target = false; }

}  // namespace wsapi::bug

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wsapi::bug::begin_execution();
  const int result = wsapi_fuzz_target(data, size);
  wsapi::bug::end_execution();
  return result;
}
