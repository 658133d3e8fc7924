// SPDX-License-Identifier: Apache-2.0

#include "harness/profile/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "harness/suite/requirements.h"

namespace wsapi {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

const std::filesystem::path kFolder = std::filesystem::path(WSAPI_SOURCE_VECTORS_DIR) / "profiles";

Profile example(const std::string& name) {
  std::vector<FileError> errors;
  auto profile = load_profile((kFolder / name).string(), errors);
  for (const FileError& error : errors) ADD_FAILURE() << to_string(error);
  return profile.value_or(Profile{});
}

std::vector<std::string> errors_of(const std::string& text) {
  nlohmann::json json = nlohmann::json::parse(text);
  std::vector<FileError> errors;
  EXPECT_FALSE(read_profile(json, "p", errors));
  std::vector<std::string> out;
  for (const FileError& error : errors) out.push_back(to_string(error));
  return out;
}

TEST(Profile, AllExamplesCanBeRead) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".json") continue;
    EXPECT_NE(example(entry.path().filename()).name, "");
    ++count;
  }
  EXPECT_GE(count, 3U);
}

TEST(Profile, TheReferenceServerHasAllVerbsAsTheyAre) {
  const Profile profile = example("reference.json");
  EXPECT_EQ(profile.offered().size(), kTestApiVerbs.size());
  for (const auto& [verb, mapping] : profile.verbs) EXPECT_TRUE(mapping.is_as_it_is(verb));
  EXPECT_EQ(profile.revision, Revision::k2020_01);
  EXPECT_EQ(profile.description, true);
}

TEST(Profile, EveryMemberIsRead) {
  const Profile profile = example("binder.json");
  EXPECT_EQ(profile.version, "5.2");
  EXPECT_EQ(profile.address, "");
  ASSERT_TRUE(profile.process);
  EXPECT_EQ(profile.process->command.size(), 5U);
  EXPECT_THAT(profile.process->environment, ElementsAre(Pair("LANG", "C")));
  EXPECT_EQ(profile.process->folder, "/tmp");
  EXPECT_EQ(profile.process->ready_seconds, 20);
  EXPECT_EQ(profile.process->stop_seconds, 10);
  EXPECT_EQ(profile.process->open_files, 1024U);
  EXPECT_EQ(profile.revision, Revision::k2020_03);
  EXPECT_EQ(profile.description, false);
  EXPECT_THAT(profile.offered(), ElementsAre("verb:echo", "verb:whoami", "verb:subscribe",
                                             "verb:unsubscribe", "verb:emit", "verb:broadcast"));
  EXPECT_EQ(profile.verbs.at("subscribe").verb, "eventsub");
  EXPECT_EQ(profile.verbs.at("subscribe").args, (nlohmann::json{{"name", "$event"}}));
  EXPECT_EQ(profile.verbs.at("subscribe").reply, "$data");
  EXPECT_EQ(profile.messages_per_second, 1);
  EXPECT_THAT(profile.added_patterns, ElementsAre("emergency: *loop", "killing job"));
  EXPECT_THAT(profile.removed_patterns, ElementsAre("caught signal"));
  EXPECT_EQ(profile.answer_seconds, 3);
}

TEST(Profile, WhatIsWrongIsSaidWithItsPlace) {
  EXPECT_THAT(errors_of("[]"), ElementsAre("p: /: an object is expected, an array stands here"));
  EXPECT_THAT(
      errors_of(R"({"kind":"profile","name":"n","version":"1","implements":{},"adress":1})"),
      ElementsAre("p: /: the member 'adress' is not known here"));
  EXPECT_THAT(errors_of(R"({"kind":"profile","name":"n","version":"1","address":"tcp:x",
                    "process":{"command":"","ready_seconds":0},
                    "implements":{"verbs":{"ecko":true,"echo":7,"fail":{"args":1}}}})")
                  .size(),
              6U);
}

}  // namespace
}  // namespace wsapi
