// SPDX-License-Identifier: Apache-2.0

#include "harness/codecs/reference_codec.h"

#include <gtest/gtest.h>

#include "codec/test_bytes.h"

namespace wsapi {
namespace {

constexpr const char* kEventCreate = R"({"message":"event-create","event_id":3,"name":"evt"})";

TEST(ReferenceCodecTest, DecodesTheMessageAtTheFront) {
  const ReferenceCodec codec;
  EXPECT_TRUE(codec.is_exact());
  const auto answer =
      codec.decode(bytes("45 0300 04000000 65767400 7a"), Revision::k2020_03, Direction::kToClient);
  EXPECT_EQ(answer.outcome, CodecOutcome::kDone);
  EXPECT_EQ(answer.json, kEventCreate);
  EXPECT_EQ(answer.size, 11U);
}

TEST(ReferenceCodecTest, ARefusalHasItsError) {
  const ReferenceCodec codec;
  const auto cut = codec.decode(bytes("45 0300 04"), Revision::k2020_03, Direction::kToClient);
  EXPECT_EQ(cut.outcome, CodecOutcome::kRefused);
  EXPECT_EQ(cut.error, (Error{ErrorCode::kTruncated, 3, "name"}));
  EXPECT_EQ(cut.why, "truncated at offset 3 in field name");
  EXPECT_EQ(cut.json, "");
  const auto empty = codec.decode({}, Revision::kLegacy, Direction::kToServer);
  EXPECT_EQ(empty.error->code, ErrorCode::kEmptyMessage);
  const auto direction =
      codec.decode(bytes("45 0300 04000000 65767400"), Revision::k2020_03, Direction::kToServer);
  EXPECT_EQ(direction.error->code, ErrorCode::kWrongDirection);
}

TEST(ReferenceCodecTest, Encodes) {
  const ReferenceCodec codec;
  const auto answer = codec.encode(kEventCreate, Revision::k2020_03);
  EXPECT_EQ(answer.outcome, CodecOutcome::kDone);
  EXPECT_EQ(answer.bytes, bytes("45 0300 04000000 65767400"));
}

TEST(ReferenceCodecTest, RefusesWhatIsNoMessageOfTheRevision) {
  const ReferenceCodec codec;
  const auto syntax = codec.encode("{", Revision::k2020_03);
  EXPECT_EQ(syntax.outcome, CodecOutcome::kRefused);
  EXPECT_EQ(syntax.error->code, ErrorCode::kJsonSyntax);
  const auto revision =
      codec.encode(R"({"message":"session-create","session_id":1,"name":"a"})", Revision::kLegacy);
  EXPECT_EQ(revision.outcome, CodecOutcome::kRefused);
  EXPECT_FALSE(revision.why.empty());
}

}  // namespace
}  // namespace wsapi
