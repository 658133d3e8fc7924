// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a process ended, in words that are the same on every machine.

#include <sys/wait.h>

#include <csignal>
#include <string>
#include <string_view>
#include <utility>

namespace wsapi {

[[nodiscard]] inline std::string signal_name(int number) {
  constexpr std::pair<int, std::string_view> kNames[] = {
      {SIGABRT, "SIGABRT"}, {SIGALRM, "SIGALRM"}, {SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"},
      {SIGHUP, "SIGHUP"},   {SIGILL, "SIGILL"},   {SIGINT, "SIGINT"},   {SIGKILL, "SIGKILL"},
      {SIGPIPE, "SIGPIPE"}, {SIGQUIT, "SIGQUIT"}, {SIGSEGV, "SIGSEGV"}, {SIGSYS, "SIGSYS"},
      {SIGTERM, "SIGTERM"}, {SIGTRAP, "SIGTRAP"}, {SIGXCPU, "SIGXCPU"}, {SIGXFSZ, "SIGXFSZ"}};
  for (const auto& [signal, name] : kNames) {
    if (signal == number) return std::string(name);
  }
  return "signal " + std::to_string(number);
}

// Signals that come of a fault of the program, not from somebody who ends it.
[[nodiscard]] constexpr bool is_crash(int signal) noexcept {
  return signal == SIGABRT || signal == SIGBUS || signal == SIGFPE || signal == SIGILL ||
         signal == SIGSEGV || signal == SIGSYS || signal == SIGTRAP;
}

// "SIGSEGV", "exit status 3", of a status as waitpid tells it.
[[nodiscard]] inline std::string end_text(int status) {
  if (WIFSIGNALED(status)) return signal_name(WTERMSIG(status));
  return "exit status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace wsapi
