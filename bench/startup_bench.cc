// SPDX-License-Identifier: Apache-2.0
//
// The program as a process, from its start to its end, its output thrown away: `version` does
// nothing else, `list` reads and expands all vectors. The limit is a process that does nothing.

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <array>
#include <string>

#include "bench/measure.h"
#include "bench/suite_bench.h"

extern char** environ;  // NOLINT(readability-redundant-declaration): not every libc declares it

namespace wsapi::bench {
namespace {

class DiscardedOutput {
 public:
  DiscardedOutput() {
    require(::posix_spawn_file_actions_init(&actions_) == 0, "posix_spawn_file_actions_init");
    require(::posix_spawn_file_actions_addopen(&actions_, 1, "/dev/null", O_WRONLY, 0) == 0,
            "posix_spawn_file_actions_addopen");
  }
  DiscardedOutput(const DiscardedOutput&) = delete;
  DiscardedOutput& operator=(const DiscardedOutput&) = delete;
  ~DiscardedOutput() { ::posix_spawn_file_actions_destroy(&actions_); }

  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

// `argument` may be empty: then the command gets none.
void measure_process(benchmark::State& state, std::string program, std::string argument) {
  const DiscardedOutput output;
  std::array<char*, 3> arguments{program.data(), argument.empty() ? nullptr : argument.data(),
                                 nullptr};
  for (auto _ : state) {
    pid_t child = 0;
    int status = -1;
    require(::posix_spawn(&child, program.c_str(), output.get(), nullptr, arguments.data(),
                          environ) == 0,
            "starting the program");
    require(::waitpid(child, &status, 0) == child && status == 0, "the program");
  }
}

void add(const std::string& name, const std::string& program, const std::string& argument) {
  add_benchmark("suite/startup/" + name,
                [=](benchmark::State& state) { measure_process(state, program, argument); })
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

}  // namespace

void add_startup_benchmarks() {
  add("version", WSAPI_PROGRAM, "--version");
  add("list", WSAPI_PROGRAM, "list");
  add("limit:empty-process", "/bin/true", "");
}

}  // namespace wsapi::bench
