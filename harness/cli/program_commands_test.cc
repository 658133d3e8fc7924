// SPDX-License-Identifier: Apache-2.0
//
// Wrong use, help, and the commands list, explain, decode and vectors, as processes.

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/cli/test_program.h"

namespace wsapi::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::size_t kMaxColumns = 100;

std::string joined(const Words& words) {
  std::string out;
  for (const std::string& word : words) out += " " + word.substr(0, 100);
  return out;
}

// Commands to be copied stand on one line, however long.
void expect_narrow(const std::string& text) {
  for (const std::string& line : lines_of(text)) {
    EXPECT_TRUE(line.size() <= kMaxColumns || line.starts_with("    wsapi-conform run ")) << line;
  }
}

// Status 4, nothing on standard output, and these texts in the error.
void expect_wrong_use(const Words& words, const std::vector<std::string>& parts = {}) {
  SCOPED_TRACE(joined(words));
  const Ran ran = run(words);
  EXPECT_EQ(ran.status, 4) << ran;
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, StartsWith("error: "));
  for (const std::string& part : parts) EXPECT_THAT(ran.err, HasSubstr(part));
}

// ---- Wrong use

TEST(ProgramUse, UnknownCommandOrOptionIsWrongUseAndIsNamed) {
  expect_wrong_use({}, {"A subcommand is required", "--help"});
  expect_wrong_use({"frobnicate"}, {"frobnicate"});
  expect_wrong_use({"run", "--frobnicate"}, {"--frobnicate"});
  expect_wrong_use({"run", "server/call/minimal"}, {"server/call/minimal"});
  expect_wrong_use({"vectors"}, {"A subcommand is required"});
  expect_wrong_use({"vectors", "frobnicate"}, {"frobnicate"});
}

TEST(ProgramUse, BadValueIsWrongUseAndNamesTheOption) {
  expect_wrong_use({"run", "--jobs", "0"}, {"--jobs"});
  expect_wrong_use({"run", "--jobs", "9999999"}, {"--jobs", "512"});
  expect_wrong_use({"run", "--jobs", "1.5"}, {"--jobs"});
  expect_wrong_use({"run", "--timeout", "-1"}, {"--timeout"});
  expect_wrong_use({"run", "--timeout", "nan"}, {"--timeout"});
  expect_wrong_use({"run", "--timeout", "soon"}, {"--timeout"});
  expect_wrong_use({"run", "--repeat", "0"}, {"--repeat"});
  expect_wrong_use({"run", "--seed", "-1"}, {"--seed"});
  expect_wrong_use({"run", "--seed", "18446744073709551616"}, {"--seed"});
  expect_wrong_use({"run", "--revision", "nonsense"}, {"--revision", "2020-03"});
  expect_wrong_use({"run", "--builtin", "nonsense"}, {"--builtin", "reference"});
  expect_wrong_use({"run", "--builtin", "crash"}, {"wsapi-conform serve"});
  expect_wrong_use({"run", "--test-api", "some"}, {"--test-api"});
  expect_wrong_use({"run", "--quiet", "--verbose"}, {"--quiet", "--verbose"});
}

TEST(ProgramUse, EmptyValueIsNotTakenForTheDefault) {
  expect_wrong_use({"run", "--target", ""}, {"--target"});
  expect_wrong_use({"run", "--builtin", ""}, {"--builtin"});
  expect_wrong_use({"run", "--vectors", ""}, {"--vectors"});
  expect_wrong_use({"run", "--select", ""});
}

TEST(ProgramUse, PatternThatMatchesNothingIsWrongUseAndIsNamed) {
  expect_wrong_use({"run", "--select", "nope*"}, {"'nope*'", "wsapi-conform list"});
  expect_wrong_use({"run", "--select", "server/call/*", "--select", "nope*"}, {"'nope*'"});
  expect_wrong_use({"run", "--exclude", "nope*"}, {"'nope*'"});
  expect_wrong_use({"list", "--select", "nope*"}, {"'nope*'"});
  expect_wrong_use({"run", "--exclude", "*"}, {"no case is selected"});
}

TEST(ProgramUse, RunToWhichNoCaseAppliesIsWrongUse) {
  const Ran ran = run({"run", "--revision", "2020-01", "--select", "server/legacy-call/*"});
  EXPECT_EQ(ran.status, 4) << ran;
  EXPECT_THAT(ran.err, HasSubstr("none of the selected cases applies"));
}

TEST(ProgramUse, BadAddressIsWrongUseAndSaysWhatIsExpected) {
  expect_wrong_use({"run", "--target", "nonsense"}, {"--target", "tcp:HOST:PORT/API"});
  expect_wrong_use({"run", "--target", "tcp:"}, {"empty host"});
  expect_wrong_use({"run", "--target", "tcp:host"}, {"missing port"});
  expect_wrong_use({"run", "--target", "tcp:host:99999"}, {"0 to 65535"});
  expect_wrong_use({"run", "--target", "tcp:[::1:5"}, {"]"});
  expect_wrong_use({"run", "--target", "unix:"}, {"empty path"});
  expect_wrong_use({"run", "--target", "unix:@"}, {"empty"});
  expect_wrong_use({"run", "--target", "unix:/a\nb"}, {"control character"});
  expect_wrong_use({"serve", "nonsense"}, {"tcp:HOST:PORT/API"});
  expect_wrong_use({"serve"}, {"address"});
  for (const char* const command : {"run", "serve"}) {
    Words words{command};
    if (words.front() == "run") words.emplace_back("--target");
    words.push_back("unix:/" + std::string(200, 'a'));
    expect_wrong_use(words, {"201 bytes", "at most 107"});
  }
}

TEST(ProgramUse, ReportThatCannotBeWrittenIsWrongUse) {
  expect_wrong_use({"run", "--report", "json:/nonexistent/report"}, {"/nonexistent/report"});
  expect_wrong_use({"run", "--report", "foo:bar"}, {"foo:bar", "junit:FILE or json:FILE"});
  expect_wrong_use({"run", "--report", "json:"}, {"junit:FILE or json:FILE"});
  expect_wrong_use({"run", "--report", "json"}, {"junit:FILE or json:FILE"});
  expect_wrong_use({"run", "--report", "json:/tmp"}, {"/tmp", "Is a directory"});
  expect_wrong_use({"run", "--report", "json:-", "--report", "junit:-"}, {"another report"});
}

// ---- Help, width

TEST(ProgramUse, HelpOfEveryCommandFitsTheTerminal) {
  for (const Words& command : std::vector<Words>{{},
                                                 {"run"},
                                                 {"list"},
                                                 {"explain"},
                                                 {"serve"},
                                                 {"report"},
                                                 {"decode"},
                                                 {"vectors"},
                                                 {"vectors", "check"},
                                                 {"vectors", "export"}}) {
    SCOPED_TRACE(joined(command));
    Words words = command;
    words.emplace_back("--help");
    const Ran ran = run(words);
    EXPECT_EQ(ran.status, 0) << ran;
    EXPECT_THAT(ran.out, HasSubstr("--help"));
    EXPECT_EQ(ran.err, "");
    expect_narrow(ran.out);
  }
  EXPECT_THAT(run({"--version"}).out, StartsWith("wsapi-conform "));
}

TEST(ProgramUse, OutputFitsTheTerminal) {
  expect_narrow(run({"list", "--long"}).out);
  expect_narrow(run({"run", "--verbose", "--select", "server/call/*"}).out);
  expect_narrow(run({"run", "--verbose", "--builtin", "yes", "--timeout", "2"}).out);
  expect_narrow(run({"run", "--verbose", "--builtin", "refuses", "--timeout", "2", "--select",
                     "server/call/*"})
                    .out);
}

// ---- list, explain

TEST(ProgramList, IdsAreUniqueAndAsManyAsTheRunCounts) {
  const Ran ran = run({"list"});
  const std::vector<std::string> ids = lines_of(ran.out);
  EXPECT_EQ(ran.status, 0) << ran;
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
  EXPECT_GE(ids.size(), 2200U);
  const auto servers =
      std::ranges::count_if(ids, [](const std::string& id) { return id.starts_with("server/"); });
  EXPECT_EQ(sums_of(run({"run", "--builtin", "yes", "--timeout", "1"}).out).cases,
            static_cast<std::size_t>(servers));
}

TEST(ProgramList, SelectAndExcludeChoose) {
  EXPECT_EQ(run({"list", "--select", "server/call/minimal"}).out, "server/call/minimal\n");
  const Words cut{"list", "--select", "server/call/minimal~cut@1?"};
  EXPECT_EQ(lines_of(run(cut).out).size(), 10U);  // after 10 to 19 bytes
  Words without = cut;
  without.insert(without.end(), {"--exclude", "*@12"});
  EXPECT_EQ(lines_of(run(without).out).size(), 9U);
  expect_wrong_use({"list", "--select", "server/call/*@[1-9]"},
                   {"'server/call/*@[1-9]'"});  // no brackets
}

TEST(ProgramList, ConditionsAreJoinedByAnd) {
  const auto ids_of = [](Words words) {
    words.insert(words.begin(), "list");
    return lines_of(run(words).out);
  };
  for (const std::string& id : ids_of({"--role", "client", "--hand-written"})) {
    EXPECT_THAT(id, StartsWith("client/"));
    EXPECT_THAT(id, Not(HasSubstr("~")));
  }
  const std::size_t must = ids_of({"--select", "server/frame/*", "--level", "must"}).size();
  const std::size_t should = ids_of({"--select", "server/frame/*", "--level", "should"}).size();
  EXPECT_GT(must, 0U);
  EXPECT_GT(should, 0U);
  const Words both{"--select", "server/frame/*", "--level", "must", "--level", "should"};
  EXPECT_EQ(ids_of(both).size(), must + should);
  EXPECT_GT(ids_of({"--flag", "EmbeddedNul"}).size(), 0U);
}

TEST(ProgramList, AConditionThatMatchesNothingIsWrongUse) {
  expect_wrong_use({"list", "--role", "peer"}, {"--role", "peer"});
  expect_wrong_use({"list", "--level", "may"}, {"--level", "may"});
  expect_wrong_use({"list", "--clause", "nowhere"}, {"--clause 'nowhere'"});
  expect_wrong_use({"list", "--flag", "Nope"}, {"--flag 'Nope'"});
  expect_wrong_use({"run", "--select", "client/*"}, {"'client/*'"});
  expect_wrong_use({"list", "--select", "server/frame/*", "--role", "client"},
                   {"'server/frame/*'"});
}

TEST(ProgramList, JsonTellsAll) {
  const Ran ran =
      run({"list", "--json", "--select", "server/event/*", "--select", "*/reply/minimal",
           "--select", "server/frame/rsv1*", "--select", "server/misdirected/reply"});
  EXPECT_EQ(ran.status, 0) << ran;
  std::map<std::string, nlohmann::json> cases;
  for (const std::string& line : lines_of(ran.out)) {
    const auto json = nlohmann::json::parse(line);
    for (const char* const key : {"id", "role", "purpose", "clause", "level", "revisions",
                                  "requirements", "flags", "derived", "runs"}) {
      ASSERT_TRUE(json.contains(key)) << line;
    }
    cases[json["id"]] = json;
  }
  const auto& reply = cases.at("client/reply/minimal");
  EXPECT_EQ(reply["role"], "client");
  EXPECT_EQ(reply["level"], "must");
  EXPECT_EQ(reply["revisions"], nlohmann::json({"2020-01", "2020-03"}));
  EXPECT_EQ(reply["derived"], false);
  EXPECT_EQ(reply["runs"], false);
  EXPECT_EQ(cases.at("server/misdirected/reply")["derived"], true);
  EXPECT_EQ(cases.at("server/frame/rsv1~close-code")["level"], "should");
  EXPECT_THAT(cases.at("server/event/push")["requirements"].dump(), HasSubstr("verb:emit"));
}

TEST(ProgramExplain, ShowsPurposeClauseStepsAndAnnotatedBytes) {
  const Ran ran = run({"explain", "server/call/minimal"});
  EXPECT_EQ(ran.status, 0) << ran;
  EXPECT_THAT(ran.out, AllOf(StartsWith("server/call/minimal\npurpose    "), HasSubstr("\nclause "),
                             HasSubstr("\nsteps\n  1. connect"), HasSubstr("expect {"),
                             HasSubstr("\nbytes in revision 2020-01:\n")));
  EXPECT_THAT(ran.out, HasSubstr("7  70 69 6e 67 00                       verb  "));
  expect_narrow(ran.out);
}

TEST(ProgramExplain, EveryGroupOfCasesCanBeExplained) {
  std::set<std::string> groups;
  for (const std::string& id : lines_of(run({"list"}).out)) {
    const std::size_t group = id.find('/') + 1;
    if (!groups.insert(id.substr(group, id.find('/', group) - group)).second) continue;
    const Ran ran = run({"explain", id});
    EXPECT_EQ(ran.status, 0) << id;
    EXPECT_THAT(ran.out, StartsWith(id + "\n"));
    expect_narrow(ran.out);
  }
  EXPECT_GE(groups.size(), 20U);
}

TEST(ProgramExplain, UnknownIdIsWrongUse) { expect_wrong_use({"explain", "nope"}, {"'nope'"}); }

// ---- decode

constexpr const char* kCall = "4b 0100 05000000 70696e6700 0000 0000 05000000 6e756c6c00 00000000";

TEST(ProgramDecode, ShowsTheWorkedExamples) {
  const Ran call = run({"decode", kCall});
  EXPECT_EQ(call.status, 0) << call;
  EXPECT_THAT(call.out, AllOf(HasSubstr("29 bytes, to-server, revision 2020-01"),
                              HasSubstr("call_id"), HasSubstr("\"ping\"")));
  expect_narrow(call.out);
  const Ran set = run({"decode", "76 01"});
  EXPECT_EQ(set.status, 0) << set;
  EXPECT_THAT(set.out, HasSubstr("to-client"));
}

TEST(ProgramDecode, PrintsMessagesInTheirJsonForm) {
  const Ran ran = run({"decode", "--json", kCall, "76 01"});
  const std::vector<std::string> lines = lines_of(ran.out);
  ASSERT_EQ(lines.size(), 2U) << ran;
  EXPECT_EQ(nlohmann::json::parse(lines[0]),
            nlohmann::json::parse(R"({"message":"call","call_id":1,"verb":"ping","session_id":0,
                                      "token_id":0,"args":"null","credentials":null})"));
  EXPECT_EQ(nlohmann::json::parse(lines[1])["version"], 1);
}

TEST(ProgramDecode, ReadsFramesAndStandardInput) {
  const Ran frames = run({"decode", "--frames", "-"}, "8200 8202 7601\n8a02 6162 8802 03e8\n");
  EXPECT_EQ(frames.status, 1) << frames;  // the empty message is none
  EXPECT_THAT(frames.err, HasSubstr("empty-message"));
  EXPECT_THAT(frames.out,
              AllOf(HasSubstr("VERSION SET"), HasSubstr("PONG 61 62"), HasSubstr("CLOSE 1000")));
  EXPECT_EQ(run({"decode", "-"}, "76\n01\n").status, 0);
}

TEST(ProgramDecode, WhatIsNoMessageIsStatus1) {
  for (const Words& words : std::vector<Words>{{"decode", "5a"},
                                               {"decode", "4b"},
                                               {"decode", ""},
                                               {"decode", "--direction", "to-server", "76 01"},
                                               {"decode", "--frames", "8205 00"},
                                               {"decode", "--frames", "f200"}}) {
    const Ran ran = run(words);
    EXPECT_EQ(ran.status, 1) << joined(words) << ran;
    EXPECT_THAT(ran.err, StartsWith("error: "));
  }
}

TEST(ProgramDecode, WhatIsNoHexadecimalIsWrongUse) {
  expect_wrong_use({"decode", "zz"}, {"'zz'"});
  expect_wrong_use({"decode", "7"}, {"'7'"});
  expect_wrong_use({"decode"}, {"hex"});
  expect_wrong_use({"decode", "--revision", "1999", "7601"}, {"1999"});
  const Ran ran = run({"decode", "-"}, std::string(9U << 20U, '0'));
  EXPECT_EQ(ran.status, 4) << ran;
}

// ---- vectors

TEST(ProgramVectors, AllAgreeWithTheReferenceCodec) {
  const Ran ran = run({"vectors", "check"});
  EXPECT_EQ(ran.status, 0) << ran;
  EXPECT_THAT(ran.out, HasSubstr("all agree with the reference codec"));
  EXPECT_EQ(ran.err, "");
}

TEST(ProgramVectors, ExportWritesEachVectorThatIsChecked) {
  const TempFolder folder;
  const std::string file = (folder / "all.jsonl").string();
  ASSERT_EQ(run({"vectors", "export", "--out", file}).status, 0);
  std::smatch found;
  const std::string said = run({"vectors", "check"}).out;
  ASSERT_TRUE(std::regex_search(
      said, found, std::regex("(\\d+) by hand, (\\d+) derived[^\n]*\nframe vectors +(\\d+)")));
  std::size_t count = 0;
  for (const std::string& line : lines_of(read_whole(file))) {
    const auto vector = nlohmann::json::parse(line);
    for (const char* const key : {"id", "purpose", "clause", "class", "bytes", "kind"}) {
      ASSERT_TRUE(vector.contains(key)) << line.substr(0, 200);
    }
    ++count;
  }
  EXPECT_EQ(count, std::stoul(found[1]) + std::stoul(found[2]) + std::stoul(found[3]));
}

TEST(ProgramVectors, ExportThatCannotBeWrittenIsWrongUse) {
  expect_wrong_use({"vectors", "export", "--out", "/nonexistent/x"}, {"/nonexistent/x"});
}

}  // namespace
}  // namespace wsapi::testing
