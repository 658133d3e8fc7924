// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/templates/vector_cases.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "codec/test_bytes.h"
#include "harness/suite/script.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;
using FrameReactionKind = ExpectedFrameReaction::Kind;

std::string patterns_text(const std::vector<Pattern>& patterns) {
  std::string out;
  for (const Pattern& pattern : patterns) out += (out.empty() ? "" : " ") + pattern.dump();
  return "[" + out + "]";
}

struct StepText {
  std::string operator()(const Connect& s) const { return s.negotiate ? "negotiate" : "connect"; }
  std::string operator()(const SendPayload& s) const {
    return "send " + to_hex(s.payload.expand());
  }
  std::string operator()(const SendStream& s) const { return "stream " + to_hex(s.bytes.expand()); }
  std::string operator()(const Expect& s) const {
    return (s.mode == Expect::Mode::kAll ? "all " : "one of ") + patterns_text(s.patterns);
  }
  std::string operator()(const Barrier& s) const {
    return "barrier" + (s.allowed.empty() ? "" : " " + patterns_text(s.allowed)) +
           (s.may_close ? " or close" : "");
  }
  std::string operator()(const ExpectClose& s) const {
    return "closed" + (s.allowed.empty() ? "" : " " + patterns_text(s.allowed)) +
           (s.codes.empty() ? "" : fmt::format(" {}", fmt::join(s.codes, "/"))) +
           (s.code_required ? " required" : "");
  }
  std::string operator()(const EndOurSide& s) const {
    return s.how == EndOurSide::How::kClose ? "close" : "?";
  }
  std::string operator()(const SendMessage&) const { return "?"; }
  std::string operator()(const Let&) const { return "?"; }
  std::string operator()(const Repeat&) const { return "?"; }
  std::string operator()(const Procedure&) const { return "?"; }
};

// The steps, and "disturbs" where a good call on a fresh connection must follow.
std::string text_of(const TestCase& test_case) {
  std::string out;
  for (const Step& step : steps_of(test_case)) {
    EXPECT_EQ(step.connection, "main");
    out += (out.empty() ? "" : "; ") + std::visit(StepText{}, step.action);
  }
  return out + (test_case.disturbs ? "; disturbs" : "");
}

struct MessageCase {
  const char* hex;
  Direction direction;
  VectorClass vector_class;
  const char* message;  // "" where there is none
  Reaction reaction;
  Outcomes outcomes;
  Revision revision;
  const char* steps;
};

constexpr auto kUp = Direction::kToServer;
constexpr auto kValid = VectorClass::kValid;
constexpr auto kInvalid = VectorClass::kInvalid;
constexpr auto kAcceptable = VectorClass::kAcceptable;
constexpr Outcomes kNone{};
constexpr Outcomes kUnderstood{.understood = true};
constexpr Outcomes kIgnoredToo{.understood = true, .ignored = true};
constexpr Outcomes kClosedToo{.understood = true, .closed = true};
constexpr Outcomes kAny{.understood = true, .ignored = true, .closed = true};
constexpr auto kR = Revision::k2020_01;
constexpr auto kOld = Revision::kLegacy;

constexpr const char* kCall = R"({"message":"call","call_id":1,"session_id":0})";
constexpr const char* kOffer = R"({"message":"version-offer"})";
constexpr const char* kDescribe = R"({"message":"describe","description_id":2})";
constexpr const char* kUnexpected = R"({"message":"event-unexpected","event_id":3})";

const MessageCase kMessageCases[] = {
    // Valid: the default reactions.
    {"4b01", kUp, kValid, kCall, Reaction::kReply, kNone, kR,
     R"(negotiate; send 4b01; all [{"call_id":1,"message":"reply"}]; barrier)"},
    {"4b01", kUp, kValid, R"({"message":"call","call_id":1,"session_id":9})", Reaction::kReply,
     kNone, kR,
     "negotiate; send 4b01; "
     R"(all [{"call_id":1,"error":{"present":true},"message":"reply"}]; barrier)"},
    {"44", kUp, kValid, kDescribe, Reaction::kDescription, kNone, kR,
     R"(negotiate; send 44; all [{"description_id":2,"message":"description"}]; barrier)"},
    {"53", kUp, kValid, R"({"message":"session-create"})", Reaction::kSilence, kNone, kR,
     "negotiate; send 53; barrier"},
    {"55", kUp, kValid, kUnexpected, Reaction::kSilence, kNone, kR,
     R"(negotiate; send 55; barrier [{"event_id":3,"message":"event-remove"}])"},
    // Offers are themselves what opens the connection.
    {"56", kUp, kValid, kOffer, Reaction::kVersionSet, kNone, kR,
     R"(connect; send 56; all [{"message":"version-set","version":1}]; barrier)"},
    {"56", kUp, kValid, kOffer, Reaction::kHangUp, kNone, kR, "connect; send 56; closed; disturbs"},
    {"5609", kUp, kInvalid, "", Reaction::kHangUp, kNone, kR,
     "connect; send 5609; closed; disturbs"},
    {"", kUp, kInvalid, "", Reaction::kSilence, kNone, kR, "negotiate; send ; barrier; disturbs"},
    {"7601", kUp, kInvalid, "", Reaction::kSilence, kNone, kR,
     "negotiate; send 7601; barrier; disturbs"},
    // Invalid: CALL, unknown and misdirected messages leave the connection as it is.
    {"4b01", kUp, kInvalid, "", Reaction::kSilence, kNone, kR,
     "negotiate; send 4b01; barrier; disturbs"},
    {"00", kUp, kInvalid, "", Reaction::kSilence, kNone, kR,
     "negotiate; send 00; barrier; disturbs"},
    {"65", kUp, kInvalid, "", Reaction::kSilence, kNone, kR,
     "negotiate; send 65; barrier; disturbs"},
    {"44", kUp, kInvalid, "", Reaction::kSilence, kNone, kR,
     "negotiate; send 44; barrier or close; disturbs"},
    {"53", kUp, kInvalid, "", Reaction::kSilence, kNone, kR,
     "negotiate; send 53; barrier or close; disturbs"},
    // Acceptable: what may be ignored or closed on need not be answered.
    {"4b01", kUp, kAcceptable, kCall, Reaction::kReply, kUnderstood, kR,
     R"(negotiate; send 4b01; all [{"call_id":1,"message":"reply"}]; barrier; disturbs)"},
    {"4b01", kUp, kAcceptable, kCall, Reaction::kReply, kIgnoredToo, kR,
     R"(negotiate; send 4b01; barrier [{"call_id":1,"message":"reply"}]; disturbs)"},
    {"4b01", kUp, kAcceptable, kCall, Reaction::kReply, kClosedToo, kR,
     R"(negotiate; send 4b01; barrier [{"call_id":1,"message":"reply"}] or close; disturbs)"},
    {"4b01", kUp, kAcceptable, kCall, Reaction::kReply, kAny, kR,
     R"(negotiate; send 4b01; barrier [{"call_id":1,"message":"reply"}] or close; disturbs)"},
    {"55", kUp, kAcceptable, kUnexpected, Reaction::kSilence, kIgnoredToo, kR,
     R"(negotiate; send 55; barrier [{"event_id":3,"message":"event-remove"}]; disturbs)"},
    // Legacy: 56 is no offer there, and the answers have names of their own.
    {"43", kUp, kValid, R"({"message":"legacy-call","call_id":1})", Reaction::kReply, kNone, kOld,
     R"(negotiate; send 43; all [{"call_id":1,"message":"legacy-reply"}]; barrier)"},
    {"44", kUp, kValid, R"({"message":"legacy-describe","description_id":2})",
     Reaction::kDescription, kNone, kOld,
     R"(negotiate; send 44; all [{"description_id":2,"message":"legacy-description"}]; barrier)"},
    {"43", kUp, kInvalid, "", Reaction::kSilence, kNone, kOld,
     "negotiate; send 43; barrier; disturbs"},
    {"56", kUp, kInvalid, "", Reaction::kSilence, kNone, kOld,
     "negotiate; send 56; barrier; disturbs"},
};

TEST(VectorCasesTest, MessageVectors) {
  for (const MessageCase& one : kMessageCases) {
    MessageVector vector;
    vector.id = "some/id";
    vector.purpose = "A purpose.";
    vector.clause = "7";
    vector.revisions = {one.revision};
    vector.direction = one.direction;
    vector.bytes = WireBytes(bytes(one.hex));
    vector.vector_class = one.vector_class;
    if (*one.message != '\0') vector.message = Json::parse(one.message);
    vector.reaction = one.reaction;
    vector.outcomes = one.outcomes;
    const TestCase test_case = to_case(vector, Role::kServer);
    EXPECT_EQ(text_of(test_case), one.steps);
    EXPECT_EQ(test_case.level, one.vector_class == kValid ? Level::kMust : Level::kRobustness);
    EXPECT_EQ(test_case.id, "server/" + vector.id);
    EXPECT_EQ(test_case.role, Role::kServer);
    EXPECT_EQ(test_case.purpose, vector.purpose);
    EXPECT_EQ(test_case.clause, vector.clause);
    EXPECT_EQ(test_case.revisions, vector.revisions);
    EXPECT_TRUE(test_case.requirements.empty());
  }
}

TEST(VectorCasesTest, ClientAndCodecCasesHaveNoScript) {
  MessageVector vector;
  vector.id = "reply/x";
  vector.direction = Direction::kToClient;
  vector.bytes = WireBytes(bytes("6b01"));
  vector.flags = {"AFlag"};
  vector.derived = true;
  for (const Role role : {Role::kClient, Role::kCodec}) {
    const TestCase test_case = to_case(vector, role);
    EXPECT_EQ(test_case.id, std::string{name(role)} + "/reply/x");
    EXPECT_EQ(test_case.role, role);
    EXPECT_EQ(test_case.script, nullptr);
    EXPECT_TRUE(steps_of(test_case).empty());
    EXPECT_EQ(test_case.flags, vector.flags);
    EXPECT_TRUE(test_case.derived);
    EXPECT_EQ(test_case.direction, Direction::kToClient);
    EXPECT_EQ(test_case.bytes.expand(), bytes("6b01"));
  }
}

// ---- Frame vectors

ExpectedFrameReaction reply(std::uint16_t id) {
  return {.kind = FrameReactionKind::kReply, .call_id = id, .payload = {}, .close_codes = {}};
}
ExpectedFrameReaction pong(const char* payload) {
  return {
      .kind = FrameReactionKind::kPong, .call_id = 0, .payload = bytes(payload), .close_codes = {}};
}
ExpectedFrameReaction close(std::vector<std::uint16_t> codes) {
  return {.kind = FrameReactionKind::kClose,
          .call_id = 0,
          .payload = {},
          .close_codes = std::move(codes)};
}

// Each case as "suffix level: steps".
std::vector<std::string> texts_of(const char* hex, VectorClass vector_class,
                                  std::vector<ExpectedFrameReaction> reactions,
                                  Outcomes outcomes = {}) {
  FrameVector vector;
  vector.id = "frame/x";
  vector.purpose = "A purpose.";
  vector.clause = "1";
  vector.revisions = {Revision::k2020_01};
  vector.bytes = WireBytes(bytes(hex));
  vector.vector_class = vector_class;
  vector.reactions = std::move(reactions);
  vector.outcomes = outcomes;
  std::vector<std::string> out;
  const std::string id = "server/frame/x";
  for (const TestCase& test_case : to_cases(vector)) {
    if (test_case.role == Role::kCodec) continue;
    out.push_back(fmt::format("{} {}: {}", test_case.id.substr(id.size()), name(test_case.level),
                              text_of(test_case)));
  }
  return out;
}

using Texts = std::vector<std::string>;

TEST(VectorCasesTest, FramesThatAreAnsweredOrNot) {
  EXPECT_EQ(texts_of("8a00", kValid, {}), Texts{" must: negotiate; stream 8a00; barrier"});
  EXPECT_EQ(texts_of("820144", kValid, {reply(1)}),
            Texts{" must: negotiate; stream 820144; "
                  R"(all [{"call_id":1,"message":"reply"}]; barrier)"});
  EXPECT_EQ(texts_of("8900", kValid, {pong("")}),
            Texts{R"( must: negotiate; stream 8900; all [{"pong":null}]; barrier)"})
      << "an empty PONG has no payload to ask for";
}

TEST(VectorCasesTest, ThePayloadOfAPongIsACaseOfItsOwn) {
  EXPECT_EQ(texts_of("890161", kValid, {pong("61"), reply(1)}),
            (Texts{" must: negotiate; stream 890161; "
                   R"(all [{"pong":null} {"call_id":1,"message":"reply"}]; barrier)",
                   "~pong-payload should: negotiate; stream 890161; "
                   R"(all [{"pong":"61"} {"call_id":1,"message":"reply"}]; barrier)"}));
}

TEST(VectorCasesTest, TheCodeOfACloseIsACaseOfItsOwn) {
  EXPECT_EQ(texts_of("ff00", kInvalid, {close({1002})}),
            (Texts{" robustness: negotiate; stream ff00; closed; disturbs",
                   "~close-code should: negotiate; stream ff00; closed 1002 required; disturbs"}));
  EXPECT_EQ(texts_of("8800", kValid, {close({})}),
            Texts{" must: negotiate; stream 8800; closed; disturbs"})
      << "no particular code is due";
  EXPECT_EQ(texts_of("820144ff00", kInvalid, {reply(1), close({1002, 1003})}),
            (Texts{" robustness: negotiate; stream 820144ff00; "
                   R"(closed [{"call_id":1,"message":"reply"}]; disturbs)",
                   "~close-code should: negotiate; stream 820144ff00; "
                   R"(closed [{"call_id":1,"message":"reply"}] 1002/1003 required; disturbs)"}));
}

TEST(VectorCasesTest, AStreamThatEndsInsideHasNoBarrier) {
  for (const char* hex : {"82", "8225", "82054b01", "02014b", "0201", "02014b8900"}) {
    EXPECT_EQ(texts_of(hex, kValid, {}),
              Texts{fmt::format(" must: negotiate; stream {}; close; disturbs", hex)});
  }
  EXPECT_EQ(texts_of("82014482", kValid, {reply(2)}),
            Texts{" must: negotiate; stream 82014482; "
                  R"(all [{"call_id":2,"message":"reply"}]; close; disturbs)"});
}

TEST(VectorCasesTest, AcceptableFrames) {
  const Outcomes ignored_or_closed{.ignored = true, .closed = true};
  EXPECT_EQ(texts_of("8200", kAcceptable, {}, ignored_or_closed),
            Texts{" robustness: negotiate; stream 8200; barrier or close; disturbs"});
  EXPECT_EQ(texts_of("820144", kAcceptable, {reply(1)}, kClosedToo),
            Texts{" robustness: negotiate; stream 820144; "
                  R"(barrier [{"call_id":1,"message":"reply"}] or close; disturbs)"});
  EXPECT_EQ(texts_of("820144", kAcceptable, {reply(1)}, kUnderstood),
            Texts{" robustness: negotiate; stream 820144; "
                  R"(all [{"call_id":1,"message":"reply"}]; barrier; disturbs)"});
  EXPECT_EQ(texts_of("8801ff", kAcceptable, {close({1002})}, kClosedToo).size(), 1U)
      << "no second case of level should";
}

// Over the whole folder: an end of the connection is only right where the vector says so, or
// nothing but the exclusion of harm is asked for.
TEST(VectorCasesTest, NoValidVectorMayEndTheConnection) {
  std::vector<FileError> errors;
  const VectorSet set = load_vectors(WSAPI_SOURCE_VECTORS_DIR, errors);
  ASSERT_TRUE(errors.empty());
  for (const MessageVector& vector : set.messages) {
    if (vector.direction != Direction::kToServer) continue;
    const TestCase test_case = to_case(vector, Role::kServer);
    for (const Step& step : steps_of(test_case)) {
      const auto* const barrier = std::get_if<Barrier>(&step.action);
      if (barrier == nullptr) continue;
      EXPECT_NE(vector.reaction, Reaction::kHangUp) << vector.id;
      if (vector.vector_class == kInvalid) continue;
      EXPECT_EQ(barrier->may_close, vector.vector_class == kAcceptable && vector.outcomes.closed)
          << vector.id;
    }
  }
  for (const FrameVector& vector : set.frames) {
    for (const TestCase& test_case : to_cases(vector)) {
      const std::string id = case_id(test_case.role, vector.id);
      EXPECT_TRUE(test_case.id == id || test_case.id.starts_with(id + "~"));
      const bool is_lenient = test_case.role == Role::kServer && vector.level == Level::kShould;
      EXPECT_EQ(test_case.level == Level::kShould, is_lenient || test_case.id != id);
      EXPECT_EQ(test_case.derived, test_case.id != id);
    }
  }
}

}  // namespace
}  // namespace wsapi
