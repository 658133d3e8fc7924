// SPDX-License-Identifier: Apache-2.0

// Reports of a run that is made by hand, with the worst texts that an implementation under test,
// or a file, could bring in.

#include "harness/result/report/report.h"

#include <gtest/gtest.h>

#include <list>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <sstream>
#include <string>

#include "codec/test_bytes.h"
#include "harness/text/columns.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;
using namespace std::string_literals;

// Control characters, ends of CDATA, quotes, markup, non-ASCII, bidi, bytes that are no UTF-8.
const std::string kHostile =
    "\x1b[31m]]> <b a='1' b=\"2\">&amp;&#0; \0\x01\x7f é \xe2\x80\xae \xff\xfe \\ {} %s"s;

// One case of each kind, in two groups.
class ReportTest : public testing::Test {
 protected:
  ReportTest() {
    add("call/pass", Level::kMust).outcome.verdict.set(VerdictKind::kPass);
    CaseResult& fail = add("call/fail", Level::kMust);
    fail.outcome.verdict.set(VerdictKind::kFail, kHostile, {"first\n" + kHostile, kHostile + "\n"});
    fail.outcome.fate = Fate::kReset;
    fail.outcome.milliseconds = 1500;
    fail.log.add("main", '<', bytes("6b00ff"), kHostile);
    fail.log.add(kHostile, '-', {}, "connected");
    add("call/should", Level::kShould).outcome.verdict.set(VerdictKind::kFail, "should not");
    add("frame/inconc", Level::kMust).outcome.verdict.set(VerdictKind::kInconc, "unclear");
    add("frame/error", Level::kRobustness).outcome.verdict.set(VerdictKind::kError, kHostile);
    add("frame/apart", Level::kMust).not_applicable = "needs the test API";
    add("call/never", Level::kMust)
        .outcome.verdict.set(VerdictKind::kInconc, "not run: " + kHostile);
    for (CaseResult& one : result_.cases) {
      const VerdictKind kind = one.outcome.verdict.kind();
      if (kind != VerdictKind::kNone) one.counts[static_cast<std::size_t>(kind)] = 1;
    }
    result_.seconds = 2.5;
    context_.target = "unix:@" + kHostile;
    context_.rerun = "wsapi-conform run --target unix:@x";
    context_.seed = 18'446'744'073'709'551'615U;
  }

  CaseResult& add(const std::string& id, Level level) {
    TestCase& test_case = cases_.emplace_back();
    test_case.id = id;
    test_case.purpose = "A purpose that says \"what\" <must> be so & so.";
    test_case.clause = "4 Calls";
    test_case.level = level;
    CaseResult& result = result_.cases.emplace_back();
    result.test_case = &test_case;
    return result;
  }

  [[nodiscard]] Json json() const {
    std::ostringstream out;
    write_json_report(out, result_, context_);
    expect_ascii(out.str());
    return Json::parse(out.str());
  }
  [[nodiscard]] std::string junit() const {
    std::ostringstream out;
    write_junit_report(out, result_, context_);
    expect_ascii(out.str());
    return out.str();
  }
  static void expect_ascii(const std::string& text) {
    for (const char c : text) {
      ASSERT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f)) << static_cast<int>(c);
    }
  }

  std::list<TestCase> cases_;
  RunResult result_;
  RunContext context_;
};

TEST_F(ReportTest, JsonHead) {
  const Json report = json();
  EXPECT_EQ(report.at("format"), "wsapi-conform-report");
  EXPECT_EQ(report.at("version"), 1);
  EXPECT_EQ(report.at("suite_version"), WSAPI_VERSION);
  EXPECT_EQ(report.at("revision"), "2020-01");
  EXPECT_EQ(report.at("seed"), context_.seed);
  EXPECT_EQ(report.at("seconds"), 2.5);
  EXPECT_EQ(report.at("exit_status"), 5);
  EXPECT_FALSE(report.contains("stopped"));
  const Json summary{{"cases", 7},  {"pass", 1},  {"fail", 1},          {"should_fail", 1},
                     {"inconc", 2}, {"error", 1}, {"not_applicable", 1}};
  EXPECT_EQ(report.at("summary"), summary);
}

TEST_F(ReportTest, JsonSaysWhyTheRunWasStopped) {
  result_.stopped = kHostile;
  result_.under_way = {"call/fail", "frame/error"};
  const Json stopped = json().at("stopped");
  EXPECT_NE(stopped.at("reason").get<std::string>().find("]]>"), std::string::npos);
  EXPECT_EQ(stopped.at("under_way"), Json({"call/fail", "frame/error"}));
}

TEST_F(ReportTest, JsonCases) {
  const Json report = json();
  const Json& cases = report.at("cases");
  ASSERT_EQ(cases.size(), 7U);
  const char* const verdicts[] = {"pass",  "fail",           "fail",  "inconc",
                                  "error", "not-applicable", "inconc"};
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(cases[i].at("id"), result_.cases[i].test_case->id);
    EXPECT_EQ(cases[i].at("verdict"), verdicts[i]);
    EXPECT_EQ(cases[i].at("purpose"), result_.cases[i].test_case->purpose);
    EXPECT_EQ(cases[i].contains("expected"), i == 1);
    EXPECT_EQ(cases[i].contains("log"), i != 5);
  }
  const Json& fail = cases[1];
  EXPECT_EQ(fail.at("fate"), "reset");
  EXPECT_EQ(fail.at("milliseconds"), 1500);
  EXPECT_EQ(fail.at("runs"), Json({{"fail", 1}}));
  const auto expected = fail.at("expected").get<std::string>();
  EXPECT_TRUE(expected.starts_with("first\n\\u001b[31m")) << expected;
  EXPECT_TRUE(fail.at("received").get<std::string>().ends_with("\n"));
  ASSERT_EQ(fail.at("log").size(), 2U);
  EXPECT_EQ(fail.at("log")[0].at("head"), "6b00ff");
  EXPECT_EQ(fail.at("log")[0].at("size"), 3);
  EXPECT_EQ(fail.at("log")[0].at("direction"), "<");
  EXPECT_FALSE(fail.at("log")[1].contains("head"));
}

TEST_F(ReportTest, JsonSaysHowMuchOfTheLogIsLeftOut) {
  ConformanceLog& log = result_.cases[0].log;
  for (std::size_t i = 0; i < ConformanceLog::kMaxEntries + 3; ++i) {
    log.add("main", '>', std::vector<std::byte>(100, std::byte{0xaa}), "CALL");
  }
  const Json shown = json().at("cases")[0].at("log");
  ASSERT_EQ(shown.size(), ConformanceLog::kMaxEntries + 1);
  EXPECT_EQ(shown.back(), Json({{"left_out", 3}}));
  EXPECT_EQ(shown[0].at("size"), 100);
  EXPECT_EQ(shown[0].at("head").get<std::string>().size(), 2 * ConformanceLog::kMaxHeadSize);
}

TEST_F(ReportTest, JsonOfNothing) {
  result_ = RunResult{};
  EXPECT_TRUE(json().at("cases").empty());
  EXPECT_EQ(json().at("exit_status"), 4);
}

TEST_F(ReportTest, JunitCounts) {
  const std::string text = junit();
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_string(text.c_str());
  ASSERT_TRUE(parsed) << parsed.description() << "\n" << text;
  const pugi::xml_node root = document.child("testsuites");
  EXPECT_EQ(root.attribute("tests").as_int(), 7);
  EXPECT_EQ(root.attribute("failures").as_int(), 1);
  EXPECT_EQ(root.attribute("errors").as_int(), 3);
  EXPECT_EQ(root.attribute("skipped").as_int(), 2);
  int tests = 0;
  for (const pugi::xml_node suite : root.children("testsuite")) {
    int cases = 0;
    for (const pugi::xml_node one : suite.children("testcase")) {
      ++cases;
      EXPECT_TRUE(std::string(one.attribute("classname").value()).starts_with("wsapi-conform."));
    }
    EXPECT_EQ(suite.attribute("tests").as_int(), cases);
    tests += cases;
  }
  EXPECT_EQ(tests, 7);
}

TEST_F(ReportTest, JunitElements) {
  for (const bool strict : {false, true}) {
    context_.strict = strict;
    pugi::xml_document document;
    ASSERT_TRUE(document.load_string(junit().c_str()));
    const auto element_of = [&](const char* name) {
      const std::string query = "//testcase[@name='"s + name + "']";
      const pugi::xml_node node = document.select_node(query.c_str()).node();
      EXPECT_TRUE(node) << name;
      return std::string(node.first_child().name());
    };
    EXPECT_EQ(element_of("call/pass"), "");
    EXPECT_EQ(element_of("call/fail"), "failure");
    EXPECT_EQ(element_of("call/should"), strict ? "failure" : "skipped");
    EXPECT_EQ(element_of("frame/inconc"), "error");
    EXPECT_EQ(element_of("frame/error"), "error");
    EXPECT_EQ(element_of("frame/apart"), "skipped");
  }
}

TEST_F(ReportTest, JunitTexts) {
  pugi::xml_document document;
  ASSERT_TRUE(document.load_string(junit().c_str()));
  const pugi::xml_node failure = document.select_node("//failure").node();
  const std::string message = failure.attribute("message").value();
  EXPECT_TRUE(message.starts_with("\\x1b[31m]]> <b a='1' b=\"2\">&amp;&#0; \\x00\\x01\\x7f"))
      << message;
  EXPECT_STREQ(failure.attribute("type").value(), "fail");
  const std::string details = failure.text().get();
  EXPECT_NE(details.find("fate: reset\nexpected:\nfirst\n\\x1b[31m]]>"), std::string::npos)
      << details;
  EXPECT_EQ(
      document.select_node("//testcase[@name='call/fail']").node().attribute("time").as_double(),
      1.5);
}

// ---- Text

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST_F(ReportTest, TextFitsTheTerminal) {
  result_.stopped = kHostile + std::string(300, 's');
  result_.under_way = {"call/fail"};
  add("call/" + std::string(150, 'i'), Level::kMust).outcome.verdict.set(VerdictKind::kPass);
  cases_.back().purpose = std::string(90, 'p') + " " + std::string(300, 'q');
  result_.cases[1].outcome.verdict = Verdict{};
  result_.cases[1].outcome.verdict.set(VerdictKind::kFail, kHostile + std::string(500, 'r'),
                                       {"0000  6b  operation\n", "nothing\n"});
  for (const std::string& text : {summary_text(result_, context_),
                                  failures_text(result_, context_, 10), cases_text(result_)}) {
    expect_ascii(text);
    EXPECT_TRUE(text.ends_with('\n'));
    for (const std::string& line : lines_of(text)) EXPECT_LE(line.size(), kColumns) << line;
  }
}

TEST_F(ReportTest, TextSums) {
  EXPECT_EQ(
      summary_text(result_, context_),
      "7 cases: 1 pass, 1 fail, 1 should-fail, 2 inconc, 1 error, 1 not applicable (2.50 s)\n");
  context_.repeat = 3;
  EXPECT_TRUE(summary_text(result_, context_).starts_with("7 cases, 3 times each: 1 pass"));
  result_.stopped = "gone";
  for (int i = 0; i < 20; ++i) result_.under_way.push_back("call/" + std::to_string(i));
  const std::vector<std::string> lines = lines_of(summary_text(result_, context_));
  ASSERT_EQ(lines.size(), 20U);
  EXPECT_EQ(lines[0], "The run was stopped: gone");
  EXPECT_EQ(lines[1], "Under way then:");
  EXPECT_EQ(lines[17], "  call/15");
  EXPECT_EQ(lines[18], "  and 4 more");
}

TEST_F(ReportTest, TextOfFailures) {
  const std::string text = failures_text(result_, context_, 10);
  EXPECT_NE(text.find("\n    wsapi-conform run --target unix:@x --select 'call/fail'\n"),
            std::string::npos);
  EXPECT_NE(text.find("  clause    section 4 Calls, level must\n"), std::string::npos);
  EXPECT_NE(text.find("  fate      reset\n"), std::string::npos);
  EXPECT_NE(text.find("should-fail call/should\n"), std::string::npos);
  EXPECT_EQ(text.find("call/pass"), std::string::npos);
  EXPECT_EQ(text.find("frame/apart"), std::string::npos);
  EXPECT_EQ(text.find("call/never"), std::string::npos);
  EXPECT_TRUE(text.ends_with("1 cases were not run.\n")) << text;
}

TEST_F(ReportTest, TextOfFailuresIsLimited) {
  const std::string text = failures_text(result_, context_, 1);
  EXPECT_NE(text.find("call/fail"), std::string::npos);
  EXPECT_EQ(text.find("call/should"), std::string::npos);
  EXPECT_NE(text.find("3 more did not pass"), std::string::npos);
  for (const std::string& line : lines_of(text)) {
    EXPECT_TRUE(line.size() <= kColumns || line.starts_with("    ")) << line;
  }
}

TEST_F(ReportTest, TextOfCases) {
  const std::vector<std::string> lines = lines_of(cases_text(result_));
  ASSERT_EQ(lines.size(), 7U);
  EXPECT_EQ(lines[0], "pass        call/pass");
  EXPECT_EQ(lines[2], "should-fail call/should");
  EXPECT_EQ(lines[5], "n/a         frame/apart");
}

}  // namespace
}  // namespace wsapi
