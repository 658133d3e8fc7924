// SPDX-License-Identifier: Apache-2.0
//
// wsapi-conform run that is ended while it is under way: what it leaves. Nothing here depends on
// time: the last of its cases waits for an answer that never comes, and the signal is sent when all
// others have ended.

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/cli/test_program.h"

namespace wsapi::testing {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

class ProgramInterrupt : public ::testing::Test {
 protected:
  ProgramInterrupt() {
    std::filesystem::copy("vectors", folder_ / "vectors", std::filesystem::copy_options::recursive);
    const Json connect{{"connect", "negotiate"}};
    const Json reply{{"expect", {{"message", "reply"}, {"call_id", 7}}}};
    Json scenarios = Json::array();
    for (const char* const id : {"call/zz-first", "call/zz-second", "call/zz-waits"}) {
      scenarios.push_back({{"id", id},
                           {"purpose", "A reply to a call that nobody made never comes."},
                           {"clause", "calls-one-reply"},
                           {"level", "must"},
                           {"revisions", {"2020-01"}},
                           {"steps", {connect, {{"barrier", true}}}}});
    }
    scenarios.back()["steps"][1] = reply;
    const Json file{{"$schema", "../schema/scenarios.schema.json"},
                    {"kind", "scenarios"},
                    {"about", "Cases of which the last ends only by its deadline."},
                    {"scenarios", scenarios}};
    write_whole(folder_ / "vectors/scenarios/zz-waiting.json", file.dump());
  }

  [[nodiscard]] std::string at(const std::string& name) const { return (folder_ / name).string(); }

  // The arguments of a run that passes some cases and then waits for an hour.
  [[nodiscard]] Words arguments() const {
    return {"run", "--vectors", at("vectors"), "--select",  "*call/zz-*", "--jobs",
            "1",   "--timeout", "3600",        "--builtin", "reference"};
  }

  // Starts it with all reports, and waits until only the last case is under way.
  [[nodiscard]] std::unique_ptr<Program> start_and_wait() const {
    Words words = arguments();
    for (const char* const kind : {"ndjson", "json", "junit", "text"}) {
      words.insert(words.end(), {"--report", std::string{kind} + ":" + at(kind)});
    }
    auto program = std::make_unique<Program>(words);
    const auto all_others_ended = [&] { return lines_of_part() == 3; };  // and the header
    EXPECT_TRUE(program->wait_for(all_others_ended)) << program->out() << program->err();
    return program;
  }
  [[nodiscard]] std::ptrdiff_t lines_of_part() const {
    const std::string text = read_whole(at("ndjson.part"));
    return std::ranges::count(text, '\n');
  }

  // The reports of the run are those that are made of its records.
  void expect_same_reports(const std::string& records) const {
    for (const char* const kind : {"json", "junit", "text"}) {
      const Ran ran = run({"report", kind, records});
      EXPECT_EQ(ran.status, 0) << ran;
      EXPECT_EQ(ran.out, read_whole(at(kind))) << kind;
    }
  }

  TempFolder folder_;
};

class ProgramInterruptSignal : public ProgramInterrupt,
                               public ::testing::WithParamInterface<int> {};

TEST_P(ProgramInterruptSignal, EndsTheRunWithWholeReports) {
  const auto program = start_and_wait();
  program->send_signal(GetParam());
  EXPECT_EQ(program->wait(), 2) << program->err();
  const std::string why =
      std::string{"interrupted by "} + (GetParam() == SIGINT ? "SIGINT" : "SIGTERM");
  EXPECT_THAT(program->out(), HasSubstr("The run was stopped: " + why + "\nUnder way then:\n"));
  const Sums sums = sums_of(program->out());
  EXPECT_EQ(sums.pass, 2U) << program->out();
  EXPECT_EQ(sums.not_run, 1U);
  const Json report = Json::parse(read_whole(at("json")));
  EXPECT_EQ(report.at("exit_status"), 2);
  EXPECT_EQ(report.at("stopped").at("reason"), why);
  EXPECT_EQ(report.at("stopped").at("under_way").size(), 1U);
  EXPECT_EQ(report.at("cases").back().at("disposition"), "not-run");
  EXPECT_EQ(lines_of(read_whole(at("ndjson"))).size(), 5U);
  EXPECT_FALSE(std::filesystem::exists(at("ndjson.part")));
  expect_same_reports(at("ndjson"));
}

INSTANTIATE_TEST_SUITE_P(All, ProgramInterruptSignal, ::testing::Values(SIGINT, SIGTERM),
                         [](const auto& of) { return of.param == SIGINT ? "Int" : "Term"; });

TEST_F(ProgramInterrupt, AKilledRunLeavesRecordsThatCanBeRead) {
  for (const char* const kind : {"ndjson", "json", "junit", "text"}) write_whole(at(kind), "old");
  const auto program = start_and_wait();
  program->send_signal(SIGKILL);
  EXPECT_EQ(program->wait(), 128 + SIGKILL);
  for (const char* const kind : {"ndjson", "json", "junit", "text"}) {
    EXPECT_EQ(read_whole(at(kind)), "old") << kind;
  }
  const Ran ran = run({"report", "json", at("ndjson.part")});
  ASSERT_EQ(ran.status, 0) << ran;
  const Json report = Json::parse(ran.out);
  EXPECT_EQ(report.at("summary").at("pass"), 2);
  EXPECT_EQ(report.at("summary").at("not_run"), 1);
  EXPECT_EQ(report.at("stopped").at("reason_code"), "records-incomplete");
  EXPECT_EQ(report.at("exit_status"), 2);
}

TEST_F(ProgramInterrupt, AFailureBeforeTheSignalIsStatus1) {
  Words words = arguments();
  words.back() = "yes";
  words.insert(words.end(), {"--revision", "2020-01", "--test-api", "none", "--no-confirm",
                             "--report", "ndjson:" + at("ndjson")});
  Program program(words);
  ASSERT_TRUE(program.wait_for([&] { return lines_of_part() == 3; })) << program.err();
  program.send_signal(SIGINT);
  EXPECT_EQ(program.wait(), 1) << program.out();
}

TEST_F(ProgramInterrupt, ASignalWhileTheServerIsAskedEndsTheRunToo) {
  Words words = arguments();
  words.back() = "silent";
  words.insert(words.end(),
               {"--report", "ndjson:" + at("ndjson"), "--report", "json:" + at("json")});
  Program program(words);
  // The records are opened just before the server is asked, which answers nothing.
  ASSERT_TRUE(program.wait_for([&] { return std::filesystem::exists(at("ndjson.part")); }));
  while (!program.has_ended() && !program.catches(SIGINT)) std::this_thread::yield();
  program.send_signal(SIGINT);
  EXPECT_EQ(program.wait(), 2) << program.out() << program.err();
  const Json report = Json::parse(read_whole(at("json")));
  EXPECT_EQ(report.at("summary").at("not_run"), report.at("summary").at("cases"));
  EXPECT_EQ(run({"report", "json", at("ndjson")}).out, read_whole(at("json")));
}

}  // namespace
}  // namespace wsapi::testing
