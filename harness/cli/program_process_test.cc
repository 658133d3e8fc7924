// SPDX-License-Identifier: Apache-2.0
//
// run --exec and run --pid: the process of the server.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "harness/cli/test_program.h"

namespace wsapi::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const std::string kServe = std::string("'") + WSAPI_PROGRAM + "' serve {address}";

// Process ids of the programs whose command line holds the text.
std::vector<pid_t> programs_with(const std::string& text) {
  std::vector<pid_t> out;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream in(entry.path() / "cmdline", std::ios::binary);
    std::string line;
    std::getline(in, line);
    if (line.find(text) != std::string::npos) out.push_back(std::stoi(name));
  }
  return out;
}

TEST(RunExec, PassesAsTheBuiltInServerDoes) {
  const Words words{"run", "--select", "server/call/*", "--timeout", "60"};
  const Ran builtin = run(words);
  for (const char* const target : {"", "tcp:127.0.0.1:0/test"}) {
    Words with_exec = words;
    with_exec.insert(with_exec.end(), {"--exec", kServe});
    if (*target != '\0') with_exec.insert(with_exec.end(), {"--target", target});
    const Ran ran = run(with_exec);
    EXPECT_EQ(ran.status, 0) << ran;
    EXPECT_THAT(ran.out, AllOf(HasSubstr("process   "), HasSubstr(" s)\n"))) << ran;
    EXPECT_EQ(sums_of(ran.out), sums_of(builtin.out)) << ran;
    EXPECT_GT(sums_of(ran.out).pass, 0U);
    EXPECT_EQ(ran.err, "");
  }
}

TEST(RunExec, SaysWhyTheServerDoesNotStart) {
  const auto fails = [](const std::string& command, int status, const std::string& text) {
    const Ran ran = run({"run", "--exec", command});
    EXPECT_EQ(ran.status, status) << ran;
    EXPECT_THAT(ran.err, HasSubstr(text)) << ran;
  };
  fails("/no/such/program {address}", 3, "cannot start '/no/such/program': No such file");
  fails("sh -c 'echo no such option >&2; exit 7'", 3,
        "exit status 7\nIts standard error ends in\nno");
  fails("server > log", 4, "--exec: '>' means something to a shell only");
  fails("server --port {port}", 4, "--exec: it asks for {port}, which the address unix:");
}

TEST(RunExec, AnAddressThatIsTakenIsNotTested) {
  const Server server(free_address());
  const Ran ran = run({"run", "--exec", kServe, "--target", server.address()});
  EXPECT_EQ(ran.status, 3) << ran;
  EXPECT_THAT(ran.err, HasSubstr("something listens at " + server.address() + " already"));
}

TEST(RunExec, TheRerunCommandStartsTheServerToo) {
  const TempFolder folder;
  const std::string report = (folder / "run.ndjson").string();
  const Ran ran = run({"run", "--select", "server/call/one-call-one-reply", "--exec", kServe,
                       "--report", "ndjson:" + report});
  EXPECT_EQ(ran.status, 0) << ran;
  EXPECT_THAT(read_whole(report), HasSubstr(" --exec '"));
}

TEST(RunExec, ASignalLeavesNothingOfTheServer) {
  for (const int number : {SIGINT, SIGKILL}) {
    const std::string address = free_address();
    Program program({"run", "--exec", kServe, "--target", address, "--repeat", "1000"});
    ASSERT_TRUE(program.wait_for_output("at once")) << program.err();
    program.send_signal(number);
    EXPECT_EQ(program.wait(), number == SIGINT ? 2 : 128 + SIGKILL);
    const auto end = std::chrono::steady_clock::now() + kLongest;
    const std::string argument = std::string("serve") + '\0' + address;
    while (!programs_with(argument).empty() && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_TRUE(programs_with(argument).empty());
  }
}

TEST(RunExec, AFaultThatComesToLightAtTheEndFailsTheRun) {
  // A server that aborts when it is told to end.
  const std::string command = std::string("sh -c 'trap \"kill $!; kill -ABRT $$\" TERM; \"") +
                              WSAPI_PROGRAM + "\" serve {address} & wait'";
  const Ran ran = run({"run", "--select", "server/call/one-call-one-reply", "--exec", command});
  EXPECT_EQ(ran.status, 1) << ran;
  EXPECT_THAT(ran.out, HasSubstr("\n1. the process crashes: SIGABRT\n"));
  EXPECT_THAT(ran.out, HasSubstr("The process ended while it was being stopped: SIGABRT.\n"));
  EXPECT_THAT(ran.out, HasSubstr("\n1 finding\n"));
}

// Writes a profile of the reference server with these verbs.
std::string profile_in(const TempFolder& folder, const std::string& verbs,
                       const std::string& more = "") {
  const std::string path = (folder / "profile.json").string();
  write_whole(path, R"({"kind":"profile","name":"n","version":"1","process":{"command":[")" +
                        std::string(WSAPI_PROGRAM) + R"(","serve","{address}"]},)" + more +
                        R"("implements":{"verbs":)" + verbs + "}}");
  return path;
}

TEST(RunProfile, StartsTheServerAndRunsTheCasesOfItsVerbs) {
  const TempFolder folder;
  const Words words{"run", "--select", "server/call/*", "--timeout", "60", "--profile"};
  Words with_some = words;
  with_some.push_back(profile_in(folder, R"({"echo":true})"));
  const Ran some = run(with_some);
  EXPECT_EQ(some.status, 0) << some;
  EXPECT_THAT(some.out, HasSubstr("(1 verbs by the profile of n 1)")) << some;
  Words with_none = words;
  with_none.push_back(profile_in(folder, "{}"));
  const Ran none = run(with_none);
  EXPECT_EQ(none.status, 0) << none;
  EXPECT_GT(sums_of(none.out).not_applicable, sums_of(some.out).not_applicable);
}

TEST(RunProfile, CallsTheVerbsThatStandForThoseOfTheTestApi) {
  // For emit, one that does not push: cases that await a PUSH fail.
  const TempFolder folder;
  const Words words{"run", "--select",   "server/event/push", "--timeout",
                    "1",   "--revision", "2020-01",           "--profile"};
  Words right = words;
  right.push_back(
      profile_in(folder, R"({"subscribe":{"verb":"SUBSCRIBE"},"emit":{"verb":"Emit"}})"));
  EXPECT_EQ(run(right).status, 0);
  Words wrong = words;
  wrong.push_back(profile_in(folder, R"({"subscribe":true,"emit":{"verb":"echo"}})"));
  EXPECT_EQ(run(wrong).status, 1);
}

TEST(RunProfile, OneThatCannotBeUsedIsWrongUse) {
  const TempFolder folder;
  const Ran unknown = run({"run", "--profile", profile_in(folder, "{}", R"("x":1,)")});
  EXPECT_EQ(unknown.status, 4) << unknown;
  EXPECT_THAT(unknown.err, HasSubstr("profile.json: /: the member 'x' is not known here"));
  write_whole(folder / "p.json", R"({"kind":"profile","name":"n","version":"1","implements":{}})");
  const Ran nowhere = run({"run", "--profile", (folder / "p.json").string()});
  EXPECT_EQ(nowhere.status, 4) << nowhere;
  EXPECT_THAT(nowhere.err, HasSubstr("neither where the server listens nor how to start it"));
}

TEST(Doctor, ExitStatusesAndFindings) {
  const TempFolder folder;
  const std::string right = R"({"echo":true,"fail":true,"delay":true,"whoami":true,)"
                            R"("subscribe":true,"unsubscribe":true,"emit":true,)"
                            R"("broadcast":true,"remove":true,"mute":true})";
  const Ran well = run({"doctor", "--profile", profile_in(folder, right)});
  EXPECT_EQ(well.status, 0) << well;
  EXPECT_THAT(well.out, AllOf(HasSubstr("\nverb echo         holds    echo works\n"),
                              HasSubstr("\nno findings\n")))
      << well;
  const Ran ill = run({"doctor", "--json", "--profile", profile_in(folder, R"({"echo":true})")});
  EXPECT_EQ(ill.status, 1) << ill;
  EXPECT_THAT(ill.out, HasSubstr("\"diagnosis\": \"finding\",\n   \"subject\": \"verb fail\""));
  const Ran wrong = run({"doctor", "--profile", profile_in(folder, R"({"ecko":true})")});
  EXPECT_EQ(wrong.status, 4) << wrong;
  EXPECT_EQ(run({"doctor"}).status, 4);
  const Ran nobody = run({"doctor", "--target", free_address()});
  EXPECT_EQ(nobody.status, 3) << nobody;
  EXPECT_THAT(nobody.err, HasSubstr("error: no server can be reached: cannot connect to"));
}

TEST(RunPid, WatchesAProcessThatIsThere) {
  Server server(free_address());
  const std::vector<pid_t> pids = programs_with(std::string("serve") + '\0' + server.address());
  ASSERT_EQ(pids.size(), 1U);
  const Words words{"run", "--select", "server/call/*",  "--timeout",
                    "60",  "--target", server.address(), "--pid"};
  Words right = words;
  right.push_back(std::to_string(pids[0]));
  const Ran ran = run(right);
  EXPECT_EQ(ran.status, 0) << ran;
  EXPECT_THAT(ran.out, HasSubstr("process   " + right.back() + ", watched only\n"));
  Words wrong = words;
  wrong.push_back("4194304");
  EXPECT_EQ(run(wrong).status, 3);
  wrong.back() = "0";
  EXPECT_EQ(run(wrong).status, 4);
}

}  // namespace
}  // namespace wsapi::testing
