// SPDX-License-Identifier: Apache-2.0

// Reports of a run that is made by hand, with the worst texts that an implementation under test,
// or a file, could bring in.

#include "harness/result/report/report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "codec/test_bytes.h"
#include "harness/text/columns.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;
using namespace std::string_literals;

// Control characters, ends of CDATA, quotes, markup, non-ASCII, bidi, bytes that are no UTF-8.
const std::string kHostile =
    "\x1b[31m]]> <b a='1' b=\"2\">&amp;&#0; \0\x01\x7f é \xe2\x80\xae \xff\xfe \\ {} %s"s;

Reason detail(const std::string& text) { return {ReasonCode::kCannotConnect, {{"detail", text}}}; }

// One case of each kind, in two groups.
class ReportTest : public testing::Test {
 protected:
  ReportTest() {
    run("call/pass", Level::kMust, VerdictKind::kPass, {});
    CaseRecord& fail = run("call/fail", Level::kMust, VerdictKind::kFail, detail(kHostile));
    fail.expected = "first\n" + kHostile;
    fail.sent = "main: CALL\n";
    fail.received = kHostile + "\n";
    fail.fate = Fate::kReset;
    fail.duration_us = 1'500'000;
    fail.log = {{.connection = "main",
                 .direction = '<',
                 .size = 3,
                 .head = bytes("6b00ff"),
                 .note = kHostile},
                {.connection = kHostile, .direction = '-', .head = {}, .note = "connected"}};
    run("call/should", Level::kShould, VerdictKind::kFail, detail("should not"));
    run("frame/inconc", Level::kMust, VerdictKind::kInconc, detail("unclear"));
    run("frame/error", Level::kRobustness, VerdictKind::kError, detail(kHostile));
    CaseRecord& apart = add("frame/apart", Level::kMust);
    apart.state = CaseState::kNotApplicable;
    apart.reason = {ReasonCode::kTestApiMissing, {{"verbs", "echo"}}};
    add("call/never", Level::kMust).reason = {ReasonCode::kIutLost, {}};
    records_.header.suite_version = "1.2.3";
    records_.header.target = "unix:@" + kHostile;
    records_.header.rerun = "wsapi-conform run --target unix:@x";
    records_.header.seed = 18'446'744'073'709'551'615U;
    records_.end.duration_us = 2'500'000;
  }

  CaseRecord& add(const std::string& id, Level level) {
    CaseRecord& record = records_.cases.emplace_back();
    record.test = {.id = id,
                   .purpose = "A purpose that says \"what\" <must> be so & so.",
                   .clause = "calls-one-reply",
                   .level = level,
                   .requirements = {}};
    return record;
  }
  CaseRecord& run(const std::string& id, Level level, VerdictKind verdict, Reason reason) {
    CaseRecord& record = add(id, level);
    record.state = CaseState::kRun;
    record.runs[static_cast<std::size_t>(verdict)] = 1;
    record.verdict = verdict;
    record.reason = std::move(reason);
    return record;
  }
  void stop(std::vector<std::string> under_way) {
    records_.end.stopped = Reason{ReasonCode::kIutUnreachable, {{"detail", kHostile}}};
    records_.end.under_way = std::move(under_way);
  }

  [[nodiscard]] Json json() const {
    std::ostringstream out;
    write_json_report(out, records_);
    expect_ascii(out.str());
    return Json::parse(out.str());
  }
  [[nodiscard]] std::string junit() const {
    std::ostringstream out;
    write_junit_report(out, records_);
    expect_ascii(out.str());
    return out.str();
  }
  static void expect_ascii(const std::string& text) {
    for (const char c : text) {
      ASSERT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f)) << static_cast<int>(c);
    }
  }

  RunRecords records_;
};

TEST_F(ReportTest, JsonHead) {
  const Json report = json();
  EXPECT_EQ(report.at("format"), "wsapi-conform-report");
  EXPECT_EQ(report.at("version"), 2);
  EXPECT_EQ(report.at("suite_version"), "1.2.3");
  EXPECT_EQ(report.at("revision"), "2020-01");
  EXPECT_EQ(report.at("seed"), records_.header.seed);
  EXPECT_EQ(report.at("seconds"), 2.5);
  EXPECT_EQ(report.at("exit_status"), 5);
  EXPECT_FALSE(report.contains("stopped"));
  const Json summary{{"cases", 7},          {"pass", 1},    {"fail", 1},
                     {"should_fail", 1},    {"inconc", 1},  {"error", 1},
                     {"not_applicable", 1}, {"not_run", 1}, {"blocked", 0}};
  EXPECT_EQ(report.at("summary"), summary);
}

TEST_F(ReportTest, JsonSaysWhyTheRunWasStopped) {
  stop({"call/fail", "frame/error"});
  const Json stopped = json().at("stopped");
  EXPECT_NE(stopped.at("reason").get<std::string>().find("]]>"), std::string::npos);
  EXPECT_EQ(stopped.at("reason_code"), "iut-unreachable");
  EXPECT_EQ(stopped.at("under_way"), Json({"call/fail", "frame/error"}));
}

TEST_F(ReportTest, JsonCases) {
  const Json report = json();
  const Json& cases = report.at("cases");
  ASSERT_EQ(cases.size(), 7U);
  const char* const verdicts[] = {"pass",  "fail",           "fail",   "inconc",
                                  "error", "not-applicable", "not-run"};
  const char* const dispositions[] = {"passed", "failed",         "should-failed", "inconclusive",
                                      "error",  "not-applicable", "not-run"};
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(cases[i].at("id"), records_.cases[i].test.id);
    EXPECT_EQ(cases[i].at("role"), "server");
    EXPECT_EQ(cases[i].at("disposition"), dispositions[i]);
    EXPECT_EQ(cases[i].at("verdict"), verdicts[i]);
    EXPECT_EQ(cases[i].at("purpose"), records_.cases[i].test.purpose);
    EXPECT_EQ(cases[i].contains("expected"), i == 1);
    EXPECT_EQ(cases[i].contains("log"), i < 5);
  }
  const Json& fail = cases[1];
  EXPECT_EQ(fail.at("fate"), "reset");
  EXPECT_EQ(fail.at("milliseconds"), 1500);
  EXPECT_EQ(fail.at("runs"), Json({{"fail", 1}}));
  const auto expected = fail.at("expected").get<std::string>();
  EXPECT_TRUE(expected.starts_with("first\n\x1b[31m")) << expected;
  EXPECT_EQ(fail.at("sent"), "main: CALL\n");
  EXPECT_EQ(fail.at("reason_code"), "cannot-connect");
  EXPECT_TRUE(fail.at("reason_parts").contains("detail"));
  EXPECT_EQ(cases[5].at("reason"), "not applicable: needs the test API: echo");
  EXPECT_TRUE(fail.at("received").get<std::string>().ends_with("\n"));
  ASSERT_EQ(fail.at("log").size(), 2U);
  EXPECT_EQ(fail.at("log")[0].at("head"), "6b00ff");
  EXPECT_EQ(fail.at("log")[0].at("size"), 3);
  EXPECT_EQ(fail.at("log")[0].at("direction"), "<");
  EXPECT_FALSE(fail.at("log")[1].contains("head"));
}

TEST_F(ReportTest, JsonSaysHowMuchOfTheLogIsLeftOut) {
  records_.cases[1].log_left_out = 3;
  const Json shown = json().at("cases")[1].at("log");
  ASSERT_EQ(shown.size(), 3U);
  EXPECT_EQ(shown.back(), Json({{"left_out", 3}}));
}

TEST_F(ReportTest, JsonOfNothing) {
  records_ = RunRecords{};
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
  EXPECT_EQ(root.attribute("errors").as_int(), 3) << "one was not run";
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
    records_.header.strict = strict;
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
    EXPECT_EQ(element_of("call/never"), "error");
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
  stop({"call/fail"});
  records_.end.stopped->parts["detail"] = std::string(800, 's');
  run("call/" + std::string(150, 'i'), Level::kMust, VerdictKind::kPass, {});
  records_.cases.back().test.purpose = std::string(90, 'p') + " " + std::string(300, 'q');
  records_.header.target = std::string(300, 't');
  for (CaseRecord& record : records_.cases) record.reason = detail(std::string(500, 'r'));
  records_.cases[1].expected = "0000  6b  operation\n";
  records_.cases[1].received = "nothing\n";
  for (const std::string& text :
       {head_text(records_.header), summary_text(records_), findings_text(records_, 10),
        undecided_text(records_, 10), sections_text(records_), cases_text(records_)}) {
    expect_ascii(text);
    EXPECT_TRUE(text.ends_with('\n'));
    for (const std::string& line : lines_of(text)) EXPECT_LE(line.size(), kColumns) << line;
  }
}

TEST_F(ReportTest, TextSums) {
  EXPECT_EQ(summary_text(records_),
            "2 findings\n"
            "7 cases: 1 pass, 1 fail, 1 should-fail, 1 inconc, 1 error, 1 not applicable, 1 not run"
            " (2.50 s)\n");
  records_.header.repeat = 3;
  EXPECT_TRUE(summary_text(records_).starts_with("2 findings\n7 cases, 3 times each: 1 pass"));
  records_.end.stopped = Reason{ReasonCode::kInterrupted, {{"signal", "SIGINT"}}};
  for (int i = 0; i < 20; ++i) records_.end.under_way.push_back("call/" + std::to_string(i));
  const std::vector<std::string> lines = lines_of(summary_text(records_));
  ASSERT_EQ(lines.size(), 21U);
  EXPECT_EQ(lines[0], "The run was stopped: interrupted by SIGINT");
  EXPECT_EQ(lines[1], "Under way then:");
  EXPECT_EQ(lines[17], "  call/15");
  EXPECT_EQ(lines[18], "  and 4 more");
}

TEST_F(ReportTest, TextOfFindings) {
  const std::string text = findings_text(records_, 10);
  EXPECT_TRUE(text.starts_with("1. A purpose that says")) << text;
  EXPECT_NE(text.find("  rule      calls-one-reply (section 4, Calls), level must; 1 case\n"),
            std::string::npos);
  EXPECT_NE(text.find("  example   call/fail\n"), std::string::npos);
  EXPECT_NE(
      text.find("\n  run again\n    wsapi-conform run --target unix:@x --select 'call/fail'\n"),
      std::string::npos);
  EXPECT_NE(text.find("level should; 1 case\n"), std::string::npos);
  for (const char* const id : {"call/pass", "frame/apart", "call/never"}) {
    EXPECT_EQ(text.find(id), std::string::npos);
  }
}

TEST_F(ReportTest, TextOfFindingsIsLimited) {
  const std::string text = findings_text(records_, 1);
  EXPECT_NE(text.find("call/fail"), std::string::npos);
  EXPECT_EQ(text.find("call/should"), std::string::npos);
  EXPECT_NE(text.find("1 finding more"), std::string::npos);
}

TEST_F(ReportTest, TextOfWhatIsUndecided) {
  const std::string text = undecided_text(records_, 10);
  EXPECT_EQ(text.find("call/fail"), std::string::npos);
  EXPECT_TRUE(text.ends_with("1 case was not run.\n")) << text;
  EXPECT_NE(undecided_text(records_, 1).find("1 more are undecided"), std::string::npos);
}

TEST_F(ReportTest, TextOfOneCaseIsSingular) {
  records_.cases.resize(1);
  EXPECT_EQ(summary_text(records_),
            "1 case: 1 pass, 0 fail, 0 should-fail, 0 inconc, 0 error, 0 not applicable"
            " (2.50 s)\n");
}

TEST_F(ReportTest, WholeTextIsHeadFailuresAndSums) {
  std::ostringstream out;
  write_text_report(out, records_);
  EXPECT_EQ(out.str(), head_text(records_.header) + findings_text(records_, 100) +
                           undecided_text(records_, 100) + sections_text(records_) +
                           summary_text(records_));
}

TEST_F(ReportTest, KindsHaveTheirNames) {
  for (const char* const kind : {"json", "junit", "text"}) {
    ASSERT_NE(find_report_kind(kind), nullptr);
    EXPECT_EQ(find_report_kind(kind)->name, kind);
  }
  EXPECT_EQ(find_report_kind("ndjson"), nullptr);
}

TEST_F(ReportTest, TextOfCases) {
  const std::vector<std::string> lines = lines_of(cases_text(records_));
  ASSERT_EQ(lines.size(), 7U);
  EXPECT_EQ(lines[0], "pass        call/pass");
  EXPECT_EQ(lines[2], "should-fail call/should");
  EXPECT_EQ(lines[5], "n/a         frame/apart");
  EXPECT_EQ(lines[6], "not run     call/never");
}

}  // namespace
}  // namespace wsapi
