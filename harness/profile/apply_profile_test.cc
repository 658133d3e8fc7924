// SPDX-License-Identifier: Apache-2.0

#include "harness/profile/apply_profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "harness/suite/scenario.h"
#include "harness/suite/script.h"

namespace wsapi {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;

Profile profile_with(const std::string& verbs) {
  json file = json::parse(R"({"kind":"profile","name":"n","version":"1","implements":{"verbs":)" +
                          verbs + "}}");
  std::vector<FileError> errors;
  auto profile = read_profile(file, "p", errors);
  for (const FileError& error : errors) ADD_FAILURE() << to_string(error);
  return profile.value_or(Profile{});
}

json call(const json& id, const std::string& verb, const json& args) {
  return {{"message", "call"}, {"call_id", id}, {"verb", verb}, {"args", args}};
}
json reply(const json& id, const json& data) {
  return {{"message", "reply"}, {"call_id", id}, {"data", data}};
}
json as_json(const json& value) { return {{"json", value}}; }

Step send(json message, std::string connection = "main") {
  return {.connection = std::move(connection), .action = SendMessage{std::move(message), {}}};
}
Step expect(json pattern, std::string connection = "main") {
  return {.connection = std::move(connection),
          .action = Expect{Expect::Mode::kAll, {std::move(pattern)}}};
}

TestCase mapped(std::vector<Step> steps, const std::string& verbs) {
  TestCase test_case;
  test_case.script = script_of(std::move(steps));
  return apply_profile(test_case, profile_with(verbs));
}

json sent(const TestCase& test_case, std::size_t step) {
  return std::get<SendMessage>(steps_of(test_case).at(step).action).message;
}
json expected(const TestCase& test_case, std::size_t step) {
  return std::get<Expect>(steps_of(test_case).at(step).action).patterns.at(0);
}

TEST(ApplyProfile, VerbArgumentsAndReplyAreMapped) {
  const TestCase out = mapped({send(call(1, "whoami", as_json({{"a", 1}}))),
                               expect(reply(1, as_json({{"session", "$s"}, {"token", nullptr}})))},
                              R"({"whoami":{"verb":"me","args":{"all":"$args","a":["$a","$b"]},
                    "reply":{"uuid":"$session","token":"$token","more":"$any","n":1}}})");
  EXPECT_EQ(sent(out, 0), call(1, "me", as_json({{"all", {{"a", 1}}}, {"a", {1, nullptr}}})));
  EXPECT_EQ(
      expected(out, 1),
      reply(1,
            as_json({{"uuid", "$s"}, {"token", nullptr}, {"more", "$profile_any_1"}, {"n", 1}})));
  EXPECT_TRUE(out.requirements.empty());
}

TEST(ApplyProfile, RepliesBelongToTheirCalls) {
  const char* const verbs = R"({"echo":{"verb":"ping","reply":{"value":"$data"}}})";
  const TestCase out =
      mapped({send(call(1, "echo", as_json(5))), send(call(2, "emit", as_json(5))),
              send(call(1, "emit", as_json(5)), "other"), expect(reply(2, as_json(5))),
              expect(reply(1, as_json(5)), "other"), expect(reply(1, as_json(5))),
              send(call(1, "no", as_json(5))), expect(reply(1, as_json(5)))},
             verbs);
  EXPECT_EQ(expected(out, 3), reply(2, as_json(5)));
  EXPECT_EQ(expected(out, 4), reply(1, as_json(5)));
  EXPECT_EQ(expected(out, 5), reply(1, as_json({{"value", 5}})));
  EXPECT_EQ(expected(out, 7), reply(1, as_json(5)));  // the id is of another call now
}

TEST(ApplyProfile, RepeatsAndCountersToo) {
  const Step repeat{
      .connection = "main",
      .action = Repeat{
          3, "$i", {send(call("$i", "echo", as_json("$i"))), expect(reply("$i", as_json("$i")))}}};
  const TestCase out =
      mapped({repeat}, R"({"echo":{"verb":"ping","args":["$args"],"reply":["$data"]}})");
  const auto& steps = std::get<Repeat>(steps_of(out).at(0).action).steps;
  EXPECT_EQ(std::get<SendMessage>(steps.at(0).action).message, call("$i", "ping", as_json({"$i"})));
  EXPECT_EQ(std::get<Expect>(steps.at(1).action).patterns.at(0), reply("$i", as_json({"$i"})));
}

TEST(ApplyProfile, AVariableTakesAReplyThatHasNoPlaceForIt) {
  const Step repeat{
      .connection = "main",
      .action = Repeat{3,
                       "$i",
                       {send(call(1, "echo", as_json("$i"))), expect(reply(1, as_json("$i"))),
                        expect(reply(1, as_json("$whole")))}}};
  const TestCase out = mapped({repeat}, R"({"echo":{"verb":"ping","reply":"$any"}})");
  const auto& steps = std::get<Repeat>(steps_of(out).at(0).action).steps;
  const auto pattern = [&](std::size_t step) {
    return std::get<Expect>(steps.at(step).action).patterns.at(0);
  };
  EXPECT_EQ(pattern(1), reply(1, as_json("$profile_any_1")));
  EXPECT_EQ(pattern(2), reply(1, as_json("$whole")));
}

TEST(ApplyProfile, WhatIsGivenLetterByLetterCannotBeMapped) {
  const char* const verbs = R"({"echo":{"verb":"ping","args":["$args"],"reply":["$data"]}})";
  EXPECT_THAT(mapped({send(call(1, "echo", "5"))}, verbs).requirements,
              ElementsAre("verb:echo:as-it-is"));
  EXPECT_THAT(
      mapped({send(call(1, "echo", as_json(5))), expect(reply(1, "5"))}, verbs).requirements,
      ElementsAre("verb:echo:as-it-is"));
  // The name alone can.
  EXPECT_TRUE(
      mapped({send(call(1, "echo", "5")), expect(reply(1, "5"))}, R"({"echo":{"verb":"ping"}})")
          .requirements.empty());
}

TEST(ApplyProfile, AProcedureNeedsTheVerbsOfItsCaseAsTheyAre) {
  TestCase test_case;
  test_case.requirements = {"verb:echo", "verb:emit"};
  test_case.script = script_of({Step{.connection = "main", .action = Procedure{}}});
  EXPECT_THAT(apply_profile(test_case, profile_with(R"({"echo":{"verb":"ping"},"emit":true})"))
                  .requirements,
              ElementsAre("verb:echo", "verb:echo:as-it-is", "verb:emit"));
}

TEST(ApplyProfile, AProfileWithVerbsAsTheyAreChangesNothing) {
  std::vector<FileError> errors;
  const std::filesystem::path folder = WSAPI_SOURCE_VECTORS_DIR;
  const auto profile = load_profile((folder / "profiles/reference.json").string(), errors);
  ASSERT_TRUE(profile);
  for (const TestCase& test_case : load_scenarios(folder, errors)) {
    const TestCase out = apply_profile(test_case, *profile);
    EXPECT_EQ(explain(out), explain(test_case));
    EXPECT_EQ(out.requirements, test_case.requirements);
  }
  EXPECT_TRUE(errors.empty());
}

}  // namespace
}  // namespace wsapi
