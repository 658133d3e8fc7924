// SPDX-License-Identifier: Apache-2.0
//
// wsapi-conform run and serve, as processes: what passes, what fails, what is wrong use.

#include <gmock/gmock.h>

#include "harness/cli/test_program.h"

namespace wsapi::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::size_t kMinPass = 1000;         // with the test API
constexpr std::size_t kMinPassWithout = 1900;  // without

void expect_all_pass(const Ran& ran, std::size_t min_pass) {
  const Sums sums = sums_of(ran.out);
  EXPECT_EQ(ran.status, 0) << ran;
  EXPECT_TRUE(sums.found) << ran;
  EXPECT_GE(sums.pass, min_pass);
  EXPECT_EQ(sums.fail + sums.should_fail + sums.inconc + sums.error, 0U) << ran;
  EXPECT_EQ(sums.pass + sums.not_applicable, sums.cases);
  EXPECT_EQ(ran.err, "");
}

// ---- Where the server is

TEST(ProgramRun, BuiltInServerPassesEveryCase) {
  const Ran ran = run({"run"});
  expect_all_pass(ran, kMinPass);
  EXPECT_THAT(ran.out, HasSubstr("target    unix:@wsapi-conform-"));
}

TEST(ProgramRun, PassesOverAUnixSocketWithAPath) {
  const TempFolder folder;
  const std::string address = "unix:" + (folder / "socket").string();
  const Ran ran = run({"run", "--builtin", "reference", "--target", address});
  expect_all_pass(ran, kMinPass);
  EXPECT_THAT(ran.out, HasSubstr("target    " + address));
}

TEST(ProgramRun, PassesOverTcp) {
  const Ran ran = run({"run", "--builtin", "reference", "--target", "tcp:127.0.0.1:0/test"});
  expect_all_pass(ran, kMinPass);
  EXPECT_THAT(ran.out, HasSubstr("target    tcp:127.0.0.1:"));
  EXPECT_THAT(ran.out, Not(HasSubstr(":0/test")));
}

// ---- Against a server of its own

TEST(ProgramRun, ServerWithoutTestApiPassesAllThatAppliesToIt) {
  Server server(free_address(), {"--test-api", "none"});
  const Ran ran = run({"run", "--target", server.address()});
  expect_all_pass(ran, kMinPassWithout);
  EXPECT_THAT(ran.out, HasSubstr("test API  no ("));
}

class ProgramRunRevision : public ::testing::TestWithParam<const char*> {};

TEST_P(ProgramRunRevision, IsRecognisedAndPasses) {
  Server server(free_address(), {"--revision", GetParam()});
  const Ran ran = run({"run", "--target", server.address()});
  expect_all_pass(ran, kMinPass);
  EXPECT_THAT(ran.out,
              HasSubstr("revision  " + std::string{GetParam()} + " (by its DESCRIPTION)\n"));
}

INSTANTIATE_TEST_SUITE_P(All, ProgramRunRevision, ::testing::Values("legacy", "2020-01", "2020-03"),
                         [](const auto& of) {
                           std::string name{of.param};
                           std::erase(name, '-');
                           return name;
                         });

TEST(ProgramRun, ServerListensOnAFreeTcpPortAndStopsOnSigterm) {
  Server server("tcp:127.0.0.1:0/test");
  EXPECT_THAT(server.address(), Not(HasSubstr(":0/")));
  expect_all_pass(run({"run", "--target", server.address(), "--select", "server/call/*"}), 100);
  server.program().send_signal(SIGTERM);
  EXPECT_EQ(server.program().wait(), 0);
}

// ---- Choice, order, number

TEST(ProgramRun, SelectAndExcludeTakeGlobs) {
  const Sums all = sums_of(run({"run", "--select", "server/call/minimal*"}).out);
  const Sums cut = sums_of(run({"run", "--select", "server/call/minimal~cut@1?"}).out);
  const Sums rest = sums_of(
      run({"run", "--select", "server/call/minimal*", "--exclude", "server/call/minimal~cut@1?"})
          .out);
  const Sums two = sums_of(
      run({"run", "--select", "server/call/minimal", "--select", "server/describe/minimal"}).out);
  EXPECT_EQ(cut.cases, 10U);  // cut after 10 to 19 of 29 bytes
  EXPECT_GT(all.cases, cut.cases);
  EXPECT_EQ(rest.cases, all.cases - cut.cases);
  EXPECT_EQ(two.pass, 2U);
}

TEST(ProgramRun, QuietPrintsTheSumsOnly) {
  const Ran ran = run({"run", "--select", "server/call/minimal", "--quiet"});
  expect_all_pass(ran, 1);
  EXPECT_EQ(lines_of(ran.out).size(), 1U);
}

TEST(ProgramRun, VerbosePrintsEveryCase) {
  const Ran ran = run({"run", "--select", "server/call/minimal*", "--verbose"});
  const std::vector<std::string> lines = lines_of(ran.out);
  const auto passed = std::ranges::count_if(lines, [](const std::string& line) {
    return line.starts_with("pass        server/call/minimal");
  });
  EXPECT_EQ(static_cast<std::size_t>(passed), sums_of(ran.out).pass) << ran;
}

TEST(ProgramRun, RepeatRunsEachCaseSoManyTimes) {
  const Ran ran = run({"run", "--select", "server/call/*", "--repeat", "3"});
  expect_all_pass(ran, 100);
  EXPECT_THAT(ran.out, HasSubstr(" cases, 3 times each: "));
}

TEST(ProgramRun, ResultDependsNeitherOnTheOrderNorOnTheNumberAtOnce) {
  const Sums plain = sums_of(run({"run", "--select", "server/call/*"}).out);
  for (const Words& options : std::vector<Words>{{"--seed", "1"},
                                                 {"--seed", "18446744073709551615"},
                                                 {"--jobs", "1"},
                                                 {"--jobs", "64"},
                                                 {"--strict"}}) {
    Words words{"run", "--select", "server/call/*"};
    words.insert(words.end(), options.begin(), options.end());
    const Ran ran = run(words);
    expect_all_pass(ran, 100);
    EXPECT_EQ(sums_of(ran.out), plain) << options.front();
  }
}

TEST(ProgramRun, AllScenariosPassManyTimesAtOnce) {
  expect_all_pass(run({"run", "--select", "server/call/*", "--select", "server/event/*", "--select",
                       "server/flow/*", "--repeat", "5", "--jobs", "64", "--seed", "7"}),
                  100);
}

// ---- Servers that are none

// All that it does right is to answer every offer.
void expect_no_pass(const Ran& ran) {
  EXPECT_EQ(ran.status, 1) << ran;
  EXPECT_TRUE(sums_of(ran.out).found) << ran;
  EXPECT_LE(sums_of(ran.out).pass, 1U) << ran;
  EXPECT_GT(sums_of(ran.out).fail, 0U);
}

TEST(ProgramRunNullPeer, WhatAgreesToEverythingPassesNothing) {
  expect_no_pass(run({"run", "--builtin", "yes", "--timeout", "0.3"}));
  Server server("tcp:127.0.0.1:0/test", {"--builtin", "yes"});
  expect_no_pass(run({"run", "--target", server.address(), "--timeout", "0.3"}));
}

class ProgramRunNoServer : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

// No case is run against what is no server of this protocol: one line says what it is.
TEST_P(ProgramRunNoServer, IsNamedAtOnce) {
  const auto& [peer, what] = GetParam();
  const auto start = std::chrono::steady_clock::now();
  const Ran ran = run({"run", "--builtin", peer});
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_EQ(ran.status, 3) << ran;
  EXPECT_EQ(lines_of(ran.err).size(), 1U) << ran;
  EXPECT_THAT(ran.err, HasSubstr("error: the peer is not a WSAPI server: " + std::string{what}));
  EXPECT_EQ(ran.out, "");
}

INSTANTIATE_TEST_SUITE_P(
    All, ProgramRunNoServer,
    ::testing::Values(std::pair{"close", "it ends each connection at the offer"},
                      std::pair{"silent", "it accepts connections and answers nothing"},
                      std::pair{"echo", "it echoes what it is sent"},
                      std::pair{"frames", "its frames are right, but no VERSION SET comes"},
                      std::pair{"http", "it speaks HTTP"}, std::pair{"tls", "it speaks TLS"},
                      std::pair{"ssh", "it speaks SSH"},
                      std::pair{"text", "it speaks a protocol of text lines"},
                      std::pair{"upgrade", "it wants the opening handshake of WebSocket"}),
    [](const auto& of) { return std::string{of.param.first}; });

TEST(ProgramRun, AnotherRevisionThanToldIsStatus3AndNamed) {
  Server server(free_address(), {"--revision", "legacy"});
  const Ran ran = run({"run", "--target", server.address(), "--revision", "2020-03"});
  EXPECT_EQ(ran.status, 3) << ran;
  EXPECT_THAT(ran.err,
              HasSubstr("the peer speaks revision legacy, and the run was told 2020-03: "));
}

// ---- No server

TEST(ProgramRun, NoServerIsStatus3AndNamesTheAddress) {
  const TempFolder folder;
  std::string closed;
  {
    const Server server("tcp:127.0.0.1:0/gone");
    closed = server.address();
  }
  for (const std::string& address :
       {closed, "unix:" + (folder / "nothing").string(), free_address()}) {
    const std::string report = (folder / "report.json").string();
    const Ran ran = run({"run", "--target", address, "--report", "json:" + report});
    EXPECT_EQ(ran.status, 3) << ran;
    EXPECT_THAT(ran.err, AllOf(HasSubstr("no server can be reached"), HasSubstr(address)));
    EXPECT_EQ(ran.out, "");
    std::ifstream file(report);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    EXPECT_THAT(text,
                AllOf(HasSubstr(R"("exit_status": 3)"), HasSubstr("no server can be reached")));
  }
}

TEST(ProgramRun, TakenPortIsStatus3AndNamesTheAddress) {
  const Server server("tcp:127.0.0.1:0/test");
  for (const Words& words :
       std::vector<Words>{{"serve", server.address()},
                          {"run", "--builtin", "reference", "--target", server.address()}}) {
    const Ran ran = run(words);
    EXPECT_EQ(ran.status, 3) << ran;
    EXPECT_THAT(ran.err, HasSubstr(server.address()));
  }
}

// ---- Servers that go away in mid-run

struct Watched {
  Ran ran;
  std::chrono::milliseconds after{};  // from the signal to the end
  std::string report;
};

Watched signal_server_in_mid_run(int number, const Words& options) {
  const TempFolder folder;
  const std::string report = (folder / "report.json").string();
  Server server(free_address());
  Words words{"run",      "--target", server.address(), "--select",      "server/call/minimal*",
              "--repeat", "1000",     "--report",       "json:" + report};
  words.insert(words.end(), options.begin(), options.end());
  Program program(words);
  EXPECT_TRUE(program.wait_for_output("cases     "));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_FALSE(program.has_ended()) << program.out();
  const auto start = std::chrono::steady_clock::now();
  server.program().send_signal(number);
  const int status = program.wait();
  const auto after = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - start);
  return {{status, program.out(), program.err()}, after, read_whole(report)};
}

TEST(ProgramRun, KilledServerEndsTheRunAndSaysWhere) {
  const Watched watched = signal_server_in_mid_run(SIGKILL, {});
  EXPECT_EQ(watched.ran.status, 3) << watched.ran;
  EXPECT_LT(watched.after, std::chrono::seconds(10));
  EXPECT_THAT(watched.ran.out, AllOf(HasSubstr("The run was stopped: "),
                                     HasSubstr("\nUnder way then:\n  server/call/")));
  EXPECT_TRUE(sums_of(watched.ran.out).found) << watched.ran;
  EXPECT_THAT(watched.report, AllOf(HasSubstr("\"stopped\": {"), HasSubstr("\"under_way\": [")));
}

TEST(ProgramRun, StoppedServerEndsTheRunAndSaysWhere) {
  const Watched watched = signal_server_in_mid_run(SIGSTOP, {"--timeout", "0.5"});
  EXPECT_THAT(watched.ran.status, ::testing::AnyOf(1, 3)) << watched.ran;
  EXPECT_LT(watched.after, std::chrono::seconds(10));
  EXPECT_THAT(watched.ran.out, HasSubstr("The run was stopped: "));
  EXPECT_THAT(watched.report, HasSubstr("\"stopped\": {"));
}

// ---- Failures

TEST(ProgramRun, FailureSaysWhatWasExpectedAndReceivedAndCanBeRunAgain) {
  const Ran ran =
      run({"run", "--builtin", "yes", "--select", "server/call/minimal", "--timeout", "2"});
  EXPECT_EQ(ran.status, 1) << ran;
  for (const char* const part :
       {"  example   server/call/minimal\n", "1. The worked example of the protocol page",
        "  rule      messages-call (section 3, Messages), level must; 1 case\n", "  because   ",
        "  sent      ", "  expected  ", "  received  ", "operation", "REPLY"}) {
    EXPECT_THAT(ran.out, HasSubstr(part));
  }
  std::smatch found;
  const std::regex command(
      "  run again\n    wsapi-conform (\\S+) --builtin (\\S+) --timeout (\\S+) --select "
      "'(\\S+)'\n");
  ASSERT_TRUE(std::regex_search(ran.out, found, command)) << ran;
  const Ran again =
      run({found[1], "--builtin", found[2], "--timeout", found[3], "--select", found[4]});
  EXPECT_EQ(again.status, 1);
  EXPECT_EQ(sums_of(again.out), sums_of(ran.out));
}

TEST(ProgramRun, CasesThatFailByOneFaultAreOneFinding) {
  const Ran ran = run({"run", "--builtin", "negotiates", "--timeout", "0.3", "--select",
                       "server/call/minimal~cut@1?"});
  EXPECT_EQ(sums_of(ran.out).fail, 10U) << ran;
  EXPECT_THAT(ran.out, HasSubstr("\n1 finding\n"));
}

}  // namespace
}  // namespace wsapi::testing
