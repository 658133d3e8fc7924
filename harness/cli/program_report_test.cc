// SPDX-License-Identifier: Apache-2.0
//
// The reports of wsapi-conform run, as other programs read them.

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <set>

#include "harness/cli/test_program.h"

namespace wsapi::testing {
namespace {

using Json = nlohmann::json;

struct Reports {
  Ran ran;
  Json json;
  pugi::xml_document junit;
  std::string junit_text;
};

void run_with_reports(Words words, Reports& out) {
  const TempFolder folder;
  const std::string json = (folder / "report.json").string();
  const std::string junit = (folder / "report.xml").string();
  words.insert(words.begin(), "run");
  words.insert(words.end(), {"--report", "json:" + json, "--report", "junit:" + junit});
  out.ran = run(words);
  out.json = Json::parse(read_whole(json), nullptr, false);
  EXPECT_FALSE(out.json.is_discarded()) << "the JSON report cannot be parsed";
  out.junit_text = read_whole(junit);
  const pugi::xml_parse_result parsed = out.junit.load_string(out.junit_text.c_str());
  EXPECT_TRUE(parsed) << parsed.description() << " at " << parsed.offset;
}

std::set<std::string> keys_of(const Json& object) {
  std::set<std::string> keys;
  for (const auto& item : object.items()) keys.insert(item.key());
  return keys;
}

void expect_right_cases(const Json& report) {
  static const std::set<std::string> kVerdicts{"pass",           "fail",    "inconc", "error",
                                               "not-applicable", "not-run", "blocked"};
  std::map<std::string, std::size_t> counts;
  for (const Json& one : report.at("cases")) {
    for (const char* const key :
         {"id", "role", "purpose", "clause", "level", "requirements", "disposition", "verdict",
          "reason", "reason_code", "reason_parts", "fate", "milliseconds"}) {
      ASSERT_TRUE(one.contains(key)) << key << " in " << one.dump().substr(0, 200);
    }
    const std::string verdict = one.at("verdict");
    ASSERT_TRUE(kVerdicts.contains(verdict)) << verdict;
    const bool was_run = !verdict.starts_with("not-") && verdict != "blocked";
    ASSERT_EQ(one.contains("log"), was_run) << one.at("id");
    const bool should_fail = verdict == "fail" && one.at("level") == "should";
    ++counts[should_fail ? "should_fail" : verdict];
    EXPECT_TRUE(verdict != "fail" || one.at("reason") != "") << one.at("id");
  }
  const Json& sum = report.at("summary");
  EXPECT_EQ(sum.at("cases"), report.at("cases").size());
  EXPECT_EQ(sum.at("pass"), counts["pass"]);
  EXPECT_EQ(sum.at("fail"), counts["fail"]);
  EXPECT_EQ(sum.at("should_fail"), counts["should_fail"]);
  EXPECT_EQ(sum.at("inconc"), counts["inconc"]);
  EXPECT_EQ(sum.at("error"), counts["error"]);
  EXPECT_EQ(sum.at("not_applicable"), counts["not-applicable"]);
  EXPECT_EQ(sum.at("not_run"), counts["not-run"]);
  EXPECT_EQ(sum.at("blocked"), counts["blocked"]);
}

void expect_right_json(const Reports& reports) {
  const Json& json = reports.json;
  EXPECT_EQ(json.at("format"), "wsapi-conform-report");
  EXPECT_EQ(json.at("version"), 2);
  EXPECT_EQ(json.at("exit_status"), reports.ran.status);
  const std::set<std::string> keys{"cases", "pass",           "fail",    "should_fail", "inconc",
                                   "error", "not_applicable", "not_run", "blocked"};
  EXPECT_EQ(keys_of(json.at("summary")), keys);
  expect_right_cases(json);
  const Sums sums = sums_of(reports.ran.out);
  EXPECT_EQ(json.at("summary").at("cases"), sums.cases);
  EXPECT_EQ(json.at("summary").at("pass"), sums.pass);
  EXPECT_EQ(json.at("summary").at("not_applicable"), sums.not_applicable);
}

// The sums of the suites and the elements below them agree with the JSON report.
void expect_right_junit(const Reports& reports) {
  const Json& sum = reports.json.at("summary");
  const bool strict = reports.json.at("strict");
  const std::size_t should_fail = sum.at("should_fail");
  const std::size_t failures = sum.at("fail").get<std::size_t>() + (strict ? should_fail : 0);
  const std::size_t skipped = sum.at("not_applicable").get<std::size_t>() +
                              sum.at("blocked").get<std::size_t>() + (strict ? 0 : should_fail);
  const std::size_t errors = sum.at("inconc").get<std::size_t>() +
                             sum.at("error").get<std::size_t>() +
                             sum.at("not_run").get<std::size_t>();
  const pugi::xml_node root = reports.junit.child("testsuites");
  EXPECT_EQ(root.attribute("tests").as_ullong(), sum.at("cases"));
  EXPECT_EQ(root.attribute("failures").as_ullong(), failures);
  EXPECT_EQ(root.attribute("errors").as_ullong(), errors);
  EXPECT_EQ(root.attribute("skipped").as_ullong(), skipped);
  std::map<std::string, std::size_t> counts;
  for (const pugi::xml_node suite : root.children("testsuite")) {
    std::size_t tests = 0;
    for (const pugi::xml_node test : suite.children("testcase")) {
      ++tests;
      for (const pugi::xml_node detail : test.children()) ++counts[detail.name()];
      EXPECT_STRNE(test.attribute("name").value(), "");
      EXPECT_STRNE(test.attribute("classname").value(), "");
      EXPECT_STRNE(test.attribute("time").value(), "");
    }
    EXPECT_EQ(suite.attribute("tests").as_ullong(), tests);
    counts["testcase"] += tests;
  }
  EXPECT_EQ(counts["testcase"], sum.at("cases"));
  EXPECT_EQ(counts["failure"], failures);
  EXPECT_EQ(counts["error"], errors);
  EXPECT_EQ(counts["skipped"], skipped);
}

TEST(ProgramReport, OfARunThatPasses) {
  Reports reports;
  run_with_reports({"--select", "server/call/*", "--select", "server/legacy-call/*"}, reports);
  ASSERT_EQ(reports.ran.status, 0) << reports.ran;
  expect_right_json(reports);
  expect_right_junit(reports);
  EXPECT_FALSE(reports.json.contains("stopped"));
}

class ProgramReportNullPeer : public ::testing::TestWithParam<const char*> {};

TEST_P(ProgramReportNullPeer, IsWellFormedWhateverTheServerSends) {
  Reports reports;
  run_with_reports({"--builtin", GetParam(), "--timeout", "1"}, reports);
  EXPECT_EQ(reports.ran.status, 1);
  expect_right_json(reports);
  expect_right_junit(reports);
  // Nothing that a server sent stands there as it is.
  EXPECT_TRUE(std::ranges::all_of(reports.junit_text, [](char c) {
    return c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  }));
}

INSTANTIATE_TEST_SUITE_P(All, ProgramReportNullPeer, ::testing::Values("refuses", "yes"),
                         [](const auto& of) { return std::string{of.param}; });

TEST(ProgramReport, StrictMakesFailuresOfLevelShouldCount) {
  for (const bool strict : {false, true}) {
    Reports reports;
    Words words{"--builtin", "yes",          "--timeout", "1",
                "--select",  "*~close-code", "--select",  "server/call/minimal"};
    if (strict) words.emplace_back("--strict");
    run_with_reports(words, reports);
    EXPECT_EQ(reports.json.at("strict"), strict);
    EXPECT_GT(reports.json.at("summary").at("should_fail"), 0);
    expect_right_junit(reports);
  }
}

TEST(ProgramReport, OnlyStrictRunsFailByLevelShould) {
  const Words words{"run", "--builtin", "yes", "--timeout", "1", "--select", "*~close-code"};
  const Ran ran = run(words);
  Words with = words;
  with.emplace_back("--strict");
  EXPECT_EQ(ran.status, 0) << ran;
  EXPECT_GT(sums_of(ran.out).should_fail, 0U) << ran;
  EXPECT_EQ(run(with).status, 1);
}

TEST(ProgramReport, SaysWhereARunWasStopped) {
  Reports reports;
  run_with_reports({"--builtin", "silent", "--timeout", "0.1", "--select", "server/call/*"},
                   reports);
  ASSERT_TRUE(reports.json.contains("stopped"));
  const Json& stopped = reports.json.at("stopped");
  EXPECT_EQ(keys_of(stopped), (std::set<std::string>{"reason", "reason_code", "under_way"}));
  EXPECT_EQ(stopped.at("reason_code"), "iut-not-wsapi");
  EXPECT_EQ(stopped.at("reason"),
            "the peer is not a WSAPI server: it accepts connections and answers nothing");
  EXPECT_TRUE(stopped.at("under_way").empty()) << "no case was";
}

}  // namespace
}  // namespace wsapi::testing
