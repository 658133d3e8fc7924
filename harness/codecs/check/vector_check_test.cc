// SPDX-License-Identifier: Apache-2.0

#include "harness/codecs/check/vector_check.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "codec/test_bytes.h"
#include "harness/codecs/reference_codec.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;

MessageVector event_create() {
  MessageVector vector;
  vector.id = "event-create/a";
  vector.revisions = {Revision::k2020_01, Revision::k2020_03};
  vector.direction = Direction::kToClient;
  vector.bytes = WireBytes(bytes("45 0300 04000000 65767400"));
  vector.message = Json{{"message", "event-create"}, {"event_id", 3}, {"name", "evt"}};
  return vector;
}

// What the check says first, and how often it says something.
struct Said {
  std::string text;
  std::size_t count = 0;
};

template <typename Vector>
Said said_of(const Vector& vector, const std::vector<Disagreement>& out) {
  for (const Disagreement& one : out) EXPECT_EQ(one.id, vector.id);
  return {out.empty() ? "" : out.front().message, out.size()};
}

Said said_of(const MessageVector& vector, const CodecUnderTest& codec = ReferenceCodec()) {
  std::vector<Disagreement> out;
  check_vector(vector, codec, out);
  check_annotation(vector, out);
  return said_of(vector, out);
}

Said said_of(const FrameVector& vector) {
  std::vector<Disagreement> out;
  check_frames(vector, out);
  return said_of(vector, out);
}

struct WrongMessage {
  const char* name;
  std::function<void(MessageVector&)> spoil;
  const char* said;  // a part of it
};

const WrongMessage kWrongMessages[] = {
    {"other value", [](auto& v) { (*v.message)["event_id"] = 4; }, "instead of"},
    {"other message", [](auto& v) { (*v.message)["message"] = "session-create"; }, "instead of"},
    {"valid, but cut", [](auto& v) { v.bytes = v.bytes.cut(9); }, "is valid, but is refused"},
    {"bytes behind", [](auto& v) { v.bytes = v.bytes.with_tail(bytes("7a")); }, "11 of 12"},
    {"direction", [](auto& v) { v.direction = Direction::kToServer; }, "wrong-direction"},
    {"revision", [](auto& v) { v.revisions = {Revision::kLegacy}; }, "is refused"},
    {"said to be invalid", [](auto& v) { v.vector_class = VectorClass::kInvalid; },
     "is invalid, but is decoded"},
    {"no message", [](auto& v) { v.message.reset(); }, "has no message"},
    {"unreadable message", [](auto& v) { (*v.message)["name"] = 5; }, "cannot be read"},
};

TEST(VectorCheckTest, ARightVectorIsAgreedOn) {
  EXPECT_EQ(said_of(event_create()).text, "");
  MessageVector lenient = event_create();
  lenient.bytes = lenient.bytes.with_tail(bytes("7a"));
  lenient.canonical = false;
  lenient.vector_class = VectorClass::kAcceptable;
  EXPECT_EQ(said_of(lenient).text, "");
}

TEST(VectorCheckTest, EachKindOfWrongVectorIsFound) {
  for (const WrongMessage& one : kWrongMessages) {
    MessageVector vector = event_create();
    one.spoil(vector);
    std::vector<Disagreement> out;
    check_vector(vector, ReferenceCodec(), out);
    std::string all;
    for (const Disagreement& disagreement : out) all += disagreement.message + "\n";
    EXPECT_NE(all.find(one.said), std::string::npos) << one.name << ": " << all;
  }
}

TEST(VectorCheckTest, AnAcceptableVectorMayBeRefused) {
  MessageVector vector = event_create();
  vector.bytes = vector.bytes.cut(4);
  vector.vector_class = VectorClass::kAcceptable;
  vector.canonical = false;
  EXPECT_EQ(said_of(vector).text, "");
}

TEST(VectorCheckTest, ErrorsAreComparedInFull) {
  MessageVector vector = event_create();
  vector.bytes = WireBytes(bytes("45 0300 04000000 65767478"));
  vector.vector_class = VectorClass::kInvalid;
  vector.message.reset();
  EXPECT_EQ(said_of(vector).text, "") << "no error is named";
  vector.error = ExpectedError{"string-without-nul", 3, "name"};
  EXPECT_EQ(said_of(vector).text, "");
  const ExpectedError wrong[] = {{"truncated", 3, "name"},
                                 {"string-without-nul", 4, "name"},
                                 {"string-without-nul", 3, "event_id"}};
  for (const ExpectedError& error : wrong) {
    vector.error = error;
    const Said said = said_of(vector);
    EXPECT_NE(said.text.find("expects " + error.code), std::string::npos) << said.text;
    EXPECT_EQ(said.count, 2U) << "once for each revision";
  }
}

// ---- Other codecs

// Gives prepared answers, and keeps what it was asked to encode.
class PreparedCodec final : public CodecUnderTest {
 public:
  [[nodiscard]] std::string_view name() const override { return "prepared"; }
  [[nodiscard]] bool is_exact() const override { return exact; }
  [[nodiscard]] DecodeAnswer decode(std::span<const std::byte>, Revision,
                                    Direction) const override {
    return decoded;
  }
  [[nodiscard]] EncodeAnswer encode(const std::string&, Revision) const override { return encoded; }

  bool exact = false;
  DecodeAnswer decoded;
  EncodeAnswer encoded;
};

// As the reference codec answers for event_create(), but without a size.
PreparedCodec right_codec() {
  PreparedCodec codec;
  codec.decoded.outcome = CodecOutcome::kDone;
  codec.decoded.json = R"({"message":"event-create","event_id":3,"name":"evt"})";
  codec.encoded.outcome = CodecOutcome::kDone;
  codec.encoded.bytes = bytes("45 0300 04000000 65767400");
  return codec;
}

TEST(VectorCheckTest, AnotherCodecThatIsRight) {
  PreparedCodec codec = right_codec();
  EXPECT_EQ(said_of(event_create(), codec).text, "");
  codec.exact = true;
  EXPECT_EQ(said_of(event_create(), codec).text, "");
}

TEST(VectorCheckTest, WhatIsNotImplementedIsNotCompared) {
  std::vector<Disagreement> out;
  EXPECT_EQ(check_vector(event_create(), PreparedCodec(), out), 0U);
  EXPECT_TRUE(out.empty());
  PreparedCodec no_encoder = right_codec();
  no_encoder.encoded = {};
  EXPECT_EQ(check_vector(event_create(), no_encoder, out), 2U);
  EXPECT_TRUE(out.empty());
}

TEST(VectorCheckTest, FaultsOfACodecAreSaid) {
  PreparedCodec codec = right_codec();
  codec.decoded = {};
  codec.decoded.outcome = CodecOutcome::kFault;
  codec.decoded.why = "decode changes its input";
  EXPECT_EQ(said_of(event_create(), codec).text, "in 2020-01: decode changes its input");
  codec = right_codec();
  codec.encoded.outcome = CodecOutcome::kFault;
  codec.encoded.why = "encode changes its input";
  EXPECT_EQ(said_of(event_create(), codec).text, "in 2020-01: encode changes its input");
  codec = right_codec();
  codec.decoded.json = "[";
  EXPECT_NE(said_of(event_create(), codec).text.find("is decoded as [ instead"), std::string::npos);
}

TEST(VectorCheckTest, ACodecNeedNotGiveReasons) {
  MessageVector vector = event_create();
  vector.vector_class = VectorClass::kInvalid;
  vector.message.reset();
  vector.error = ExpectedError{"truncated", 3, "name"};
  PreparedCodec codec;
  codec.decoded.outcome = CodecOutcome::kRefused;
  vector.bytes = vector.bytes.cut(4);
  EXPECT_EQ(said_of(vector, codec).text, "");
  vector.vector_class = VectorClass::kValid;
  EXPECT_EQ(said_of(vector, codec).text, "is valid, but is refused: no reason");
}

TEST(VectorCheckTest, AnAcceptableMessageMayBeRefusedByTheEncoderOfAPlugin) {
  MessageVector vector = event_create();
  vector.vector_class = VectorClass::kAcceptable;
  PreparedCodec codec = right_codec();
  codec.encoded = {};
  codec.encoded.outcome = CodecOutcome::kRefused;
  EXPECT_EQ(said_of(vector, codec).text, "");
  vector.vector_class = VectorClass::kValid;
  EXPECT_NE(said_of(vector, codec).text.find("cannot be encoded"), std::string::npos);
}

TEST(VectorCheckTest, WrongBytesOfAnEncoder) {
  PreparedCodec codec = right_codec();
  codec.encoded.bytes.back() = std::byte{1};
  EXPECT_NE(said_of(event_create(), codec).text.find("not encoded to the vector's bytes"),
            std::string::npos);
  codec.exact = true;
  EXPECT_EQ(said_of(event_create(), codec).count, 4U) << "in two ways and two revisions";
}

// ---- Frames

FrameVector two_frames() {
  FrameVector vector;
  vector.id = "frame/a";
  vector.bytes = WireBytes(bytes("8901 61 0201 41 8001 42 8802 03e8"));
  using Kind = ExpectedFrameEvent::Kind;
  vector.events = {
      {.kind = Kind::kPing, .payload = WireBytes(bytes("61")), .code = {}, .why = {}},
      {.kind = Kind::kMessage, .payload = WireBytes(bytes("4142")), .code = {}, .why = {}},
      {.kind = Kind::kClose, .payload = {}, .code = 1000, .why = {}}};
  return vector;
}

TEST(VectorCheckTest, RightEventsAreAgreedOn) { EXPECT_EQ(said_of(two_frames()).text, ""); }

TEST(VectorCheckTest, WrongEventsAreFoundInEverySizeOfPieces) {
  const std::function<void(FrameVector&)> spoils[] = {
      [](auto& v) { v.events.pop_back(); },
      [](auto& v) { v.events.push_back(v.events.front()); },
      [](auto& v) { std::swap(v.events[0], v.events[1]); },
      [](auto& v) { v.events[1].payload = WireBytes(bytes("4143")); },
      [](auto& v) { v.events[0].kind = ExpectedFrameEvent::Kind::kPong; },
      [](auto& v) { v.events[2].code = 1001; },
      [](auto& v) { v.events[2].code.reset(); },
  };
  for (const auto& spoil : spoils) {
    FrameVector vector = two_frames();
    spoil(vector);
    const Said said = said_of(vector);
    EXPECT_EQ(said.count, 5U);
    EXPECT_NE(said.text.find("expects ["), std::string::npos) << said.text;
  }
}

TEST(VectorCheckTest, ViolationsAreComparedByCodeAndReason) {
  FrameVector vector;
  vector.id = "frame/rsv";
  vector.bytes = WireBytes(bytes("c2"));
  ExpectedFrameEvent event{
      .kind = ExpectedFrameEvent::Kind::kViolation, .payload = {}, .code = 1002, .why = "rsv-bits"};
  vector.events = {event};
  EXPECT_EQ(said_of(vector).text, "");
  vector.events.front().code = 1003;
  EXPECT_EQ(said_of(vector).count, 5U);
  vector.events.front() = event;
  vector.events.front().why = "unknown-opcode";
  EXPECT_EQ(said_of(vector).count, 5U);
}

// Derived ones and the longest take their time: they are left to `wsapi-conform vectors check`.
TEST(VectorCheckTest, TheFolderIsAgreedOn) {
  std::vector<FileError> errors;
  const VectorSet set = load_vectors(WSAPI_SOURCE_VECTORS_DIR, errors);
  for (const FileError& error : errors) ADD_FAILURE() << to_string(error);
  std::vector<Disagreement> out;
  for (const MessageVector& vector : set.messages) {
    if (vector.bytes.size() >= 50'000) continue;
    EXPECT_EQ(check_vector(vector, ReferenceCodec(), out), vector.revisions.size());
    check_annotation(vector, out);
  }
  for (const FrameVector& vector : set.frames) check_frames(vector, out);
  for (const Disagreement& one : out) ADD_FAILURE() << one.id << " " << one.message;
}

}  // namespace
}  // namespace wsapi
