// SPDX-License-Identifier: Apache-2.0

// The derived vectors of the wrong direction, against tables written by hand.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "codec/test_bytes.h"
#include "harness/suite/derive.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;
using Lines = std::vector<std::string>;

MessageVector base(const std::string& id, const char* hex, Json message,
                   Direction direction = Direction::kToClient) {
  MessageVector vector;
  vector.id = id;
  vector.revisions = {Revision::k2020_01, Revision::k2020_03};
  vector.direction = direction;
  vector.bytes = WireBytes(bytes(hex));
  vector.message = std::move(message);
  return vector;
}

MessageVector create(const std::string& id) {
  return base(id, "45 0100 02000000 6100",
              {{"message", "event-create"}, {"event_id", 1}, {"name", "a"}});
}

Lines misdirected_of(const MessageVector& vector) {
  Lines lines;
  for (const MessageVector& derived : derive(vector)) {
    if (!derived.id.starts_with("misdirected/")) continue;
    EXPECT_NE(derived.direction, vector.direction);
    EXPECT_EQ(derived.vector_class, VectorClass::kInvalid);
    EXPECT_EQ(derived.reaction, Reaction::kSilence);
    EXPECT_TRUE(derived.error.has_value());
    if (derived.error) {
      EXPECT_EQ(derived.error->code, "wrong-direction");
    }
    lines.push_back(derived.id + " " + to_hex(derived.bytes.expand()));
  }
  return lines;
}

TEST(DeriveTest, MinimalVectorsAreMisdirectedInFourShapes) {
  EXPECT_THAT(misdirected_of(create("event-create/minimal")),
              ElementsAre("misdirected/event-create 450100020000006100",
                          "misdirected/event-create~cut@1 45",
                          "misdirected/event-create~cut@8 4501000200000061",
                          "misdirected/event-create~tail@4 4501000200000061007a7a7a7a"));
  EXPECT_TRUE(misdirected_of(create("event-create/other")).empty());
}

TEST(DeriveTest, OfTwoWidthsBothAreMisdirected) {
  const Json message{{"message", "description"}, {"description_id", 2}, {"description", "1"}};
  EXPECT_THAT(misdirected_of(base("description/minimal-16", "64 0200 02000000 3100", message)),
              testing::Contains("misdirected/description-16~cut@1 64"));
}

TEST(DeriveTest, AnOperationAloneIsNotCutTwice) {
  const Json message{{"message", "version-set"}, {"version", 1}};
  EXPECT_THAT(misdirected_of(base("version-set/minimal", "76 01", message)),
              ElementsAre("misdirected/version-set 7601", "misdirected/version-set~cut@1 76",
                          "misdirected/version-set~tail@4 76017a7a7a7a"));
}

TEST(DeriveTest, AMisdirectedOfferDoesNotHangUp) {
  const Json message{{"message", "version-offer"}, {"identifier", 390861833}, {"versions", {1}}};
  EXPECT_EQ(misdirected_of(
                base("version-offer/minimal", "56 09144c17 01 01", message, Direction::kToServer))
                .size(),
            4U);
}

// S of the legacy revision is a message to clients there, and one to servers in no legacy table.
TEST(DeriveTest, LegacyMessagesAreMisdirectedInTheirRevision) {
  MessageVector vector =
      base("legacy-event-subscribe/minimal", "53 01000000 02000000 02000000 6100",
           {{"message", "legacy-event-subscribe"}, {"call_id", 1}, {"event_id", 2}, {"name", "a"}});
  vector.revisions = {Revision::kLegacy};
  EXPECT_EQ(misdirected_of(vector).size(), 4U);
}

}  // namespace
}  // namespace wsapi
