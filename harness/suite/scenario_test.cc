// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/scenario.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "codec/test_bytes.h"
#include "harness/suite/script.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

const Json kConnect{{"connect", "only"}};

// A folder with one file of scenarios.
class ScenarioTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "scenarios_XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    fs::create_directories(folder_ / "scenarios");
  }
  void TearDown() override { fs::remove_all(folder_); }

  static Json scenario(const std::vector<Json>& steps) {
    return {{"id", "call/some-case"},      {"purpose", "A purpose of some length."},
            {"clause", "calls-one-reply"}, {"level", "must"},
            {"revisions", {"2020-01"}},    {"steps", steps}};
  }
  void write(const std::vector<Json>& scenarios, const std::string& file = "a.json") const {
    const Json document{{"$schema", "../schema/scenarios.schema.json"},
                        {"kind", "scenarios"},
                        {"about", "What the file is about."},
                        {"scenarios", scenarios}};
    std::ofstream(folder_ / "scenarios" / file) << document.dump();
  }
  std::vector<TestCase> load() {
    errors_.clear();
    return load_scenarios(folder_, errors_);
  }
  std::vector<Step> steps_of(const std::vector<Json>& steps) {
    write({scenario(steps)});
    std::vector<TestCase> cases = load();
    for (const FileError& error : errors_) ADD_FAILURE() << to_string(error);
    return cases.empty() ? std::vector<Step>{} : wsapi::steps_of(cases.front());
  }
  template <typename Action>
  Action action_of(const char* step) {
    const std::vector<Step> steps = steps_of({Json::parse(step)});
    EXPECT_EQ(steps.size(), 1U) << step;
    if (steps.empty() || !std::holds_alternative<Action>(steps.front().action)) {
      ADD_FAILURE() << step;
      return {};
    }
    return std::get<Action>(steps.front().action);
  }

  fs::path folder_;
  std::vector<FileError> errors_;
};

TEST_F(ScenarioTest, ReadsTheHeadOfACase) {
  Json one = scenario({kConnect});
  one["level"] = "should";
  one["revisions"] = {"legacy", "2020-03"};
  one["requirements"] = {"verb:emit", "verb:echo"};
  one["disturbs"] = true;
  Json other = scenario({kConnect});
  other["id"] = "event/other";
  other["level"] = "robustness";
  write({one, other});
  const std::vector<TestCase> cases = load();
  ASSERT_EQ(cases.size(), 2U);
  EXPECT_TRUE(errors_.empty());
  EXPECT_EQ(cases[0].id, "server/call/some-case");
  EXPECT_EQ(cases[0].role, Role::kServer);
  EXPECT_EQ(cases[0].purpose, "A purpose of some length.");
  EXPECT_EQ(cases[0].clause, "calls-one-reply");
  EXPECT_EQ(cases[0].level, Level::kShould);
  EXPECT_EQ(cases[0].revisions, (std::vector{Revision::kLegacy, Revision::k2020_03}));
  EXPECT_EQ(cases[0].requirements, (std::vector<std::string>{"verb:echo", "verb:emit"}));
  EXPECT_TRUE(cases[0].disturbs);
  EXPECT_EQ(cases[1].level, Level::kRobustness);
  EXPECT_TRUE(cases[1].requirements.empty());
  EXPECT_FALSE(cases[1].disturbs);
}

TEST_F(ScenarioTest, ReadsWhatIsSent) {
  const auto send = action_of<SendMessage>(
      R"({"send":{"message":"describe","description_id":"$i"},"mask":"01020304",
          "fragments":[1,0,2],"piece_size":3})");
  EXPECT_EQ(send.message, Json({{"message", "describe"}, {"description_id", "$i"}}));
  ASSERT_TRUE(send.frame.mask.has_value());
  EXPECT_EQ(to_hex(*send.frame.mask), "01020304");
  EXPECT_EQ(send.frame.fragments, (std::vector<std::size_t>{1, 0, 2}));
  EXPECT_EQ(send.frame.piece_size, 3U);
  const auto payload =
      action_of<SendPayload>(R"({"send_payload":["44",{"repeat":"02","count":2}],"piece_size":1})");
  EXPECT_EQ(to_hex(payload.payload.expand()), "440202");
  EXPECT_EQ(payload.frame.piece_size, 1U);
  EXPECT_FALSE(payload.frame.mask.has_value());
  const auto stream = action_of<SendStream>(R"({"send_stream":"82 01 44"})");
  EXPECT_EQ(to_hex(stream.bytes.expand()), "820144");
}

TEST_F(ScenarioTest, ReadsWhatIsExpected) {
  const auto one = action_of<Expect>(R"({"expect":{"message":"reply"}})");
  EXPECT_EQ(one.mode, Expect::Mode::kAll);
  EXPECT_EQ(one.patterns, (std::vector<Pattern>{{{"message", "reply"}}}));
  const auto all = action_of<Expect>(R"({"expect_all":[{"message":"reply"},{"pong":null}]})");
  EXPECT_EQ(all.mode, Expect::Mode::kAll);
  EXPECT_EQ(all.patterns.size(), 2U);
  const auto one_of = action_of<Expect>(R"({"expect_one_of":[{"message":"reply"},{"pong":"61"}]})");
  EXPECT_EQ(one_of.mode, Expect::Mode::kOneOf);
  EXPECT_EQ(one_of.patterns.at(1), Pattern({{"pong", "61"}}));
  EXPECT_TRUE(action_of<Barrier>(R"({"barrier":true})").allowed.empty());
  const auto barrier = action_of<Barrier>(R"({"barrier":{"allow":[{"message":"reply"}]}})");
  EXPECT_EQ(barrier.allowed.size(), 1U);
  EXPECT_FALSE(barrier.may_close);
  const auto close = action_of<ExpectClose>(R"({"expect_close":true})");
  EXPECT_TRUE(close.allowed.empty() && close.codes.empty() && !close.code_required);
  const auto strict = action_of<ExpectClose>(
      R"({"expect_close":{"allow":[{"pong":null}],"codes":[1002,1003],"code_required":true}})");
  EXPECT_EQ(strict.allowed.size(), 1U);
  EXPECT_EQ(strict.codes, (std::vector<std::uint16_t>{1002, 1003}));
  EXPECT_TRUE(strict.code_required);
  EXPECT_FALSE(strict.then_end);
  EXPECT_TRUE(action_of<ExpectClose>(R"({"expect_close":{"then_end":true}})").then_end);
}

TEST_F(ScenarioTest, ReadsConnections) {
  EXPECT_TRUE(action_of<Connect>(R"({"connect":"negotiate"})").negotiate);
  EXPECT_FALSE(action_of<Connect>(R"({"connect":"only"})").negotiate);
  using How = EndOurSide::How;
  EXPECT_EQ(action_of<EndOurSide>(R"({"close":true})").how, How::kClose);
  EXPECT_EQ(action_of<EndOurSide>(R"({"reset":true})").how, How::kReset);
  EXPECT_EQ(action_of<EndOurSide>(R"({"shutdown":true})").how, How::kShutdown);
  const auto steps =
      steps_of({kConnect, {{"on", "second"}, {"connect", "only"}}, {{"barrier", true}}});
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps[0].connection, "main");
  EXPECT_EQ(steps[1].connection, "second");
  EXPECT_EQ(steps[2].connection, "main");
}

TEST_F(ScenarioTest, ReadsRepeats) {
  const auto repeat = action_of<Repeat>(
      R"({"repeat":3,"counter":"$i","steps":[{"barrier":true},
          {"repeat":2,"steps":[{"on":"b","close":true}]}]})");
  EXPECT_EQ(repeat.count, 3U);
  EXPECT_EQ(repeat.counter, "$i");
  ASSERT_EQ(repeat.steps.size(), 2U);
  const auto& inner = std::get<Repeat>(repeat.steps[1].action);
  EXPECT_EQ(inner.count, 2U);
  EXPECT_EQ(inner.counter, "");
  EXPECT_EQ(inner.steps.at(0).connection, "b");
  EXPECT_EQ(repeat.from, 0U);
  const auto from_1 =
      action_of<Repeat>(R"({"repeat":3,"counter":"$i","from":1,"steps":[{"barrier":true}]})");
  EXPECT_EQ(from_1.from, 1U);
}

TEST_F(ScenarioTest, ReadsBindingsAndCuts) {
  const auto let = action_of<Let>(R"({"let":{"$a":"x-$i","$b":{"uuid":"$i"},"$c":null}})");
  ASSERT_EQ(let.bindings.size(), 3U);
  EXPECT_EQ(let.bindings[0].variable, "$a");
  EXPECT_EQ(let.bindings[0].text, "x-$i");
  EXPECT_FALSE(let.bindings[0].is_uuid);
  EXPECT_EQ(let.bindings[1].text, "$i");
  EXPECT_TRUE(let.bindings[1].is_uuid);
  EXPECT_EQ(let.bindings[2].text, std::nullopt);
  const auto send =
      action_of<SendMessage>(R"({"send":{"message":"describe","description_id":1},"cut":1})");
  EXPECT_EQ(send.cut, 1U);
  const auto barrier = action_of<Barrier>(R"({"barrier":{"never":[{"pong":"61"}]}})");
  EXPECT_EQ(barrier.never.size(), 1U);
  EXPECT_TRUE(barrier.allowed.empty());
}

TEST_F(ScenarioTest, RefusesWhatTheSchemaDoesNotKnow) {
  const char* const wrong[] = {
      R"({})",
      R"({"connect":"maybe"})",
      R"({"let":{}})",
      R"({"let":{"a":"x"}})",
      R"({"let":{"$a":1}})",
      R"({"let":{"$a":"x"},"on":"main"})",
      R"({"barrier":{}})",
      R"({"barrier":true,"cut":1})",
      R"({"expect":{"message":"reply","call_id":{"distinct":"ids"}}})",
      R"({"expect":{"message":"reply","data":{"json_type":["text"]}}})",
      R"({"expect":{"message":"reply","data":{"not":1}}})",
      R"({"connect":"only","barrier":true})",
      R"({"send":{"message":"nonsense"}})",
      R"({"send_payload":"4"})",
      R"({"barrier":true,"mask":"01020304"})",
      R"({"send_payload":"44","mask":"0102"})",
      R"({"repeat":2})",
      R"({"repeat":0,"steps":[{"barrier":true}]})",
      R"({"repeat":2,"from":1,"steps":[{"barrier":true}]})",
      R"({"repeat":2,"counter":"$i","from":0,"steps":[{"barrier":true}]})",
      R"({"barrier":true,"steps":[{"barrier":true}]})",
      R"({"expect_all":[]})",
      R"({"expect":{"message":"reply","bogus":1}})",
  };
  for (const char* step : wrong) {
    write({scenario({Json::parse(step)})});
    EXPECT_TRUE(load().empty()) << step;
    ASSERT_FALSE(errors_.empty()) << step;
    EXPECT_NE(errors_.front().file.find("a.json"), std::string::npos);
    EXPECT_NE(errors_.front().place.find("/scenarios/0"), std::string::npos) << step;
  }
}

TEST_F(ScenarioTest, OneBadFileLeavesTheOthers) {
  write({scenario({kConnect})}, "b.json");
  std::ofstream(folder_ / "scenarios/a.json") << "{ \"scenarios\": [";
  EXPECT_EQ(load().size(), 1U);
  ASSERT_EQ(errors_.size(), 1U);
  EXPECT_NE(to_string(errors_.front()).find("line 1"), std::string::npos);
}

TEST_F(ScenarioTest, AFolderThatIsNotThereIsReported) {
  fs::remove_all(folder_ / "scenarios");
  EXPECT_TRUE(load().empty());
  EXPECT_EQ(errors_.size(), 1U);
}

void expect_connected(const TestCase& test_case, const std::vector<Step>& steps,
                      std::vector<std::string>& open) {
  for (const Step& step : steps) {
    if (const auto* const repeat = std::get_if<Repeat>(&step.action)) {
      expect_connected(test_case, repeat->steps, open);
    } else if (std::holds_alternative<Connect>(step.action)) {
      open.push_back(step.connection);
    } else if (!std::holds_alternative<Procedure>(step.action)) {
      EXPECT_NE(std::ranges::find(open, step.connection), open.end())
          << test_case.id << " uses " << step.connection;
    }
  }
}

TEST(ScenarioFilesTest, AllAreUsable) {
  std::vector<FileError> errors;
  const std::vector<TestCase> cases = load_scenarios(WSAPI_SOURCE_VECTORS_DIR, errors);
  for (const FileError& error : errors) ADD_FAILURE() << to_string(error);
  EXPECT_GT(cases.size(), 10U);
  for (const TestCase& test_case : cases) {
    std::vector<std::string> open;
    expect_connected(test_case, steps_of(test_case), open);
    EXPECT_FALSE(explain(test_case).empty());
  }
}

}  // namespace
}  // namespace wsapi
