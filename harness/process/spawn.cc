// SPDX-License-Identifier: Apache-2.0

#include "harness/process/spawn.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <map>
#include <system_error>

#include "harness/text/printable.h"

namespace wsapi {
namespace {

using Pipe = std::array<int, 2>;  // the end to read from, the end to write to

void close_descriptor(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

// Everything that the new process needs is made before the fork: between it and exec, only what is
// safe in a signal handler may be called.
class Launch {
 public:
  explicit Launch(const SpawnSpec& spec) : spec_(spec), words_(spec.command) {
    std::map<std::string, std::string> variables;
    for (char** entry = environ; *entry != nullptr; ++entry) {
      const std::string text = *entry;
      variables[text.substr(0, text.find('='))] = text;
    }
    for (const auto& [name, value] : spec.environment) variables[name] = name + "=" + value;
    for (auto& [name, text] : variables) environment_.push_back(std::move(text));
    for (std::string& word : words_) word_pointers_.push_back(word.data());
    for (std::string& text : environment_) environment_pointers_.push_back(text.data());
    word_pointers_.push_back(nullptr);
    environment_pointers_.push_back(nullptr);
  }
  Launch(const Launch&) = delete;
  Launch& operator=(const Launch&) = delete;
  ~Launch() {
    for (Pipe* const one : {&output_, &errors_, &failure_, &guard_}) {
      close_descriptor((*one)[0]);
      close_descriptor((*one)[1]);
    }
  }

  Spawned start() {
    Spawned out;
    for (Pipe* const one : {&output_, &errors_, &failure_, &guard_}) {
      if (::pipe2(one->data(), O_CLOEXEC) != 0) return failed("cannot make a pipe", errno);
    }
    const pid_t pid = ::fork();
    if (pid < 0) return failed("cannot fork", errno);
    if (pid == 0) become_program();
    (void)::setpgid(pid, pid);  // here too, as the guard needs the group
    close_descriptor(failure_[1]);
    if (auto why = failure_of(pid)) return failed(*why);
    out.guard = start_guard(pid);
    out.pid = pid;
    out.output = take(output_);
    out.errors = take(errors_);
    out.guard_end = std::exchange(guard_[1], -1);
    return out;
  }

 private:
  static Spawned failed(const std::string& what, int error) {
    return failed(what + ": " + std::generic_category().message(error));
  }
  static Spawned failed(std::string why) {
    Spawned out;
    out.error = std::move(why);
    return out;
  }

  static int take(Pipe& from) {
    (void)::fcntl(from[0], F_SETFL, O_NONBLOCK);
    return std::exchange(from[0], -1);
  }

  // What went wrong before the program ran, and where.
  struct Failure {
    enum class Step : std::uint8_t { kFolder, kLimits, kProgram };
    Step step;
    int error;
  };

  [[noreturn]] void fail(Failure::Step step) const {
    const Failure failure{step, errno};
    (void)!::write(failure_[1], &failure, sizeof failure);
    ::_exit(127);
  }

  [[noreturn]] void become_program() {
    (void)::setpgid(0, 0);
    // What the suite ignores or blocks would be ignored or blocked in the program, too.
    sigset_t none;
    (void)::sigemptyset(&none);
    for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD}) {
      (void)::signal(number, SIG_DFL);
    }
    (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
    const int input = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    (void)::dup2(input, STDIN_FILENO);
    (void)::dup2(output_[1], STDOUT_FILENO);
    (void)::dup2(errors_[1], STDERR_FILENO);
    if (!set_limits()) fail(Failure::Step::kLimits);
    if (!spec_.folder.empty() && ::chdir(spec_.folder.c_str()) != 0) fail(Failure::Step::kFolder);
    (void)::execvpe(word_pointers_[0], word_pointers_.data(), environment_pointers_.data());
    fail(Failure::Step::kProgram);
  }

  // A core file for each crash would fill the disk, so there is none.
  [[nodiscard]] bool set_limits() const {
    const rlimit none{0, 0};
    (void)::setrlimit(RLIMIT_CORE, &none);
    if (spec_.limits.open_files) {
      const rlimit files{*spec_.limits.open_files, *spec_.limits.open_files};
      if (::setrlimit(RLIMIT_NOFILE, &files) != 0) return false;
    }
    if (spec_.limits.address_space_mib) {
      const rlim_t size = *spec_.limits.address_space_mib << 20U;
      const rlimit space{size, size};
      if (::setrlimit(RLIMIT_AS, &space) != 0) return false;
    }
    return true;
  }

  // std::nullopt once the program runs.
  [[nodiscard]] std::optional<std::string> failure_of(pid_t pid) const {
    Failure failure{};
    ssize_t size = 0;
    do {
      size = ::read(failure_[0], &failure, sizeof failure);
    } while (size < 0 && errno == EINTR);
    if (size != static_cast<ssize_t>(sizeof failure)) return std::nullopt;
    (void)::waitpid(pid, nullptr, 0);
    const std::string reason = std::generic_category().message(failure.error);
    switch (failure.step) {
      case Failure::Step::kFolder:
        return fmt::format("cannot run in the folder {}: {}", printable(spec_.folder), reason);
      case Failure::Step::kLimits: return "cannot set the limits of the process: " + reason;
      case Failure::Step::kProgram: break;
    }
    return fmt::format("cannot start '{}': {}", printable(spec_.command.front()), reason);
  }

  // Waits for the end of the suite, which closes its end of the pipe, and kills the group.
  pid_t start_guard(pid_t group) {
    const pid_t guard = ::fork();
    if (guard != 0) return guard;
    (void)::setpgid(0, 0);  // what is typed at the terminal is not for it
    (void)::prctl(PR_SET_NAME, "wsapi-guard");
    (void)::dup2(guard_[0], STDIN_FILENO);
    (void)::close_range(STDOUT_FILENO, ~0U, 0);
    char byte = 0;
    while (::read(STDIN_FILENO, &byte, 1) < 0 && errno == EINTR) {
    }
    (void)::kill(-group, SIGKILL);
    ::_exit(0);
  }

  const SpawnSpec& spec_;
  std::vector<std::string> words_;
  std::vector<std::string> environment_;
  std::vector<char*> word_pointers_;
  std::vector<char*> environment_pointers_;
  Pipe output_{-1, -1};
  Pipe errors_{-1, -1};
  Pipe failure_{-1, -1};
  Pipe guard_{-1, -1};
};

}  // namespace

Spawned spawn(const SpawnSpec& spec) {
  if (spec.command.empty()) {
    Spawned out;
    out.error = "the command is empty";
    return out;
  }
  return Launch(spec).start();
}

void end_guard(Spawned& spawned) {
  if (spawned.guard > 0) {
    (void)::kill(spawned.guard, SIGKILL);
    (void)::waitpid(spawned.guard, nullptr, 0);
  }
  spawned.guard = -1;
  close_descriptor(spawned.guard_end);
}

}  // namespace wsapi
