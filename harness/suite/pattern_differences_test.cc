// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/pattern_differences.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wsapi {
namespace {

using Json = nlohmann::json;
using List = std::vector<Difference>;

TEST(PatternDifferencesTest, AreNoneWhereThePatternMatches) {
  const Json received{{"call_id", 1}, {"error", "x"}, {"data", R"({"a": [1, "b"]})"}};
  for (const Json& pattern : std::vector<Json>{Json::object(),
                                               {{"call_id", 1}},
                                               {{"call_id", "$id"}, {"error", {{"present", true}}}},
                                               {{"data", {{"json", {{"a", {1, "$b"}}}}}}}}) {
    EXPECT_TRUE(differences(pattern, received, {}).empty()) << pattern;
    Variables variables;
    EXPECT_TRUE(matches(pattern, received, variables));
  }
}

TEST(PatternDifferencesTest, NamePathAndBothValues) {
  const Json pattern{{"call_id", 1}, {"error", {{"present", true}}}, {"info", "$i"}, {"x/y", 1}};
  const Json received{{"call_id", 2}, {"error", nullptr}, {"info", "b"}};
  EXPECT_EQ(differences(pattern, received, {{"$i", "a"}}),
            (List{{"/call_id", "1", "2"},
                  {"/error", "anything but null", "null"},
                  {"/info", "\"a\"", "\"b\""},
                  {"/x~1y", "1", "nothing"}}));
}

TEST(PatternDifferencesTest, GoIntoJsonTexts) {
  const Json pattern{{"data", {{"json", {{"creds", {{"uid", 7}}}, {"list", {1, 2}}}}}}};
  const Json received{{"data", R"({"creds":{"uid":8,"gid":1},"list":[1]})"}};
  EXPECT_EQ(differences(pattern, received, {}), (List{{"/data#/creds/uid", "7", "8"},
                                                      {"/data#/creds/gid", "nothing", "1"},
                                                      {"/data#/list/1", "2", "nothing"}}));
  EXPECT_EQ(differences({{"data", R"({"a":1})"}}, {{"data", R"({"a":2})"}}, {}),
            (List{{"/data#/a", "1", "2"}}));
  EXPECT_EQ(differences({{"data", R"({"a":1})"}}, {{"data", R"({ "a":1})"}}, {}).size(), 1U)
      << "the same value in another spelling, where the spelling was asked for";
  EXPECT_EQ(differences(pattern, {{"data", "no JSON"}}, {}).front().received, "\"no JSON\"");
}

TEST(PatternDifferencesTest, ConditionsInsideJsonTextsAreTried) {
  const Json pattern{{"data", {{"json", {{"session", "a"}, {"creds", {{"not", Json::array()}}}}}}}};
  EXPECT_EQ(differences(pattern, {{"data", R"({"session":"b","creds":null})"}}, {}),
            (List{{"/data#/session", "\"a\"", "\"b\""}}));
}

TEST(PatternDifferencesTest, OfLongTextsThePlaceIsShown) {
  std::string left(1000, 'x');
  std::string right = left;
  right[500] = 'y';
  const List found = differences({{"verb", left}}, {{"verb", right}}, {});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].received.starts_with("1000 bytes, from 480: \"xxxxxxxxxxxxxxxxxxxxyxxx"))
      << found[0].received;
  EXPECT_LT(found[0].expected.size(), 150U);
}

TEST(PatternDifferencesTest, AreBounded) {
  Json pattern = Json::object();
  for (int i = 0; i < 1000; ++i) pattern[std::to_string(i)] = i;
  EXPECT_EQ(differences(pattern, Json::object(), {}).size(), kMaxDifferences);
  EXPECT_EQ(differences({{"data", {{"json", pattern}}}}, {{"data", "{}"}}, {}).size(),
            kMaxDifferences);
}

TEST(PatternDifferencesTest, TheNearestPatternOfTheKindIsTaken) {
  const Json received{{"message", "reply"}, {"call_id", 2}, {"error", "x"}};
  const std::vector<Json> patterns{{{"message", "event-push"}},
                                   {{"message", "reply"}, {"call_id", 1}, {"error", nullptr}},
                                   {{"message", "reply"}, {"call_id", 2}, {"error", nullptr}}};
  EXPECT_EQ(least_differences(patterns, received, {}), (List{{"/error", "null", "\"x\""}}));
  EXPECT_TRUE(least_differences({patterns.front()}, received, {}).empty());
}

}  // namespace
}  // namespace wsapi
