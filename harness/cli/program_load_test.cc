// SPDX-License-Identifier: Apache-2.0
//
// wsapi-conform load, as a process. No test depends on how fast the machine is: whether a rate was
// kept is only compared with what is said of it.

#include <gmock/gmock.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "harness/cli/test_program.h"

namespace wsapi::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Json = nlohmann::json;

constexpr std::size_t kMaxColumns = 100;

// Short, and with these further options.
Ran load(const Words& more) {
  Words words{"load", "--seconds", "0.2", "--warmup", "0.05"};
  words.insert(words.end(), more.begin(), more.end());
  const Ran ran = run(words);
  for (const std::string& line : lines_of(ran.out)) EXPECT_LE(line.size(), kMaxColumns) << line;
  return ran;
}

struct Reported {
  Ran ran;
  Json json;
};

Json read_report(const std::filesystem::path& path) {
  Json json = Json::parse(read_whole(path), nullptr, false);
  EXPECT_FALSE(json.is_discarded()) << "the report cannot be parsed";
  return json;
}

Reported load_with_report(Words more) {
  const TempFolder folder;
  const std::string path = (folder / "load.json").string();
  more.insert(more.end(), {"--report", "json:" + path});
  Reported out;
  out.ran = load(more);
  out.json = read_report(path);
  return out;
}

std::uint64_t errors(const Json& report, const char* kind) {
  return report.at("errors").at(kind).at("count");
}

void expect_consistent(const Json& latency, const Json& calls) {
  EXPECT_EQ(latency.at("count"), calls.at("answered"));
  std::uint64_t counted = 0;
  for (const Json& bucket : latency.at("buckets"))
    counted += bucket.at("count").get<std::uint64_t>();
  EXPECT_EQ(latency.at("count"), counted);
  std::uint64_t last = latency.at("min");
  for (const char* const name : {"50", "75", "90", "99", "99.9", "99.99"}) {
    const std::uint64_t value = latency.at("percentiles").at(name);
    EXPECT_GE(value, last) << name;
    last = value;
  }
  EXPECT_LE(last, latency.at("max"));
}

// No errors; and the rate, if there is one, was kept or not as the exit status says.
void expect_all_right(const Reported& reported) {
  const Json& json = reported.json;
  SCOPED_TRACE(reported.ran.err);
  const bool is_kept = json.at("rate_kept").is_null() || json.at("rate_kept").get<bool>();
  EXPECT_EQ(reported.ran.status, is_kept ? 0 : 1) << reported.ran;
  EXPECT_EQ(json.at("exit_status"), reported.ran.status);
  EXPECT_GT(json.at("calls").at("answered"), 0);
  EXPECT_EQ(json.at("calls").at("answered"), json.at("calls").at("sent"));
  EXPECT_THAT(reported.ran.out, HasSubstr("errors      none\n"));
  for (const auto& [kind, error] : json.at("errors").items()) {
    EXPECT_EQ(error.at("count"), 0) << kind;
  }
  expect_consistent(json.at("latency_ns"), json.at("calls"));
  expect_consistent(json.at("service_time_ns"), json.at("calls"));
}

// ---- Right servers

TEST(ProgramLoad, BuiltInServerAsFastAsItGoes) {
  const Reported reported = load_with_report({});
  expect_all_right(reported);
  EXPECT_EQ(reported.ran.err, "");
  EXPECT_EQ(reported.json.at("parameters").at("rate"), nullptr);
  EXPECT_EQ(reported.json.at("parameters").at("pipeline"), 1);
  EXPECT_EQ(reported.json.at("latency_ns"), reported.json.at("service_time_ns"));
  EXPECT_THAT(reported.ran.out, AllOf(HasSubstr("target      unix:@wsapi-conform-"),
                                      HasSubstr("99.99 %"), HasSubstr("and so no correction")));
}

TEST(ProgramLoad, AtARate) {
  const Reported reported = load_with_report({"--rate", "100", "--connections", "3"});
  expect_all_right(reported);
  EXPECT_EQ(reported.json.at("calls").at("intended"), 20);
  EXPECT_EQ(reported.json.at("parameters").at("rate"), 100.0);
  EXPECT_EQ(reported.json.at("parameters").at("pipeline"), 4095);
  EXPECT_EQ(reported.json.at("connections").at("opened"), 3);
  EXPECT_THAT(reported.ran.out, AllOf(HasSubstr("latency   service time\n"),
                                      HasSubstr(" calls/s of 100.0 calls/s: ")));
}

TEST(ProgramLoad, ManyConnectionsAndCallsInFlight) {
  const Reported reported = load_with_report({"--connections", "600", "--pipeline", "10"});
  expect_all_right(reported);
  EXPECT_EQ(reported.json.at("connections").at("opened"), 600);
}

class ProgramLoadRevision : public ::testing::TestWithParam<const char*> {};

TEST_P(ProgramLoadRevision, IsRecognised) {
  Server server("tcp:127.0.0.1:0/test", {"--revision", GetParam()});
  const Reported reported = load_with_report({"--target", server.address(), "--pipeline", "4"});
  expect_all_right(reported);
  EXPECT_EQ(reported.json.at("revision"), GetParam());
  EXPECT_EQ(reported.json.at("target"), server.address());
}

INSTANTIATE_TEST_SUITE_P(All, ProgramLoadRevision,
                         ::testing::Values("legacy", "2020-01", "2020-03"), [](const auto& of) {
                           std::string name{of.param};
                           std::erase(name, '-');
                           return name;
                         });

TEST(ProgramLoad, VerbWithArguments) {
  expect_all_right(load_with_report({"--verb", "echo", "--args", "{\"a\":[1,2]}"}));
  const Reported sized = load_with_report({"--verb", "echo", "--size", "70000"});
  expect_all_right(sized);
  EXPECT_EQ(sized.json.at("parameters").at("args_size"), 70'000);
  EXPECT_FALSE(sized.json.at("parameters").at("expects_error"));
}

TEST(ProgramLoad, QuietPrintsTheSums) {
  const Ran ran = load({"--quiet"});
  EXPECT_EQ(ran.status, 0) << ran;
  EXPECT_LE(lines_of(ran.out).size(), 2U);
  EXPECT_THAT(ran.out, HasSubstr(" answered, 0 errors, "));
}

// ---- Wrong servers

TEST(ProgramLoad, ErrorRepliesOfAVerbAreErrors) {
  const Reported reported = load_with_report({"--verb", "nope"});
  EXPECT_EQ(reported.ran.status, 1) << reported.ran;
  EXPECT_EQ(errors(reported.json, "error_reply"), reported.json.at("calls").at("failed"));
  EXPECT_THAT(reported.ran.out, HasSubstr("error replies, the first: unknown-verb"));
}

TEST(ProgramLoad, SuccessOfAVerbThatNoServerHasIsUnexpected) {
  const Reported reported = load_with_report({"--builtin", "yes"});
  EXPECT_EQ(reported.ran.status, 1) << reported.ran;
  EXPECT_GT(errors(reported.json, "unexpected"), 0U);
  EXPECT_EQ(load({"--builtin", "yes", "--verb", "any"}).status, 0);
}

TEST(ProgramLoad, ServersThatDoNotNegotiateAreNotReached) {
  for (const char* const name : {"close", "silent", "echo"}) {
    const Reported reported = load_with_report({"--builtin", name, "--timeout", "0.2"});
    EXPECT_EQ(reported.ran.status, 3) << reported.ran;
    EXPECT_EQ(reported.json.at("exit_status"), 3);
    EXPECT_EQ(errors(reported.json, "not_opened"), 1U);
    EXPECT_THAT(reported.ran.err, HasSubstr("before VERSION SET 1 came"));
  }
}

TEST(ProgramLoad, NoServer) {
  const Reported reported = load_with_report({"--target", "unix:@wsapi-nobody"});
  EXPECT_EQ(reported.ran.status, 3) << reported.ran;
  EXPECT_THAT(reported.ran.err,
              AllOf(StartsWith("error: "), HasSubstr("unix:@wsapi-nobody: Connection refused")));
  EXPECT_EQ(reported.json.at("connections").at("opened"), 0);
  EXPECT_THAT(reported.json.at("unreachable").get<std::string>(), HasSubstr("unix:@wsapi-nobody"));
}

TEST(ProgramLoad, ARateThatIsNotKept) {
  const Reported reported = load_with_report(
      {"--verb", "delay", "--args", "{\"ms\":100}", "--rate", "1000", "--pipeline", "1"});
  EXPECT_EQ(reported.ran.status, 1) << reported.ran;
  EXPECT_EQ(reported.json.at("rate_kept"), false);
  EXPECT_GT(reported.json.at("calls").at("unsent"), 100);
  EXPECT_THAT(reported.ran.out, HasSubstr(" calls/s of 1000.0 calls/s: NOT KEPT, "));
}

TEST(ProgramLoad, AServerThatDiesEndsTheRun) {
  Server server(free_address());
  Program program({"load", "--target", server.address(), "--seconds", "1000"});
  EXPECT_TRUE(program.wait_for_output("\n\n"));
  // Whatever it has reached by now.
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  server.program().send_signal(SIGKILL);
  EXPECT_EQ(program.wait(), 3) << program.out() << program.err();
  EXPECT_THAT(program.err(), StartsWith("error: "));
}

// ---- Interruption

TEST(ProgramLoad, CtrlCEndsItWithWhatItHas) {
  const TempFolder folder;
  const std::string path = (folder / "load.json").string();
  Program program({"load", "--seconds", "1000", "--warmup", "0", "--report", "json:" + path});
  EXPECT_TRUE(program.wait_for_output("\n\n"));
  // Whatever it has reached by now.
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  program.send_signal(SIGINT);
  const int status = program.wait();
  const Json report = read_report(path);
  EXPECT_EQ(report.at("interrupted"), true);
  EXPECT_LT(report.at("seconds"), 1000);
  EXPECT_EQ(status, report.at("calls").at("answered") > 0 ? 0 : 1) << program.out();
  EXPECT_EQ(report.at("exit_status"), status);
  EXPECT_THAT(program.out() + program.err(), HasSubstr("interrupted"));
}

// ---- Wrong use

TEST(ProgramLoad, BadValuesAreWrongUseAndNameTheOption) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> bad{
      {"--connections", {"0", "1025", "1.5", "many"}},
      {"--rate", {"0", "-5", "nan", "inf", "fast", "10000001", ""}},
      {"--seconds", {"0", "0.09", "86401", "nan", "soon"}},
      {"--warmup", {"-1", "nan", "86401"}},
      {"--pipeline", {"0", "4096", "-1"}},
      {"--timeout", {"0", "nan", "3601"}},
      {"--size", {"1", "1000001"}},
      {"--args", {"", "{", "[1,"}},
      {"--verb", {"", std::string(1001, 'v')}},
      {"--report", {"junit:x", "json:", "json", "json:/nowhere/at/all"}},
      {"--builtin", {"nonsense"}},
      {"--revision", {"nonsense"}},
      {"--target", {"", "tcp:", "nonsense"}},
      {"--frobnicate", {"1"}},
  };
  for (const auto& [option, values] : bad) {
    for (const std::string& value : values) {
      SCOPED_TRACE(option + " " + value.substr(0, 50));
      const Ran ran = run({"load", option, value});
      EXPECT_EQ(ran.status, 4) << ran;
      EXPECT_EQ(ran.out, "");
      EXPECT_THAT(ran.err, StartsWith("error: "));
      EXPECT_THAT(ran.err, HasSubstr(value.starts_with("json:/") ? "/nowhere/" : option));
    }
  }
  EXPECT_EQ(run({"load", "--args", "1", "--size", "5"}).status, 4);
}

TEST(ProgramLoad, HelpIsNarrowAndNamesTheExitStatuses) {
  const Ran ran = run({"load", "--help"});
  EXPECT_EQ(ran.status, 0);
  for (const std::string& line : lines_of(ran.out)) EXPECT_LE(line.size(), kMaxColumns) << line;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("--pipeline"), HasSubstr("Exit status: 0 "),
                             HasSubstr("4 wrong use"), Not(HasSubstr("\x1b"))));
}

}  // namespace
}  // namespace wsapi::testing
