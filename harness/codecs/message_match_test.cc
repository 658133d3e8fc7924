// SPDX-License-Identifier: Apache-2.0

#include "harness/codecs/message_match.h"

#include <gtest/gtest.h>

#include "codec/test_bytes.h"

namespace wsapi {
namespace {

JsonMembers members(std::string_view json) {
  auto read = read_json_members(json);
  EXPECT_TRUE(read.ok()) << json;
  return read.ok() ? std::move(read).value() : JsonMembers{};
}

struct Pair {
  const char* ours;
  const char* theirs;
  bool exact, plugin, without_objects;  // whether they match by the rule
};

const Pair kPairs[] = {
    {R"({"a":1,"name":"x"})", R"({"name":"x","a":1})", true, true, true},
    {R"({"a":1})", R"({"a":2})", false, false, false},
    {R"({"a":1})", R"({"b":1})", false, false, false},
    {R"({"a":1})", R"({"a":1,"b":1})", false, false, false},
    {R"({"a":1})", R"({"a":"1"})", false, false, false},
    {R"({"a":null})", R"({"a":null})", true, true, true},
    {R"({"a":null})", R"({"a":""})", false, false, false},
    {R"({"versions":[1,2]})", R"({"versions":[1]})", false, false, false},
    {R"({"name":"e\u0000t"})", R"({"name":"e"})", false, true, true},
    {R"({"name":"e\u0000t"})", R"({"name":"et"})", false, false, false},
    {R"({"name":{"hex":"ff"}})", R"({"name":"?"})", false, true, true},
    {R"({"name":"a"})", R"({"name":{"hex":"61"}})", false, true, true},
    {R"({"name":"a"})", R"({"name":null})", false, false, false},
    {R"({"data":"1"})", R"({"data":null})", false, true, true},
    {R"({"data":"1"})", R"({"data":"2"})", false, false, true},
};

TEST(MessageMatchTest, ByEachRule) {
  for (const Pair& pair : kPairs) {
    const auto ours = members(pair.ours);
    const auto theirs = members(pair.theirs);
    EXPECT_EQ(same_message(ours, theirs, MatchRule::kExact), pair.exact) << pair.ours;
    EXPECT_EQ(same_message(ours, theirs, MatchRule::kPlugin), pair.plugin) << pair.ours;
    EXPECT_EQ(same_message(ours, theirs, MatchRule::kPluginWithoutObjects), pair.without_objects)
        << pair.ours;
  }
}

TEST(MessageMatchTest, ObjectsThatAreLeftOut) {
  EXPECT_TRUE(leaves_objects_out(members(R"({"args":null})")));
  EXPECT_FALSE(leaves_objects_out(members(R"({"args":"null"})")));
  EXPECT_FALSE(leaves_objects_out(members(R"({"credentials":null})")));
}

TEST(MessageMatchTest, Encodings) {
  const auto ours = members(R"({"message":"event-push","event_id":3,"data":"1"})");
  const auto right = bytes("50 0300 02000000 3100");
  const auto other = bytes("50 0300 02000000 3200");
  const auto same = [&](std::span<const std::byte> encoded, MatchRule rule) {
    return same_encoding(right, ours, encoded, Revision::k2020_03, Direction::kToClient, rule);
  };
  EXPECT_TRUE(same(right, MatchRule::kExact));
  EXPECT_FALSE(same(other, MatchRule::kExact));
  EXPECT_FALSE(same(other, MatchRule::kPlugin));
  EXPECT_TRUE(same(other, MatchRule::kPluginWithoutObjects));
  EXPECT_FALSE(same(bytes("50 0300 02000000 3200 00"), MatchRule::kPluginWithoutObjects));
  EXPECT_FALSE(same({}, MatchRule::kPluginWithoutObjects));
}

}  // namespace
}  // namespace wsapi
