// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/pattern.h"

#include <gtest/gtest.h>

#include <string_view>

namespace wsapi {
namespace {

using Json = nlohmann::json;

struct MatchCase {
  const char* pattern;
  const char* received;
  bool expected;
};

constexpr MatchCase kMatches[] = {
    {R"({})", R"({"message":"reply"})", true},
    {R"({"message":"reply"})", R"({"message":"reply","call_id":1})", true},
    {R"({"message":"reply"})", R"({"message":"call"})", false},
    // The same value.
    {R"({"call_id":1})", R"({"call_id":1})", true},
    {R"({"call_id":1})", R"({"call_id":2})", false},
    {R"({"call_id":1})", R"({"call_id":"1"})", false},
    {R"({"error":null})", R"({"error":null})", true},
    {R"({"error":null})", R"({"error":""})", false},
    {R"({"error":""})", R"({"error":null})", false},
    {R"({"versions":[1,2]})", R"({"versions":[1,2]})", true},
    {R"({"versions":[1,2]})", R"({"versions":[2,1]})", false},
    {R"({"versions":[1,2]})", R"({"versions":[1]})", false},
    {R"({"error":{"hex":"ff"}})", R"({"error":{"hex":"ff"}})", true},
    {R"({"error":{"hex":"ff"}})", R"({"error":"ff"})", false},
    // A field that is not there.
    {R"({"error":null})", R"({"call_id":1})", false},
    {R"({"error":{"present":true}})", R"({"call_id":1})", false},
    // Anything but null.
    {R"({"error":{"present":true}})", R"({"error":""})", true},
    {R"({"error":{"present":true}})", R"({"error":{"hex":"ff"}})", true},
    {R"({"error":{"present":true}})", R"({"error":null})", false},
    // The JSON value of a text.
    {R"({"data":{"json":{"a":1,"b":[true]}}})", R"({"data":"{ \"b\":[true], \"a\":1 }"})", true},
    {R"({"data":{"json":{"a":1}}})", R"({"data":"{\"a\":1,\"b\":2}"})", false},
    {R"({"data":{"json":{"a":1}}})", R"({"data":"{\"b\":1}"})", false},
    {R"({"data":{"json":[1]}})", R"({"data":"{\"0\":1}"})", false},
    {R"({"data":{"json":"x/y"}})", R"({"data":"\"x\\/y\""})", true},
    {R"({"data":{"json":null}})", R"({"data":"null"})", true},
    {R"({"data":{"json":null}})", R"({"data":null})", false},
    {R"({"data":{"json":1}})", R"({"data":"1 2"})", false},
    {R"({"data":{"json":1}})", R"({"data":"not json"})", false},
    {R"({"data":{"json":1}})", R"({"data":""})", false},
    {R"({"data":{"json":1}})", R"({"data":{"hex":"31"}})", false},
    // An integer stays one; a fraction need not be written as one.
    {R"({"data":{"json":1}})", R"({"data":"1.0"})", false},
    {R"({"data":{"json":[1]}})", R"({"data":"[1e0]"})", false},
    {R"({"data":{"json":2.0}})", R"({"data":"2"})", true},
    // None of these values.
    {R"({"uuid":{"not":["a","b"]}})", R"({"uuid":"c"})", true},
    {R"({"uuid":{"not":["a","b"]}})", R"({"uuid":"b"})", false},
    {R"({"event_id":{"not":[1]}})", R"({"name":"x"})", false},
    {R"({"data":{"json":{"a":{"not":[]},"b":{"not":[2]}}}})", R"({"data":"{\"a\":1,\"b\":3}"})",
     true},
    {R"({"data":{"json":{"a":{"not":[]},"b":{"not":[2]}}}})", R"({"data":"{\"a\":1,\"b\":2}"})",
     false},
    // A type of JSON.
    {R"({"data":{"json_type":["object","null"]}})", R"({"data":"{\"a\":1}"})", true},
    {R"({"data":{"json_type":["object","null"]}})", R"({"data":"null"})", true},
    {R"({"data":{"json_type":["object","null"]}})", R"({"data":"[]"})", false},
    {R"({"data":{"json_type":["number"]}})", R"({"data":"-1"})", true},
    {R"({"data":{"json_type":["number"]}})", R"({"data":"one"})", false},
    {R"({"data":{"json_type":["string"]}})", R"({"data":null})", false},
};

TEST(PatternTest, EachMatcher) {
  for (const MatchCase& one : kMatches) {
    Variables variables;
    EXPECT_EQ(matches(Json::parse(one.pattern), Json::parse(one.received), variables), one.expected)
        << one.pattern << " on " << one.received;
    EXPECT_TRUE(variables.empty());
  }
}

TEST(PatternTest, AVariableIsBoundAndThenCompared) {
  Variables variables;
  const Json pattern{{"event_id", "$id"}};
  EXPECT_TRUE(matches(pattern, {{"event_id", 7}}, variables));
  EXPECT_EQ(variables.at("$id"), 7);
  EXPECT_TRUE(matches(pattern, {{"event_id", 7}}, variables));
  EXPECT_FALSE(matches(pattern, {{"event_id", 8}}, variables));
  EXPECT_EQ(variables.at("$id"), 7);
}

TEST(PatternTest, AVariableTwiceInOneMessageIsOneValue) {
  const Json pattern{{"call_id", "$x"}, {"event_id", "$x"}};
  Variables variables;
  EXPECT_FALSE(matches(pattern, {{"call_id", 1}, {"event_id", 2}}, variables));
  EXPECT_TRUE(variables.empty());
  EXPECT_TRUE(matches(pattern, {{"call_id", 2}, {"event_id", 2}}, variables));
}

TEST(PatternTest, NotComparesWithWhatVariablesHold) {
  Variables variables{{"$first", 7}};
  const Json pattern{{"event_id", {{"not", {"$first", 9}}}}};
  EXPECT_FALSE(matches(pattern, {{"event_id", 7}}, variables));
  EXPECT_FALSE(matches(pattern, {{"event_id", 9}}, variables));
  EXPECT_TRUE(matches(pattern, {{"event_id", 8}}, variables));
}

TEST(PatternTest, DistinctValuesJoinTheirSet) {
  Variables variables;
  const Json pattern{{"event_id", {{"distinct", "$ids"}, {"as", "$id"}}}};
  EXPECT_TRUE(matches(pattern, {{"event_id", 1}}, variables));
  EXPECT_EQ(variables.at("$id"), 1);
  EXPECT_FALSE(matches(pattern, {{"event_id", 1}}, variables));
  EXPECT_TRUE(matches(pattern, {{"event_id", 2}}, variables));
  EXPECT_EQ(variables.at("$id"), 2) << "bound anew";
  // What did not match as a whole has joined nothing.
  const Json both{{"event_id", {{"distinct", "$ids"}}}, {"name", "x"}};
  EXPECT_FALSE(matches(both, {{"event_id", 3}, {"name", "y"}}, variables));
  EXPECT_TRUE(matches(both, {{"event_id", 3}, {"name", "x"}}, variables));
  const Json twice{{"call_id", {{"distinct", "$others"}}}, {"event_id", {{"distinct", "$others"}}}};
  EXPECT_FALSE(matches(twice, {{"call_id", 4}, {"event_id", 4}}, variables));
  EXPECT_TRUE(matches(twice, {{"call_id", 1}, {"event_id", 2}}, variables)) << "another set";
}

TEST(PatternTest, InterpolatesTexts) {
  const Variables variables{{"$i", 7}, {"$name", "evt"}};
  EXPECT_EQ(interpolate("client-$i", variables), "client-7");
  EXPECT_EQ(interpolate("$name-$i$i.$x$", variables), "evt-77.$x$");
  EXPECT_EQ(interpolate("", variables), "");
}

TEST(PatternTest, UuidsFollowFromTheirSeeds) {
  const std::string uuid = uuid_text("a");
  EXPECT_EQ(uuid.size(), 36U);
  EXPECT_EQ(uuid[14], '4');
  EXPECT_EQ(uuid_text("a"), uuid);
  EXPECT_NE(uuid_text("b"), uuid);
}

TEST(PatternTest, VariablesStandInsideJson) {
  Variables variables{{"$name", "evt"}};
  const Json pattern{{"data", {{"json", {{"event", "$name"}, {"n", {"$first", 2}}}}}}};
  EXPECT_FALSE(matches(pattern, {{"data", R"({"event":"other","n":[1,2]})"}}, variables));
  EXPECT_TRUE(matches(pattern, {{"data", R"({"event":"evt","n":[{"a":1},2]})"}}, variables));
  EXPECT_EQ(variables.at("$first"), Json({{"a", 1}}));
}

TEST(PatternTest, NothingIsBoundOnFailure) {
  Variables variables;
  // Fields are looked at in the order of their names: `a` binds, then `z` does not match.
  const Json pattern{{"a", "$a"}, {"z", 1}};
  EXPECT_FALSE(matches(pattern, {{"a", 5}, {"z", 2}}, variables));
  EXPECT_TRUE(variables.empty());
  const Json nested{{"data", {{"json", {{"a", "$a"}, {"z", 1}}}}}};
  EXPECT_FALSE(matches(nested, {{"data", R"({"a":5,"z":2})"}}, variables));
  EXPECT_TRUE(variables.empty());
}

TEST(PatternTest, SubstitutesInWhatIsSent) {
  const Variables variables{{"$id", 3}, {"$name", "evt"}};
  const Json message{{"message", "call"},
                     {"call_id", "$id"},
                     {"verb", "$unknown"},
                     {"credentials", nullptr},
                     {"args", {{"json", {{"event", "$name"}, {"list", {"$id", "x"}}}}}}};
  const Json sent = substitute(message, variables);
  EXPECT_EQ(sent.at("message"), "call");
  EXPECT_EQ(sent.at("call_id"), 3);
  EXPECT_EQ(sent.at("verb"), "$unknown") << "not bound: stays";
  EXPECT_TRUE(sent.at("credentials").is_null());
  EXPECT_EQ(sent.at("args"), R"({"event":"evt","list":[3,"x"]})");
}

TEST(PatternTest, SubstitutingTwiceChangesNothing) {
  const Json message{{"message", "call"}, {"args", {{"json", {1, "a"}}}}, {"verb", "v"}};
  const Json once = substitute(message, {});
  EXPECT_EQ(substitute(once, {}), once);
}

// What a hostile peer sends: copying or comparing it would take a frame of the stack a level.
TEST(PatternTest, JsonThatIsNestedTooDeepIsNoJson) {
  constexpr std::size_t kDepth = 1'000'000;
  const std::string deep = std::string(kDepth, '[') + std::string(kDepth, ']');
  Variables variables;
  EXPECT_FALSE(matches({{"data", {{"json", "$value"}}}}, {{"data", deep}}, variables));
  EXPECT_TRUE(variables.empty());
  EXPECT_TRUE(matches({{"data", {{"json", "$value"}}}}, {{"data", "[[[]]]"}}, variables));
}

}  // namespace
}  // namespace wsapi
