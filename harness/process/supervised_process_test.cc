// SPDX-License-Identifier: Apache-2.0

#include "harness/process/supervised_process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "harness/net/event_loop.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

Address free_address() {
  static int count = 0;
  const std::string text =
      "unix:@wsapi-process-test-" + std::to_string(::getpid()) + "-" + std::to_string(++count);
  return std::get<Address>(parse_address(text));
}

ProcessSpec faulty(const std::vector<std::string>& options = {}) {
  ProcessSpec out{.address = free_address()};
  out.spawn.command = {WSAPI_FAULTY_PROCESS, to_string(out.address)};
  out.spawn.command.insert(out.spawn.command.end(), options.begin(), options.end());
  out.ready_limit = 60s;
  return out;
}

auto is_fault(FaultKind kind, const std::string& title) {
  return AllOf(Field(&FaultReport::kind, kind), Field(&FaultReport::title, title));
}

// Whether a process of that group is left.
bool group_is_left(int group) { return ::kill(-group, 0) == 0; }

// Sends a letter to the process, and waits for the dot or the end that follows.
asio::awaitable<void> tell(Address address, char letter) {
  ConnectResult peer = co_await connect(address, deadline_in(60s));
  EXPECT_EQ(peer.status, ConnectStatus::kOk) << peer.message;
  const auto byte = static_cast<std::byte>(letter);
  (void)co_await peer.stream.write_all(std::span(&byte, 1), deadline_in(60s));
  std::byte dot{};
  (void)co_await peer.stream.read_some(std::span(&dot, 1), deadline_in(60s));
}

asio::awaitable<void> pause() {
  asio::steady_timer timer(co_await asio::this_coro::executor, 1ms);
  co_await timer.async_wait(asio::use_awaitable);
}

// Looks until there are faults, at most for a minute.
asio::awaitable<std::vector<FaultReport>> faults_of(SupervisedProcess& process) {
  for (const auto end = deadline_in(60s); std::chrono::steady_clock::now() < end;) {
    std::vector<FaultReport> faults = process.take_faults();
    if (!faults.empty()) co_return faults;
    co_await pause();
  }
  co_return std::vector<FaultReport>{};
}

struct Seen {
  std::string error;
  std::vector<FaultReport> faults;       // while it ran
  std::vector<FaultReport> last_faults;  // with its end
  std::string output;
  bool was_killed = false;
  int pid = -1;
};

// Starts the process, tells it the letters, and stops it.
Seen watch(ProcessSpec spec, std::string letters, bool waits_for_faults = true) {
  const auto work = [&]() -> asio::awaitable<Seen> {
    Seen seen;
    SupervisedProcess process(co_await asio::this_coro::executor, spec);
    seen.error = co_await process.start();
    for (const char letter : letters) co_await tell(spec.address, letter);
    if (waits_for_faults && !letters.empty()) seen.faults = co_await faults_of(process);
    co_await process.stop();
    seen.last_faults = process.take_faults();
    seen.output = process.output();
    seen.was_killed = process.had_to_be_killed();
    seen.pid = process.pid();
    co_return seen;
  };
  Seen seen = run_to_end(work());
  EXPECT_FALSE(seen.pid > 0 && group_is_left(seen.pid));
  return seen;
}

TEST(SupervisedProcess, OneThatWorksHasNoFaults) {
  const Seen seen = watch(faulty(), ".", false);
  EXPECT_EQ(seen.error, "");
  EXPECT_THAT(seen.faults, IsEmpty());
  EXPECT_THAT(seen.last_faults, IsEmpty());
  EXPECT_FALSE(seen.was_killed);
}

TEST(SupervisedProcess, ASignalThatEndsItIsAFault) {
  const Seen seen = watch(faulty({"--print", "the last words"}), "s");
  EXPECT_THAT(seen.faults, ElementsAre(is_fault(FaultKind::kSignal, "SIGSEGV")));
  EXPECT_THAT(seen.faults.at(0).detail, HasSubstr("the last words"));
  EXPECT_THAT(seen.last_faults, IsEmpty());
}

TEST(SupervisedProcess, AnExitIsAFault) {
  const Seen seen = watch(faulty(), "e");
  EXPECT_THAT(seen.faults, ElementsAre(is_fault(FaultKind::kExit, "exit status 3")));
}

TEST(SupervisedProcess, ALineTellsOfAFault) {
  const Seen seen = watch(faulty(), "l");
  EXPECT_THAT(seen.faults,
              ElementsAre(is_fault(FaultKind::kLine,
                                   "server: caught SIGSEGV at 0xN in worker N, going on")));
  EXPECT_THAT(seen.last_faults, IsEmpty());
}

TEST(SupervisedProcess, ALineAndTheEndAfterItAreOneFault) {
  // Taken once, after both.
  const auto work = [spec = faulty()]() -> asio::awaitable<std::vector<FaultReport>> {
    SupervisedProcess process(co_await asio::this_coro::executor, spec);
    EXPECT_EQ(co_await process.start(), "");
    co_await tell(spec.address, 'a');
    while (!process.has_ended()) co_await pause();
    co_return process.take_faults();
  };
  const std::vector<FaultReport> faults = run_to_end(work());
  EXPECT_THAT(faults, ElementsAre(is_fault(FaultKind::kSignal,
                                           "SIGABRT: main.c:N: f: Assertion `x > N' failed.")));
}

TEST(SupervisedProcess, AReportOfASanitizerOnStandardError) {
  const Seen seen = watch(faulty(), "r");
  EXPECT_THAT(seen.faults,
              ElementsAre(is_fault(FaultKind::kSanitizer, "heap-use-after-free in Table::find")));
  EXPECT_THAT(seen.faults.at(0).detail, HasSubstr("#0 Table::find table.cc:12\n"));
}

TEST(SupervisedProcess, ReportsInFilesAreRead) {
  // What a sanitizer does: it takes the path from its options, and appends its process id.
  ProcessSpec spec = faulty();
  spec.spawn.command = {"/bin/sh", "-c",
                        R"(path=${UBSAN_OPTIONS##*log_path=\'}; path=${path%%\'*}
         echo "/src/a.cc:7:3: runtime error: index 5 out of bounds for type 'int [4]'" > $path.$$
         exec "$0" "$1")",
                        WSAPI_FAULTY_PROCESS, to_string(spec.address)};
  spec.spawn.environment = {{"UBSAN_OPTIONS", "halt_on_error=0"}};
  const Seen seen = watch(spec, ".");
  EXPECT_EQ(seen.error, "");
  EXPECT_THAT(seen.faults,
              ElementsAre(is_fault(FaultKind::kSanitizer,
                                   "index N out of bounds for type 'int [N]' at a.cc:7")));
}

TEST(SupervisedProcess, AChildThatStaysAZombieIsSeen) {
  const Seen seen = watch(faulty(), "z");
  EXPECT_THAT(seen.faults, ElementsAre(is_fault(FaultKind::kSignal, "SIGSEGV in a child process")));
}

TEST(SupervisedProcess, AnOrphanIsSeen) {
  const Seen seen = watch(faulty(), "o");
  EXPECT_THAT(seen.faults, ElementsAre(is_fault(FaultKind::kSignal, "SIGSEGV in a child process")));
}

TEST(SupervisedProcess, AChildThatItsParentTakesLeaveOfIsSeenWhereTheSystemKeepsItsStatus) {
  const auto work = [spec = faulty()]() -> asio::awaitable<bool> {
    SupervisedProcess process(co_await asio::this_coro::executor, spec);
    EXPECT_EQ(co_await process.start(), "");
    co_await tell(spec.address, 'c');
    EXPECT_THAT(process.take_faults(), IsEmpty());  // the child is known from now on
    const std::vector<pid_t> children = children_of(process.pid());
    EXPECT_EQ(children.size(), 1U);
    for (const pid_t child : children) ::kill(child, SIGSEGV);
    while (!children_of(process.pid()).empty()) co_await pause();
    const std::vector<FaultReport> faults = process.take_faults();
    if (faults.empty()) co_return false;
    EXPECT_THAT(faults, ElementsAre(is_fault(FaultKind::kSignal, "SIGSEGV in a child process")));
    co_return true;
  };
  if (!run_to_end(work())) GTEST_SKIP() << "Linux keeps exit statuses since 6.15";
}

TEST(SupervisedProcess, ADaemonThatHasLeftTheGroupIsEnded) {
  const auto work = [spec = faulty()]() -> asio::awaitable<void> {
    SupervisedProcess process(co_await asio::this_coro::executor, spec);
    EXPECT_EQ(co_await process.start(), "");
    std::ifstream in("/proc/" + std::to_string(process.pid()) + "/environ", std::ios::binary);
    const std::string all(std::istreambuf_iterator<char>(in), {});
    const std::size_t at = all.find("WSAPI_CONFORM_PROCESS=");
    const std::string token = all.substr(at, all.find('\0', at) - at);
    co_await tell(spec.address, 'd');
    while (processes_with(token).size() != 2) co_await pause();
    co_await process.stop();
    EXPECT_THAT(processes_with(token), IsEmpty());
  };
  const auto returns = [&]() -> asio::awaitable<bool> {
    co_await work();
    co_return true;
  };
  EXPECT_TRUE(run_to_end(returns()));
}

TEST(SupervisedProcess, OneThatIgnoresSigtermIsKilled) {
  ProcessSpec spec = faulty({"--ignore-term"});
  spec.stop_grace = 50ms;
  const Seen seen = watch(spec, "");
  EXPECT_EQ(seen.error, "");
  EXPECT_TRUE(seen.was_killed);
  EXPECT_THAT(seen.last_faults, IsEmpty());
}

TEST(SupervisedProcess, OneThatHangsIsEndedAtOnceWhichIsNoFault) {
  const auto work = [spec = faulty({"--ignore-term"})]() -> asio::awaitable<bool> {
    SupervisedProcess process(co_await asio::this_coro::executor, spec);
    EXPECT_EQ(co_await process.start(), "");
    const int first = process.pid();
    process.end_at_once();
    while (!process.has_ended()) co_await pause();
    EXPECT_THAT(process.take_faults(), IsEmpty());
    EXPECT_EQ(co_await process.restart(), "");
    EXPECT_FALSE(process.has_ended());
    EXPECT_FALSE(group_is_left(first));
    process.end_at_once();
    co_await process.stop();
    EXPECT_THAT(process.take_faults(), IsEmpty());
    process.end_at_once();  // of none
    co_return true;
  };
  EXPECT_TRUE(run_to_end(work()));
}

TEST(SupervisedProcess, OneThatListensLateIsWaitedFor) {
  EXPECT_EQ(watch(faulty({"--late", "100"}), "").error, "");
}

TEST(SupervisedProcess, OneThatNeverListensIsEnded) {
  ProcessSpec spec = faulty({"--print", "reading the configuration", "--never"});
  spec.ready_limit = 300ms;
  const Seen seen = watch(spec, "");
  EXPECT_THAT(seen.error, AllOf(StartsWith("the process does not accept connections after 0.3 s: "),
                                HasSubstr("reading the configuration")));
}

TEST(SupervisedProcess, OneThatEndsBeforeItListens) {
  const Seen seen = watch(faulty({"--print", "no such option", "--exit", "2"}), "");
  EXPECT_THAT(seen.error, AllOf(StartsWith("the process ended before it accepted connections at "),
                                HasSubstr("exit status 2"), HasSubstr("no such option")));
}

TEST(SupervisedProcess, OneThatGoesToTheBackgroundIsToldToStay) {
  EXPECT_THAT(watch(faulty({"--exit", "0"}), "").error,
              HasSubstr("exit status 0; a server that goes to the background"));
}

TEST(SupervisedProcess, AProgramThatIsNotThere) {
  ProcessSpec spec = faulty();
  spec.spawn.command = {"/no/such/program"};
  EXPECT_EQ(watch(spec, "").error, "cannot start '/no/such/program': No such file or directory");
  spec.spawn.command = {"/dev/null"};
  EXPECT_EQ(watch(spec, "").error, "cannot start '/dev/null': Permission denied");
  spec.spawn.folder = "/no/such/folder";
  EXPECT_EQ(watch(spec, "").error,
            "cannot run in the folder /no/such/folder: No such file or directory");
}

TEST(SupervisedProcess, AnAddressThatIsTaken) {
  const auto work = [spec = faulty()]() -> asio::awaitable<std::string> {
    const auto executor = co_await asio::this_coro::executor;
    SupervisedProcess first(executor, spec);
    EXPECT_EQ(co_await first.start(), "");
    SupervisedProcess second(executor, spec);
    std::string error = co_await second.start();
    EXPECT_EQ(second.pid(), -1);
    co_await first.stop();
    co_return error;
  };
  EXPECT_THAT(run_to_end(work()), StartsWith("something listens at unix:@"));
}

TEST(SupervisedProcess, AFloodOfOutputIsBounded) {
  const Seen seen = watch(faulty(), "f", false);
  EXPECT_EQ(seen.error, "");
  EXPECT_LT(seen.output.size(), 300'000U);
  EXPECT_THAT(seen.output, HasSubstr("lines are left out"));
}

TEST(SupervisedProcess, IsStartedAgainAfterACrash) {
  const auto work = [spec = faulty()]() -> asio::awaitable<bool> {
    SupervisedProcess process(co_await asio::this_coro::executor, spec);
    EXPECT_EQ(co_await process.start(), "");
    const int first = process.pid();
    co_await tell(spec.address, 's');
    EXPECT_THAT(co_await faults_of(process), ElementsAre(is_fault(FaultKind::kSignal, "SIGSEGV")));
    EXPECT_TRUE(process.has_ended());
    EXPECT_EQ(co_await process.restart(), "");
    EXPECT_FALSE(process.has_ended());
    EXPECT_NE(process.pid(), first);
    EXPECT_EQ(process.start_count(), 2U);
    co_await tell(spec.address, '.');
    EXPECT_THAT(process.take_faults(), IsEmpty());
    EXPECT_EQ(co_await process.restart(), "");  // of one that runs
    co_await tell(spec.address, '.');
    EXPECT_FALSE(group_is_left(first));
    co_await process.stop();
    co_return true;
  };
  EXPECT_TRUE(run_to_end(work()));
}

TEST(SupervisedProcess, AnExceptionLeavesNothing) {
  int pid = -1;
  const auto work = [&, spec = faulty({"--ignore-term"})]() -> asio::awaitable<int> {
    SupervisedProcess process(co_await asio::this_coro::executor, spec);
    EXPECT_EQ(co_await process.start(), "");
    pid = process.pid();
    throw std::runtime_error("of the suite");
  };
  EXPECT_THROW((void)run_to_end(work()), std::runtime_error);
  ASSERT_GT(pid, 0);
  EXPECT_FALSE(group_is_left(pid));
}

TEST(SupervisedProcess, AKilledSuiteLeavesNothing) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t suite = ::fork();
  ASSERT_GE(suite, 0);
  if (suite == 0) {
    const Spawned spawned =
        spawn({.command = {WSAPI_FAULTY_PROCESS, to_string(free_address()), "--never"}});
    (void)!::write(ends[1], &spawned.pid, sizeof spawned.pid);
    for (;;) ::pause();
  }
  pid_t pid = -1;
  ASSERT_EQ(::read(ends[0], &pid, sizeof pid), static_cast<ssize_t>(sizeof pid));
  ASSERT_GT(pid, 0);
  EXPECT_TRUE(group_is_left(pid));
  ::kill(suite, SIGKILL);
  ::waitpid(suite, nullptr, 0);
  // The orphan comes to this process, or to another that takes leave of it.
  const auto end = deadline_in(60s);
  while (group_is_left(pid) && std::chrono::steady_clock::now() < end) {
    ::waitpid(pid, nullptr, WNOHANG);
    ::usleep(1000);
  }
  EXPECT_FALSE(group_is_left(pid));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(SupervisedProcess, WhatItGets) {
  ProcessSpec spec = faulty();
  spec.spawn.command = {"/bin/sh", "-c",
                        "echo \"$WSAPI_ADDRESS $COLOUR $(ulimit -n) $(pwd) $(cat | wc -c)\" >&2; "
                        "exec \"$0\" \"$1\"",
                        WSAPI_FAULTY_PROCESS, to_string(spec.address)};
  spec.spawn.environment = {{"COLOUR", "blue"}};
  spec.spawn.limits.open_files = 77;
  spec.spawn.folder = "/";
  const Seen seen = watch(spec, "");
  EXPECT_THAT(seen.output, HasSubstr(to_string(spec.address) + " blue 77 / 0\n"));
}

}  // namespace
}  // namespace wsapi
