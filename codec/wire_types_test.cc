// SPDX-License-Identifier: Apache-2.0

// The rules of the wire types against what the primitives of ReadBuf and WriteBuf do: the two know
// a text's length, its NUL and null, and so does everybody who asks the rules.

#include "codec/wire_types.h"

#include <gtest/gtest.h>

#include <vector>

#include "codec/encode.h"
#include "codec/field_codec.h"
#include "codec/slack_reader.h"
#include "codec/test_bytes.h"

namespace wsapi {
namespace {

constexpr std::array kVersions{std::byte{1}, std::byte{3}};

// Calls f(value) with small and with filled values of each C++ type of a field.
template <typename Function>
void for_each_value(Function&& f) {
  f(std::uint8_t{7}), f(std::uint32_t{0x01020304}), f(Id{0x1234}), f(DescriptionId{0x1234});
  f(std::string_view{""}), f(std::string_view{"text"});
  f(OptionalString{""}), f(OptionalString{"text"});
  f(NullString{}), f(NullString{""}), f(NullString{"text"});
  f(Object{""}), f(Object{"{}"});
  f(Uuid{}), f(VersionList{}), f(VersionList{kVersions});
}

template <typename Value>
std::vector<std::byte> written(const Value& value, Revision revision) {
  WriteBuf out;
  EXPECT_EQ(field_codec::write(out, revision, value), ErrorCode::kNone);
  return gather(out.parts());
}

TEST(WireShape, IsWhatIsWritten) {
  for (const Revision revision : kRevisions) {
    for_each_value([&]<typename Value>(const Value& value) {
      const WireShape shape = wire_shape(kWireTypeOf<Value>, revision);
      const auto out = written(value, revision);
      EXPECT_EQ(field_codec::size_of(value, revision), out.size());
      EXPECT_GE(out.size(), shape.min_size());
      if (shape.form != WireForm::kCounted) {
        EXPECT_EQ(out.size(), shape.head_size);
        return;
      }
      const auto count = load_little_endian(std::span(out).first(shape.head_size));
      EXPECT_EQ(out.size(), shape.head_size + count);
      EXPECT_TRUE(!shape.ends_in_nul || count == 0 || out.back() == std::byte{0});
      EXPECT_TRUE(!shape.ends_in_nul || shape.is_nullable || count > 0);
    });
  }
}

// The same by the careful reader and the fast one, in bytes that end with the value.
template <Revision kRevision>
void expect_read_back() {
  for_each_value([]<typename Value>(const Value& value) {
    const auto bytes = written(value, kRevision);
    Value careful{};
    ReadBuf in(bytes);
    EXPECT_EQ(field_codec::read(in, kRevision, careful), ErrorCode::kNone);
    EXPECT_EQ(in.remaining(), 0u);
    EXPECT_TRUE(careful == value);
    Value fast{};
    SlackReader reader(bytes, field_codec::min_size_of<Value>(kRevision));
    EXPECT_TRUE(reader.template read<kRevision>(fast));
    EXPECT_EQ(reader.spare(), 0u);
    EXPECT_TRUE(fast == value);
  });
}

TEST(WireShape, IsWhatIsRead) {
  expect_read_back<Revision::kLegacy>();
  expect_read_back<Revision::k2020_01>();
  expect_read_back<Revision::k2020_03>();
}

TEST(WireShape, GivesIdsTheWidthOfTheRevision) {
  const auto width = [](WireType type, Revision revision) {
    return wire_shape(type, revision).head_size;
  };
  EXPECT_EQ(width(WireType::kId, Revision::kLegacy), 4u);
  EXPECT_EQ(width(WireType::kId, Revision::k2020_01), 2u);
  EXPECT_EQ(width(WireType::kId, Revision::k2020_03), 2u);
  EXPECT_EQ(width(WireType::kDescriptionId, Revision::kLegacy), 4u);
  EXPECT_EQ(width(WireType::kDescriptionId, Revision::k2020_01), 4u);
  EXPECT_EQ(width(WireType::kDescriptionId, Revision::k2020_03), 2u);
}

TEST(MaxInteger, IsThatOfTheWidestRevisionOfTheFormat) {
  EXPECT_EQ(max_integer(WireType::kU8, WireFormat::kVersion1), 0xffu);
  EXPECT_EQ(max_integer(WireType::kId, WireFormat::kVersion1), 0xffffu);
  EXPECT_EQ(max_integer(WireType::kDescriptionId, WireFormat::kVersion1), 0xffffffffu);
  EXPECT_EQ(max_integer(WireType::kId, WireFormat::kLegacy), 0xffffffffu);
}

TEST(Id, ThatIsWiderThanTheRevisionHasItIsRefused) {
  for (const Revision revision : kRevisions) {
    WriteBuf out;
    const ErrorCode code = field_codec::write(out, revision, Id{0x10000});
    const bool narrow = revision != Revision::kLegacy;
    EXPECT_EQ(code, narrow ? ErrorCode::kValueOutOfRange : ErrorCode::kNone);
    EXPECT_EQ(field_codec::write(out, revision, Id{0xffff}), ErrorCode::kNone);
  }
}

}  // namespace
}  // namespace wsapi
