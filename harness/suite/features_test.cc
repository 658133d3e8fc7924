// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <utility>

#include "codec/hex.h"
#include "harness/suite/catalogue.h"
#include "harness/suite/script.h"

namespace wsapi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TestCase case_with(std::vector<Step> steps) {
  TestCase out;
  out.script = script_of(std::move(steps));
  return out;
}

Step on(std::string connection, decltype(Step::action) action) {
  return {.connection = std::move(connection), .action = std::move(action)};
}

SendStream octets(const char* hex) { return {WireBytes(*from_hex(hex))}; }

std::vector<std::string> features_of_octets(const char* hex) {
  return features_of(case_with({on("main", octets(hex))}));
}

TEST(FeaturesTest, NoStepsUseNothing) { EXPECT_THAT(features_of(case_with({})), IsEmpty()); }

TEST(FeaturesTest, FramesOfAStream) {
  EXPECT_THAT(features_of_octets("820155"), IsEmpty());
  EXPECT_THAT(features_of_octets("82810102030455"), ElementsAre("masking"));
  EXPECT_THAT(features_of_octets("020155800155"), ElementsAre("one-write", "fragmentation"));
  EXPECT_THAT(features_of_octets("8200"), ElementsAre("empty-message"));
  EXPECT_THAT(features_of_octets("8a00"), ElementsAre("pong"));
  EXPECT_THAT(features_of_octets("827e0001aa"), ElementsAre("length-16"));
  EXPECT_THAT(features_of_octets("827f0000000000000001aa"), ElementsAre("length-64"));
}

TEST(FeaturesTest, LengthsBeyondWhatIsThereAreNotFollowed) {
  EXPECT_THAT(features_of_octets("827fffffffffffffffff"), ElementsAre("length-64"));
  EXPECT_THAT(features_of_octets("82"), IsEmpty());
  EXPECT_THAT(features_of_octets("827e00"), IsEmpty());
}

TEST(FeaturesTest, AFragmentedControlFrameIsNoFragmentedMessage) {
  EXPECT_THAT(features_of_octets("090170"), IsEmpty());
}

TEST(FeaturesTest, ShapesOfMessages) {
  const SendPayload whole{.payload = WireBytes(std::vector<std::byte>(200)), .frame = {}};
  EXPECT_THAT(features_of(case_with({on("main", whole)})), ElementsAre("length-16"));
  SendPayload shaped = whole;
  shaped.frame.mask.emplace();
  shaped.frame.fragments = {3};
  shaped.frame.piece_size = 1;
  EXPECT_THAT(features_of(case_with({on("main", shaped)})),
              ElementsAre("pieces", "masking", "fragmentation"));
}

TEST(FeaturesTest, AnotherConnectionServedWhileOneHoldsHalfAFrame) {
  const std::vector<Step> held{on("main", Connect{}), on("slow", Connect{}),
                               on("slow", octets("8225")), on("main", Barrier{})};
  EXPECT_THAT(features_of(case_with(held)),
              ElementsAre("negotiation", "call", "second-connection", "half-frame"));
  std::vector<Step> ended = held;
  ended.insert(ended.begin() + 3, on("slow", EndOurSide{}));
  EXPECT_THAT(features_of(case_with(ended)),
              ElementsAre("negotiation", "call", "second-connection"));
}

TEST(FeaturesTest, VerbsAreFeatures) {
  TestCase test_case = case_with({});
  test_case.requirements = {"verb:echo", "watch"};
  EXPECT_THAT(features_of(test_case), ElementsAre("verb:echo"));
  test_case.basic = "verb:echo";
  EXPECT_THAT(features_of(test_case), IsEmpty()) << "what it tests it does not merely use";
}

// ---- The basic cases that there are

TEST(FeaturesTest, EachFeatureHasOneBasicCaseInEachRevisionThatHasIt) {
  std::vector<FileError> errors;
  const Catalogue catalogue = load_catalogue(WSAPI_SOURCE_VECTORS_DIR, errors);
  ASSERT_THAT(errors, IsEmpty());
  std::map<std::pair<std::string, Revision>, std::size_t> counts;
  for (const TestCase& test_case : catalogue.cases) {
    if (test_case.basic.empty()) continue;
    for (const Revision revision : test_case.revisions) ++counts[{test_case.basic, revision}];
  }
  for (const Feature& feature : kFeatures) {
    for (const Revision revision : kRevisions) {
      const bool has_it = feature.name != "negotiation" || has_version_negotiation(revision);
      EXPECT_EQ((counts[{std::string{feature.name}, revision}]), has_it ? 1U : 0U)
          << feature.name << " in " << name(revision);
    }
  }
}

TEST(FeaturesTest, ABasicCaseUsesEarlierFeaturesOnly) {
  std::vector<FileError> errors;
  const Catalogue catalogue = load_catalogue(WSAPI_SOURCE_VECTORS_DIR, errors);
  for (const TestCase& test_case : catalogue.cases) {
    if (test_case.basic.empty()) continue;
    for (const std::string& used : features_of(test_case)) {
      EXPECT_LT(find_feature(used), find_feature(test_case.basic)) << test_case.id;
    }
  }
}

}  // namespace
}  // namespace wsapi
