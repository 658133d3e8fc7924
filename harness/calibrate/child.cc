// SPDX-License-Identifier: Apache-2.0

#include "harness/calibrate/child.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "harness/process/spawn.h"

namespace wsapi {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kMaxLastWords = 2000;
constexpr int kPollTime = 20;  // milliseconds

// Takes what is there, of which the end is kept. False at the end of the stream.
bool drain(int descriptor, std::string* kept) {
  std::array<char, 16384> buffer;
  for (;;) {
    const ssize_t size = ::read(descriptor, buffer.data(), buffer.size());
    if (size == 0) return false;
    if (size < 0) return true;
    if (kept == nullptr) continue;
    kept->append(buffer.data(), static_cast<std::size_t>(size));
    if (kept->size() > kMaxLastWords) kept->erase(0, kept->size() - kMaxLastWords);
  }
}

}  // namespace

ChildEnd run_child(const std::vector<std::string>& command, std::chrono::milliseconds limit) {
  ChildEnd end;
  Spawned child = spawn({.command = command});
  if (child.pid < 0) return {.last_words = child.error};
  const auto deadline = steady_clock::now() + limit;
  int status = 0;
  while (::waitpid(child.pid, &status, WNOHANG) == 0) {
    std::array<pollfd, 2> waits{{{child.output, POLLIN, 0}, {child.errors, POLLIN, 0}}};
    (void)::poll(waits.data(), waits.size(), kPollTime);
    if (!drain(child.output, nullptr)) ::usleep(kPollTime * 1000);
    (void)drain(child.errors, &end.last_words);
    if (steady_clock::now() > deadline && !end.timed_out) {
      end.timed_out = true;
      ::kill(-child.pid, SIGKILL);
    }
  }
  (void)drain(child.errors, &end.last_words);
  ::kill(-child.pid, SIGKILL);  // what it started and did not end
  ::close(child.output);
  ::close(child.errors);
  end_guard(child);
  if (WIFEXITED(status)) end.exit_status = WEXITSTATUS(status);
  return end;
}

}  // namespace wsapi
