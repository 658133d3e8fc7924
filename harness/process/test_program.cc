// SPDX-License-Identifier: Apache-2.0
//
// For tests: a process with faults.
//
//   faulty_process unix:@NAME [--late MS] [--never] [--ignore-term] [--print TEXT] [--exit STATUS]
//
// It listens, and does what the letters that come on its connections say, each answered by a dot
// when it is done; see act().

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace {

void print(std::string_view text) { (void)!::write(STDERR_FILENO, text.data(), text.size()); }

void flood() {
  const std::string block(1U << 20U, 'x');
  for (int i = 0; i < 100; ++i) print(block + "\n");
}

// A report as AddressSanitizer writes it, on standard error.
constexpr std::string_view kReport =
    "==77==ERROR: AddressSanitizer: heap-use-after-free on address 0x6020 at pc 0x55 bp 0x7f\n"
    "READ of size 4 at 0x6020 thread T0\n"
    "    #0 0x55d0c0 in Table::find(int) const /src/table.cc:12:5\n"
    "    #1 0x55d0c1 in main /src/main.cc:3\n\n"
    "SUMMARY: AddressSanitizer: heap-use-after-free /src/table.cc:12:5 in Table::find(int) const\n";

[[noreturn]] void wait_to_be_killed() {
  for (;;) ::pause();
}

// A child whose parent has gone when it dies.
void fork_orphan() {
  int ready[2];
  (void)!::pipe(ready);
  const pid_t middle = ::fork();
  if (middle == 0) {
    if (::fork() == 0) {
      char byte = 0;
      ::close(ready[1]);
      (void)!::read(ready[0], &byte, 1);  // ends with the process in the middle
      ::raise(SIGSEGV);
    }
    ::_exit(0);
  }
  ::close(ready[0]);
  ::close(ready[1]);
  ::waitpid(middle, nullptr, 0);
}

// One that leaves the process group and closes everything.
void fork_daemon() {
  if (::fork() != 0) return;
  ::setsid();
  if (::fork() != 0) ::_exit(0);
  (void)std::signal(SIGTERM, SIG_IGN);
  wait_to_be_killed();
}

void act(char letter) {
  switch (letter) {
    case 's': ::raise(SIGSEGV); break;
    case 'e': ::_exit(3);
    case 't': std::abort();
    case 'l': print("server: caught SIGSEGV at 0x7f12ab in worker 4, going on\n"); break;
    case 'a': print("main.c:12: f: Assertion `x > 0' failed.\n"); std::abort();
    case 'r': print(kReport); ::_exit(1);
    case 'f': flood(); break;
    case 'z':  // stays a zombie
      if (::fork() == 0) ::raise(SIGSEGV);
      break;
    case 'c':  // taken leave of at once
      (void)std::signal(SIGCHLD, SIG_IGN);
      if (::fork() == 0) wait_to_be_killed();
      break;
    case 'o': fork_orphan(); break;
    case 'd': fork_daemon(); break;
    default: break;
  }
}

int listen_at(std::string_view address) {
  const std::string_view name = address.substr(std::strlen("unix:@"));
  sockaddr_un place{};
  place.sun_family = AF_UNIX;
  std::memcpy(place.sun_path + 1, name.data(), name.size());
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&place), sizeof place) != 0) {
    std::perror("bind");
    std::exit(1);
  }
  ::listen(listener, 5);
  return listener;
}

}  // namespace

int main(int argc, char** argv) {
  (void)std::signal(SIGSEGV, SIG_DFL);  // where a sanitizer has a handler of its own
  bool listens = true;
  for (int i = 2; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--late") ::usleep(static_cast<useconds_t>(std::atoi(argv[++i])) * 1000);
    if (option == "--never") listens = false;
    if (option == "--ignore-term") (void)std::signal(SIGTERM, SIG_IGN);
    if (option == "--print") print(std::string(argv[++i]) + "\n");
    if (option == "--exit") return std::atoi(argv[++i]);
  }
  if (!listens) wait_to_be_killed();
  const int listener = listen_at(argv[1]);
  for (;;) {
    const int connection = ::accept(listener, nullptr, nullptr);
    for (char letter = 0; ::read(connection, &letter, 1) == 1;) {
      act(letter);
      (void)!::write(connection, ".", 1);
    }
    ::close(connection);
  }
}
