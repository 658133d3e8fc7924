// SPDX-License-Identifier: Apache-2.0

// The rules of vectors/README.md against tables written by hand.

#include "harness/suite/derive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "codec/test_bytes.h"
#include "harness/suite/vectors.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;
using Lines = std::vector<std::string>;

const std::vector<Revision> kVersion1Revisions{Revision::k2020_01, Revision::k2020_03};

MessageVector base(const std::string& id, const char* hex, Json message,
                   Direction direction = Direction::kToClient) {
  MessageVector vector;
  vector.id = id;
  vector.purpose = "A purpose.";
  vector.clause = "3";
  vector.revisions = kVersion1Revisions;
  vector.direction = direction;
  vector.bytes = WireBytes(bytes(hex));
  vector.reaction = direction == Direction::kToServer
                        ? default_reaction(message.at("message").get<std::string>())
                        : Reaction::kSilence;
  vector.message = std::move(message);
  return vector;
}

MessageVector create(const std::string& id, const char* hex) {
  return base(id, hex, {{"message", "event-create"}, {"event_id", 1}, {"name", "?"}});
}

MessageVector offer(const std::string& id, const char* hex) {
  return base(id, hex, {{"message", "version-offer"}, {"identifier", 390861833}, {"versions", {1}}},
              Direction::kToServer);
}

MessageVector call_minimal() {
  return base("call/minimal", "4b 0100 05000000 70696e6700 0000 0000 05000000 6e756c6c00 00000000",
              {{"message", "call"},
               {"call_id", 1},
               {"verb", "ping"},
               {"session_id", 0},
               {"token_id", 0},
               {"args", "null"},
               {"credentials", nullptr}},
              Direction::kToServer);
}

std::string rule_of(const MessageVector& vector) {
  return vector.id.substr(vector.id.find('~') + 1);
}

// "cut@1 65 invalid silence", but for the rule `op`, which makes hundreds.
Lines table_of(const MessageVector& vector) {
  Lines lines;
  for (const MessageVector& derived : derive(vector)) {
    const std::string rule = rule_of(derived);
    if (rule.starts_with("op=") || derived.id.starts_with("misdirected/")) continue;
    EXPECT_TRUE(derived.id.starts_with(vector.id + "~")) << derived.id;
    EXPECT_FALSE(derived.derive);
    EXPECT_EQ(derived.revisions, vector.revisions);
    EXPECT_EQ(derived.direction, vector.direction);
    EXPECT_EQ(derived.message.has_value(), derived.vector_class != VectorClass::kInvalid);
    lines.push_back(rule + " " + to_hex(derived.bytes.expand()) + " " +
                    std::string{name(derived.vector_class)} + " " +
                    std::string{name(derived.reaction)});
  }
  return lines;
}

// The rules alone, of those that begin with `prefix`.
Lines rules_of(const MessageVector& vector, std::string_view prefix) {
  Lines rules;
  for (const MessageVector& derived : derive(vector)) {
    const std::string rule = rule_of(derived);
    const bool misdirected = derived.id.starts_with("misdirected/");
    if (!misdirected && rule.starts_with(prefix)) rules.push_back(rule);
  }
  return rules;
}

TEST(DeriveTest, EventRemove) {
  const Json message{{"message", "event-remove"}, {"event_id", 1}};
  EXPECT_THAT(table_of(base("event-remove/minimal", "65 0100", message)),
              ElementsAre("cut@0  invalid silence", "cut@1 65 invalid silence",
                          "cut@2 6501 invalid silence", "tail@1 6501007a acceptable silence",
                          "tail@4 6501007a7a7a7a acceptable silence"));
}

TEST(DeriveTest, Describe) {
  const Json message{{"message", "describe"}, {"description_id", 2}};
  EXPECT_THAT(table_of(base("describe/minimal", "44 0200", message, Direction::kToServer)),
              ElementsAre("cut@0  invalid silence", "cut@1 44 invalid silence",
                          "cut@2 4402 invalid silence", "tail@1 4402007a acceptable description",
                          "tail@4 4402007a7a7a7a acceptable description"));
}

TEST(DeriveTest, VersionOffer) {
  EXPECT_THAT(table_of(offer("version-offer/minimal", "56 09144c17 01 01")),
              ElementsAre("cut@0  invalid silence",  //
                          "cut@1 56 invalid hang-up", "cut@2 5609 invalid hang-up",
                          "cut@3 560914 invalid hang-up", "cut@4 5609144c invalid hang-up",
                          "cut@5 5609144c17 invalid hang-up", "cut@6 5609144c1701 invalid hang-up",
                          "count=0 5609144c170001 valid hang-up",
                          "count=n+1 5609144c170201 invalid hang-up",
                          "count=255 5609144c17ff01 invalid hang-up",
                          "tail@1 5609144c1701017a valid version-set",
                          "tail@4 5609144c1701017a7a7a7a valid version-set"));
}

TEST(DeriveTest, ReplyWithNullTexts) {
  const Json message{{"message", "reply"}, {"call_id", 1}, {"data", "1"}};
  Lines lines;
  for (const std::string& line :
       table_of(base("reply/null-texts", "6b 0100 00000000 00000000 02000000 3100", message))) {
    if (!line.starts_with("cut@")) lines.push_back(line);
  }
  // `error` = 1 would end in the first byte of the next length, which is NUL; that of `info` in 02.
  EXPECT_THAT(lines,
              ElementsAre("len(error)=7fffffff 6b0100ffffff7f00000000020000003100 invalid silence",
                          "len(error)=80000000 6b01000000008000000000020000003100 invalid silence",
                          "len(error)=ffffffff 6b0100ffffffff00000000020000003100 invalid silence",
                          "len(info)=1 6b01000000000001000000020000003100 invalid silence",
                          "len(info)=7fffffff 6b010000000000ffffff7f020000003100 invalid silence",
                          "len(info)=80000000 6b01000000000000000080020000003100 invalid silence",
                          "len(info)=ffffffff 6b010000000000ffffffff020000003100 invalid silence",
                          "len(data)=0 6b01000000000000000000000000003100 invalid silence",
                          "len(data)=1 6b01000000000000000000010000003100 invalid silence",
                          "len(data)=n+1 6b01000000000000000000030000003100 invalid silence",
                          "len(data)=7fffffff 6b01000000000000000000ffffff7f3100 invalid silence",
                          "len(data)=80000000 6b01000000000000000000000000803100 invalid silence",
                          "len(data)=ffffffff 6b01000000000000000000ffffffff3100 invalid silence",
                          "nul(data) 6b01000000000000000000020000003178 invalid silence",
                          "tail@1 6b010000000000000000000200000031007a acceptable silence",
                          "tail@4 6b010000000000000000000200000031007a7a7a7a acceptable silence"));
}

TEST(DeriveTest, CallCounts) {
  std::map<std::string, std::size_t> counts;
  std::set<std::string> ids;
  for (const MessageVector& derived : derive(call_minimal())) {
    if (derived.id.starts_with("misdirected/")) continue;
    const std::string rule = rule_of(derived);
    ++counts[rule.substr(0, rule.find_first_of("@(="))];
    EXPECT_TRUE(ids.insert(derived.id).second) << derived.id;
  }
  EXPECT_EQ(counts, (std::map<std::string, std::size_t>{
                        {"cut", 29}, {"len", 16}, {"nul", 2}, {"op", 239}, {"tail", 2}}));
  // After the verb and the args comes a NUL byte, so n + 1 is left out for both.
  EXPECT_THAT(rules_of(call_minimal(), "len(verb)"),
              ElementsAre("len(verb)=0", "len(verb)=1", "len(verb)=n-1", "len(verb)=7fffffff",
                          "len(verb)=80000000", "len(verb)=ffffffff"));
  EXPECT_THAT(rules_of(call_minimal(), "len(credentials)"),
              ElementsAre("len(credentials)=1", "len(credentials)=7fffffff",
                          "len(credentials)=80000000", "len(credentials)=ffffffff"));
  EXPECT_THAT(rules_of(call_minimal(), "nul"), ElementsAre("nul(verb)", "nul(args)"));
}

// ---- Operations

TEST(DeriveTest, OperationsAreThoseOfNoDirection) {
  const std::string known = "KkEeXxPBUDdSsTtVv";
  std::set<int> left;
  for (int op = 0; op < 256; ++op) {
    if (known.find(static_cast<char>(op)) == std::string::npos) left.insert(op);
  }
  for (const MessageVector& derived : derive(call_minimal())) {
    if (!rule_of(derived).starts_with("op=")) continue;
    const std::vector<std::byte> all = derived.bytes.expand();
    const int op = std::to_integer<int>(all.front());
    EXPECT_EQ(left.erase(op), 1U) << op;
    EXPECT_EQ(rule_of(derived), "op=" + to_hex(std::span(all).first(1)));
    EXPECT_EQ(to_hex(std::span(all).subspan(1)), to_hex(call_minimal().bytes.expand()).substr(2));
    EXPECT_EQ(derived.vector_class, VectorClass::kInvalid);
    EXPECT_EQ(derived.reaction, Reaction::kSilence);
    ASSERT_TRUE(derived.error.has_value());
    EXPECT_EQ(derived.error->code, "unknown-operation");
    EXPECT_EQ(derived.error->offset, 0U);
    EXPECT_EQ(derived.error->field, "operation");
  }
  EXPECT_TRUE(left.empty());
}

TEST(DeriveTest, OperationsOfLegacyAreOthers) {
  MessageVector vector = base("legacy-reply/minimal", "59 01000000 00000000 00000000 02000000 3100",
                              {{"message", "legacy-reply"}, {"call_id", 1}});
  vector.revisions = {Revision::kLegacy};
  EXPECT_EQ(rules_of(vector, "op=").size(), 256U - 10U);
  EXPECT_THAT(rules_of(vector, "op=2"),  // * + - ! are its events
              ElementsAre("op=20", "op=22", "op=23", "op=24", "op=25", "op=26", "op=27", "op=28",
                          "op=29", "op=2c", "op=2e", "op=2f"));
}

TEST(DeriveTest, OperationsOfOneMessageForEachDirectionOnly) {
  EXPECT_EQ(rules_of(call_minimal(), "op=").size(), 239U);
  MessageVector other = call_minimal();
  other.id = "call/other";
  EXPECT_TRUE(rules_of(other, "op=").empty());
  EXPECT_TRUE(rules_of(create("event-create/minimal", "45 0100 02000000 6100"), "op=").empty());
}

// ---- Lengths: what is skipped

TEST(DeriveTest, LengthsOfTheEmptyText) {
  // n = 1: V = 1 is n, n - 1 is the 0 that came first.
  EXPECT_THAT(rules_of(create("event-create/a", "45 0100 01000000 00"), "len"),
              ElementsAre("len(name)=0", "len(name)=n+1", "len(name)=7fffffff",
                          "len(name)=80000000", "len(name)=ffffffff"));
}

TEST(DeriveTest, LengthsOfATextOfOne) {
  // n = 2: n - 1 is the 1 that came first.
  EXPECT_THAT(rules_of(create("event-create/a", "45 0100 02000000 6100"), "len"),
              ElementsAre("len(name)=0", "len(name)=1", "len(name)=n+1", "len(name)=7fffffff",
                          "len(name)=80000000", "len(name)=ffffffff"));
}

TEST(DeriveTest, LengthsThatEndInANul) {
  // Texts with a NUL inside: at the place of V = 1, and of n - 1.
  EXPECT_THAT(rules_of(create("event-create/a", "45 0100 04000000 00626300"), "len(name)="),
              ElementsAre("len(name)=0", "len(name)=n-1", "len(name)=n+1", "len(name)=7fffffff",
                          "len(name)=80000000", "len(name)=ffffffff"));
  EXPECT_THAT(rules_of(create("event-create/a", "45 0100 04000000 61620000"), "len(name)="),
              ElementsAre("len(name)=0", "len(name)=1", "len(name)=n+1", "len(name)=7fffffff",
                          "len(name)=80000000", "len(name)=ffffffff"));
  // A NUL behind the message's end, where n + 1 would reach.
  EXPECT_THAT(rules_of(create("event-create/a", "45 0100 03000000 616200 00"), "len(name)="),
              ElementsAre("len(name)=0", "len(name)=1", "len(name)=n-1", "len(name)=7fffffff",
                          "len(name)=80000000", "len(name)=ffffffff"));
}

TEST(DeriveTest, LengthsOfNullableTexts) {
  const Json message{{"message", "reply"}, {"call_id", 1}};
  // error "": 0 would be the null text; n - 1 is that 0 again; n + 1 ends in 05.
  EXPECT_THAT(
      rules_of(base("reply/a", "6b 0100 01000000 00 05000000 61620063 00 01000000 00", message),
               "len(error)"),
      ElementsAre("len(error)=n+1", "len(error)=7fffffff", "len(error)=80000000",
                  "len(error)=ffffffff"));
  // A null text at the end: one more byte is none.
  EXPECT_THAT(rules_of(call_minimal(), "len(credentials)=1"), ElementsAre("len(credentials)=1"));
}

TEST(DeriveTest, NullTextsHaveNoTerminator) {
  const Json message{{"message", "reply"}, {"call_id", 1}};
  EXPECT_THAT(rules_of(base("reply/a", "6b 0100 00000000 01000000 00 01000000 00", message), "nul"),
              ElementsAre("nul(info)", "nul(data)"));
}

// ---- Cuts

TEST(DeriveTest, LongMessagesAreCutAtBothEnds) {
  const auto create_of_size = [](std::size_t size) {
    const std::size_t length = size - 7;
    MessageVector vector = create("event-create/long", "45");
    vector.bytes = WireBytes({{bytes("45 0100"), 1},
                              {{static_cast<std::byte>(length)}, 1},
                              {bytes("000000"), 1},
                              {bytes("61"), length - 1},
                              {bytes("00"), 1}});
    EXPECT_EQ(vector.bytes.size(), size);
    return vector;
  };
  EXPECT_EQ(rules_of(create_of_size(96), "cut").size(), 96U);
  for (const std::size_t size : {97U, 200U}) {
    Lines expected;
    for (std::size_t n = 0; n < 64; ++n) expected.push_back("cut@" + std::to_string(n));
    for (std::size_t n = size - 8; n < size; ++n) expected.push_back("cut@" + std::to_string(n));
    EXPECT_EQ(rules_of(create_of_size(size), "cut"), expected);
  }
}

TEST(DeriveTest, WithBytesBehindTheEndNothingIsCut) {
  const MessageVector vector = create("event-create/a", "45 0100 02000000 6100 ffff");
  EXPECT_TRUE(rules_of(vector, "cut").empty());
  EXPECT_FALSE(rules_of(vector, "len").empty());
  EXPECT_THAT(table_of(vector).back(), "tail@4 450100020000006100ffff7a7a7a7a acceptable silence");
}

// ---- Counts

TEST(DeriveTest, CountsThatAreSkipped) {
  const auto counts = [](const char* hex) {
    return rules_of(offer("version-offer/a", hex), "count");
  };
  EXPECT_THAT(counts("56 09144c17 00"), ElementsAre("count=n+1", "count=255")) << "n = 0";
  EXPECT_THAT(counts("56 09144c17 01 01 02"), ElementsAre("count=0", "count=255"))
      << "a version more is there";
  EXPECT_THAT(counts("56 09144c17 00 01"), ElementsAre("count=255"));
  const auto long_list = [](const char* count, std::size_t size) {
    MessageVector vector = offer("version-offer/a", "56");
    vector.bytes = WireBytes({{bytes("56 09144c17"), 1}, {bytes(count), 1}, {bytes("01"), size}});
    return rules_of(vector, "count");
  };
  EXPECT_THAT(long_list("ff", 255), ElementsAre("count=0")) << "n = 255, and 256 is no count";
  EXPECT_THAT(long_list("fe", 254), ElementsAre("count=0", "count=n+1")) << "n + 1 = 255";
  EXPECT_THAT(long_list("fe", 255), ElementsAre("count=0"));
}

TEST(DeriveTest, ACountOf0IsAnEmptyList) {
  for (const MessageVector& derived : derive(offer("version-offer/a", "56 09144c17 01 01"))) {
    if (rule_of(derived) != "count=0") continue;
    EXPECT_EQ(derived.message->at("versions"), Json::array());
    EXPECT_FALSE(derived.canonical);
    return;
  }
  FAIL();
}

// ---- What nothing is derived from

TEST(DeriveTest, OnlyValidVectorsThatSayNothingElse) {
  MessageVector vector = call_minimal();
  vector.derive = false;
  EXPECT_TRUE(derive(vector).empty());
  for (const VectorClass other : {VectorClass::kInvalid, VectorClass::kAcceptable}) {
    vector = call_minimal();
    vector.vector_class = other;
    EXPECT_TRUE(derive(vector).empty());
  }
  vector = call_minimal();
  vector.message.reset();
  EXPECT_TRUE(derive(vector).empty());
}

TEST(DeriveTest, NothingIsDerivedFromWhatWasDerived) {
  for (const MessageVector& derived : derive(call_minimal())) EXPECT_TRUE(derive(derived).empty());
}

TEST(DeriveTest, TailsKeepMessageAndReaction) {
  MessageVector hang_up = offer("version-offer/wrong", "56 00000000 01 01");
  hang_up.reaction = Reaction::kHangUp;
  std::vector<MessageVector> all = derive(hang_up);
  EXPECT_EQ(all.back().reaction, Reaction::kHangUp);
  EXPECT_EQ(all.back().vector_class, VectorClass::kValid);
  all = derive(call_minimal());
  EXPECT_EQ(all.back().message, call_minimal().message);
  EXPECT_TRUE(all.back().outcomes.understood);
  EXPECT_TRUE(all.back().outcomes.ignored);
  EXPECT_FALSE(all.back().outcomes.closed);
}

}  // namespace
}  // namespace wsapi
