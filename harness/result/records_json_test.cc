// SPDX-License-Identifier: Apache-2.0

#include "harness/result/records_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "codec/test_bytes.h"
#include "harness/result/disposition.h"

namespace wsapi {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::ordered_json;

CaseDefinition test_of(const std::string& id, Level level = Level::kMust) {
  return {.id = id,
          .role = Role::kServer,
          .purpose = "A purpose that says \"what\" must be so & so.",
          .clause = "calls-one-reply",
          .level = level,
          .requirements = {"verb:echo"}};
}

// One case of each state, and everything that a record may have.
RunRecords sample() {
  RunRecords out;
  out.header = {.suite_version = "1.2.3",
                .target = "unix:@x",
                .revision = Revision::k2020_03,
                .revision_note = "as told",
                .test_api = true,
                .test_api_note = "as told",
                .strict = true,
                .jobs = 3,
                .repeat = 2,
                .seed = UINT64_MAX,
                .rerun = "wsapi-conform run --target 'unix:@x'",
                .cases = {test_of("a/pass"), test_of("a/fail", Level::kRobustness),
                          test_of("b/apart", Level::kShould), test_of("b/never")}};
  for (const CaseDefinition& test : out.header.cases) out.cases.emplace_back().test = test;
  CaseRecord& pass = out.cases[0];
  pass.state = CaseState::kRun;
  pass.runs = {0, 2, 0, 0, 0};
  pass.verdict = VerdictKind::kPass;
  pass.fate = Fate::kReplied;
  pass.start_us = 5;
  pass.duration_us = 1'234'567;
  CaseRecord& fail = out.cases[1];
  fail.state = CaseState::kRun;
  fail.runs = {0, 1, 0, 1, 0};
  fail.verdict = VerdictKind::kFail;
  fail.reason = {ReasonCode::kNotClosed, {{"came", "a PONG"}, {"connection", "b"}}};
  fail.fate = Fate::kHang;
  fail.expected = "the end\n";
  fail.sent = "main: CALL\nb: CALL\n";
  fail.received = "a PONG\n\\u001b {} \"\n";
  fail.start_us = 7;
  fail.duration_us = 8;
  fail.log = {{.time_us = 9,
               .connection = "b",
               .direction = '<',
               .size = 70,
               .head = bytes("6b00ff"),
               .note = "PONG"},
              {.connection = "b", .direction = '-', .head = {}, .note = "connected"}};
  fail.log_left_out = 4;
  out.cases[2].state = CaseState::kNotApplicable;
  out.cases[2].reason = {ReasonCode::kTestApiMissing, {{"verbs", "echo"}}};
  out.end.stopped = Reason{ReasonCode::kIutUnresponsive, {{"connections", "8"}}};
  out.end.under_way = {"b/never"};
  out.end.duration_us = 99;
  out.cases[3].reason = *out.end.stopped;
  return out;
}

std::string written(const RunRecords& records) {
  std::ostringstream out;
  RecordsWriter writer(out);
  show(records, writer);
  return out.str();
}

struct Outcome {
  bool good = false;
  RunRecords records;
  RecordsError error;
};

Outcome read(const std::string& text) {
  std::istringstream in(text);
  Outcome out;
  out.good = read_records(in, out.records, out.error);
  return out;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(RecordsJsonTest, WhatIsWrittenIsReadBack) {
  RunRecords records = sample();
  EXPECT_EQ(lines_of(written(records)).size(), 6U);
  Outcome outcome = read(written(records));
  EXPECT_TRUE(outcome.good) << outcome.error.line << ": " << outcome.error.message;
  EXPECT_EQ(outcome.records, records);
  records.end.stopped.reset();
  records.end.under_way.clear();
  EXPECT_EQ(read(written(records)).records, records);
}

TEST(RecordsJsonTest, EveryEnumeratorIsReadBack) {
  for (const Revision revision : kRevisions) {
    for (const Level level : kLevels) {
      for (const Fate fate : kFates) {
        RunRecords records = sample();
        records.header.revision = revision;
        records.header.cases[0].level = records.cases[0].test.level = level;
        records.cases[0].fate = fate;
        EXPECT_EQ(read(written(records)).records, records);
      }
    }
  }
}

TEST(RecordsJsonTest, LinesMayComeInAnyOrder) {
  const RunRecords records = sample();
  std::vector<std::string> lines = lines_of(written(records));
  std::swap(lines[1], lines[4]);
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  EXPECT_EQ(read(text).records, records);
}

// ---- Files that end early

TEST(RecordsJsonTest, AFileThatIsCutAnywhereIsReadAsFarAsItGoes) {
  const RunRecords records = sample();
  const std::string text = written(records);
  const std::size_t header_size = text.find('\n');
  for (std::size_t size = 0; size + 1 < text.size(); ++size) {
    const Outcome outcome = read(text.substr(0, size));
    ASSERT_EQ(outcome.good, size >= header_size) << size << ": " << outcome.error.message;
    if (!outcome.good || outcome.records == records) continue;
    ASSERT_EQ(outcome.records.cases.size(), 4U);
    EXPECT_EQ(outcome.records.end.stopped, (Reason{ReasonCode::kRecordsIncomplete, {}}));
    std::size_t ended = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const CaseRecord& record = outcome.records.cases[i];
      EXPECT_EQ(record.test, records.header.cases[i]);
      if (record == records.cases[i]) {
        ++ended;
      } else {
        EXPECT_EQ(disposition_of(record), Disposition::kNotRun);
      }
    }
    EXPECT_EQ(read(written(outcome.records)).records, outcome.records) << "can be written again";
    const auto whole = static_cast<std::size_t>(std::ranges::count(text.substr(0, size + 1), '\n'));
    EXPECT_EQ(ended, std::min<std::size_t>(whole - 1, 4));
  }
}

TEST(RecordsJsonTest, TheTimeOfARunThatWasKilledIsThatOfItsLastCase) {
  const std::vector<std::string> lines = lines_of(written(sample()));
  const Outcome outcome = read(lines[0] + "\n" + lines[1] + "\n");
  EXPECT_EQ(outcome.records.end.duration_us, 5 + 1'234'567);
  EXPECT_EQ(exit_status(outcome.records), ExitStatus::kInconclusive);
}

// ---- Files that are wrong

struct WrongLine {
  std::size_t line;  // that is changed, from 1
  std::function<void(Json&)> change;
  const char* message;
};

void expect_refused(const WrongLine& wrong) {
  std::vector<std::string> lines = lines_of(written(sample()));
  Json json = Json::parse(lines[wrong.line - 1]);
  wrong.change(json);
  lines[wrong.line - 1] = json.dump();
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  const Outcome outcome = read(text);
  EXPECT_FALSE(outcome.good) << wrong.message;
  EXPECT_EQ(outcome.error.line, wrong.line) << outcome.error.message;
  EXPECT_THAT(outcome.error.message, HasSubstr(wrong.message));
}

TEST(RecordsJsonTest, HeadersThatAreWrongAreRefused) {
  const WrongLine wrong[] = {
      {1, [](Json& json) { json["format"] = "other"; }, "/format: 'wsapi-conform-records'"},
      {1, [](Json& json) { json["version"] = 2; }, "/version: only version 1"},
      {1, [](Json& json) { json["type"] = "case"; }, "/type: 'run-begins' is expected"},
      {1, [](Json& json) { json["revision"] = "2021"; }, "/revision: unknown value '2021'"},
      {1, [](Json& json) { json["strict"] = 1; }, "/strict: true or false"},
      {1, [](Json& json) { json["jobs"] = -1; }, "/jobs: a whole number"},
      {1, [](Json& json) { json["jobs"] = 1.5; }, "/jobs: a whole number"},
      {1, [](Json& json) { json["jobs"] = 1U << 31U; }, "/jobs: a whole number from 0 to"},
      {1, [](Json& json) { json["seed"] = "1"; }, "/seed: a whole number"},
      {1, [](Json& json) { json["target"] = "\x1b[31m"; }, "/target: printable ASCII"},
      {1, [](Json& json) { json["target"] = "a\nb"; }, "/target: printable ASCII"},
      {1, [](Json& json) { json["target"] = nullptr; }, "/target: a text is expected"},
      {1, [](Json& json) { json["tarqet"] = 1; }, "/tarqet: unknown key"},
      {1, [](Json& json) { json.erase("rerun"); }, "/rerun: is missing"},
      {1, [](Json& json) { json["cases"] = 1; }, "/cases: an array"},
      {1, [](Json& json) { json["cases"][1]["id"] = "a/pass"; }, "a/pass is listed twice"},
      {1, [](Json& json) { json["cases"][2]["id"] = ""; }, "/cases/2/id: is empty"},
      {1, [](Json& json) { json["cases"][2]["role"] = "peer"; }, "/cases/2/role: unknown value"},
      {1, [](Json& json) { json["cases"][2]["level"] = "may"; }, "/cases/2/level: unknown"},
      {1, [](Json& json) { json["cases"][2]["x"] = 1; }, "/cases/2/x: unknown key"},
      {1, [](Json& json) { json["cases"][2] = "b"; }, "/cases/2: an object"},
      {1, [](Json& json) { json["cases"][0]["requirements"] = {1}; }, "/requirements: texts"},
      {1, [](Json& json) { json = Json::array(); }, "an object is expected"},
  };
  for (const WrongLine& one : wrong) expect_refused(one);
}

TEST(RecordsJsonTest, CasesThatAreWrongAreRefused) {
  const WrongLine wrong[] = {
      {2, [](Json& json) { json["type"] = "Case"; }, "/type: 'case' is expected"},
      {2, [](Json& json) { json["id"] = "c/other"; }, "c/other is not in the header"},
      {2, [](Json& json) { json["purpose"] = "Another."; }, "is another one in the header"},
      {2, [](Json& json) { json["state"] = "ran"; }, "/state: unknown value 'ran'"},
      {2, [](Json& json) { json["verdict"] = "PASS"; }, "/verdict: unknown value"},
      {2, [](Json& json) { json["verdict"] = "fail"; }, "/verdict: is not the worst"},
      {2, [](Json& json) { json["runs"] = Json::object(); }, "/runs: a case that was run"},
      {2, [](Json& json) { json["runs"]["fail"] = 0; }, "/runs/fail: is 0"},
      {2, [](Json& json) { json["runs"]["bad"] = 1; }, "/runs/bad: unknown key"},
      {2, [](Json& json) { json["fate"] = "gone"; }, "/fate: unknown value 'gone'"},
      {2, [](Json& json) { json["start_us"] = -1; }, "/start_us: a whole number"},
      {2, [](Json& json) { json["duration_us"] = UINT64_MAX; }, "/duration_us: a whole number"},
      {2, [](Json& json) { json.erase("duration_us"); }, "/duration_us: is missing"},
      {3, [](Json& json) { json["reason"]["code"] = "odd"; }, "/reason/code: unknown value 'odd'"},
      {3, [](Json& json) { json["reason"]["code"] = "none"; }, "/reason/parts/came: unknown key"},
      {3,
       [](Json& json) {
         json["reason"] = {{"code", "none"}};
       },
       "/reason: is none"},
      {3, [](Json& json) { json["reason"]["parts"].erase("came"); }, "/reason/parts/came: is miss"},
      {3, [](Json& json) { json["reason"]["parts"]["x"] = "y"; }, "/reason/parts/x: unknown key"},
      {3, [](Json& json) { json["reason"]["parts"]["came"] = 7; }, "/parts/came: a text"},
      {3, [](Json& json) { json["expected"] = "\r\n"; }, "/expected: printable ASCII"},
      {3, [](Json& json) { json["log"][0]["head"] = "6g"; }, "/log/0/head: not hexadecimal"},
      {3, [](Json& json) { json["log"][1]["direction"] = "?"; }, "/log/1/direction: unknown"},
      {3, [](Json& json) { json["log"][1]["x"] = 1; }, "/log/1/x: unknown key"},
      {4, [](Json& json) { json["fate"] = "reset"; }, "/fate: unknown key"},
      {4,
       [](Json& json) {
         json["reason"] = {{"code", "none"}};
       },
       "/reason: is none"},
      {6, [](Json& json) { json["under_way"] = "b"; }, "/under_way: an array"},
      {6, [](Json& json) { json.erase("stopped"); }, "/under_way: unknown key"},
      {6,
       [](Json& json) {
         json["stopped"] = {{"code", "none"}};
       },
       "/stopped: is none"},
  };
  for (const WrongLine& one : wrong) expect_refused(one);
}

struct WrongText {
  std::string text;
  std::size_t line;
  const char* message;
};

TEST(RecordsJsonTest, FilesThatAreWrongAreRefused) {
  const std::vector<std::string> lines = lines_of(written(sample()));
  std::string twice = lines[1];
  twice.insert(1, R"("fate":"reset",)");
  const std::string head = lines[0] + "\n";
  const WrongText wrong[] = {
      {"", 1, "no line of records"},
      {lines[0].substr(0, 50), 1, "ends within the first line"},
      {"not JSON\n", 1, "not JSON, from column"},
      {"\n", 1, "not JSON"},
      {head + "{\"type\":\n", 2, "not JSON"},
      {head + lines[1] + "\n" + lines[1] + "\n", 3, "or has ended before"},
      {head + twice + "\n", 2, "member 'fate' is there twice"},
      {head + lines[5] + "\n", 2, "but case a/fail has not"},
      {written(sample()) + lines[1] + "\n", 7, "the run has ended in the line before"},
      {written(sample()) + lines[1], 7, "the run has ended in the line before"},
      {head + head, 2, "/type: 'case' is expected"},
      {std::string(100'000, '['), 1, "ends within"},
      {std::string(100'000, '[') + "\n", 1, "nested too deeply"},
      {std::string("\0\0\n", 3), 1, "not JSON"},
      {"\"\xff\xfe\"\n", 1, "not JSON"},
  };
  for (const WrongText& one : wrong) {
    const Outcome outcome = read(one.text);
    EXPECT_FALSE(outcome.good) << one.message;
    EXPECT_EQ(outcome.error.line, one.line) << outcome.error.message;
    EXPECT_THAT(outcome.error.message, HasSubstr(one.message));
  }
}

TEST(RecordsJsonTest, NoTextMakesALineThatIsNotAscii) {
  RunRecords records = sample();
  records.header.target = "\xff \x1b \n \xe2\x82\xac";
  for (const char c : to_line(records.header)) {
    ASSERT_TRUE(c >= 0x20 && c < 0x7f) << static_cast<int>(c);
  }
}

}  // namespace
}  // namespace wsapi
