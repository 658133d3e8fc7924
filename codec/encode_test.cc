// SPDX-License-Identifier: Apache-2.0

// Encoding beyond the golden examples of message_test.cc: limits, ranges, and that a failure leaves
// the WriteBuf as it was.

#include "codec/encode.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>
#include <vector>

#include "codec/test_bytes.h"

namespace wsapi {
namespace {

std::vector<std::size_t> part_sizes(const WriteBuf& out) {
  std::vector<std::size_t> sizes;
  for (const iovec& part : out.parts()) sizes.push_back(part.iov_len);
  return sizes;
}

Call call_of(std::string_view verb) {
  Call call;
  call.call_id = 1;
  call.verb = verb;
  return call;
}

TEST(Encode, PutsNeighbouringScalarsIntoOnePartAndTextsByReference) {
  const std::string verb = "ping";
  const Call call = call_of(verb);
  WriteBuf out;
  ASSERT_TRUE(encode(call, kReferenceRevision, out).ok());
  EXPECT_EQ(part_sizes(out), (std::vector<std::size_t>{7, 4, 9, 4, 5}));
  EXPECT_EQ(out.parts()[1].iov_base, static_cast<const void*>(verb.data()));
  EXPECT_EQ(to_hex(gather(out.parts())),
            "4b010005000000"
            "70696e67"
            "0000000000"
            "05000000"
            "6e756c6c"
            "0000000000");
}

TEST(Encode, PutsTheMessageBehindWhatIsThere) {
  WriteBuf out;
  ASSERT_TRUE(encode(VersionSet{}, kReferenceRevision, out).ok());
  ASSERT_TRUE(encode(AnyMessage{Describe{.description_id = 2}}, kReferenceRevision, out).ok());
  EXPECT_EQ(to_hex(gather(out.parts())),
            "7601"
            "440200");
}

TEST(Encode, ADescriptionIdMustFitTheWidthOfTheRevision) {
  struct Case {
    std::uint32_t id;
    Revision revision;
    std::string_view hex;  // none: value-out-of-range
  };
  for (const auto& [id, revision, hex] : std::vector<Case>{
           {0xffff, Revision::k2020_03, "64ffff"},
           {0x10000, Revision::k2020_03, ""},
           {0xffffffff, Revision::k2020_03, ""},
           {0xffff, Revision::k2020_01, "64ffff0000"},
           {0x10000, Revision::k2020_01, "6400000100"},
           {0xffffffff, Revision::k2020_01, "64ffffffff"},
       }) {
    Description message;
    message.description_id.value = id;
    const auto encoded = encode_to_bytes(message, revision);
    ASSERT_EQ(encoded.ok(), !hex.empty()) << id;
    if (encoded) {
      EXPECT_EQ(to_hex(*encoded), std::string{hex} +
                                      "05000000"
                                      "6e756c6c00");
    } else {
      EXPECT_EQ(to_string(encoded.error()),
                "value-out-of-range at offset 0 in field description_id");
    }
  }
}

TEST(Encode, AnOfferHasAtMost255Versions) {
  const std::vector<std::byte> versions(256, std::byte{1});
  VersionOffer offer;
  offer.versions.versions = std::span(versions).first(255);
  const auto encoded = encode_to_bytes(offer, kReferenceRevision);
  ASSERT_TRUE(encoded);
  EXPECT_EQ(encoded->size(), 1u + 4 + 1 + 255);
  EXPECT_EQ((*encoded)[5], std::byte{255});
  offer.versions.versions = versions;
  const auto refused = encode_to_bytes(offer, kReferenceRevision);
  ASSERT_FALSE(refused);
  EXPECT_EQ(to_string(refused.error()), "too-many-versions at offset 0 in field versions");
}

struct FailureCase {
  std::string_view what;
  AnyMessage message;
  Revision revision;
  std::size_t parts;    // in the WriteBuf before
  std::size_t scalars;  // bytes, before, in a part of their own behind those
  std::string_view error;
};

std::vector<FailureCase> failure_cases() {
  static const char c = 'x';
  const std::string_view endless(&c, std::numeric_limits<std::uint32_t>::max());
  const Call call = call_of("v");
  Description wide;
  wide.description_id.value = 0x10000;
  static const std::vector<std::byte> versions(256);
  VersionOffer offer;
  offer.versions.versions = versions;
  VersionOffer one;
  one.versions.versions = std::span(versions).first(1);
  constexpr Revision kNew = Revision::k2020_03;
  return {
      {"not in legacy", offer, Revision::kLegacy, 1, 1, "not-in-revision"},
      {"an id of 16 bits", EventRemove{.event_id = 0x10000}, Revision::k2020_01, 1, 1,
       "value-out-of-range"},
      {"no part for the operation", call, kNew, 32, 0, "too-many-parts"},
      {"no part for the verb", call, kNew, 31, 1, "too-many-parts"},
      {"no part for the NUL of the args", call, kNew, 28, 1, "too-many-parts"},
      {"no room for the operation", call, kNew, 0, 128, "scalar-buffer-full"},
      {"no room for the call id", call, kNew, 0, 126, "scalar-buffer-full"},
      {"no room for the NUL of the verb", call, kNew, 2, 121, "scalar-buffer-full"},
      {"no room for the credentials", call, kNew, 2, 108, "scalar-buffer-full"},
      {"the text of a string", EventCreate{.event_id = 1, .name = endless}, kNew, 1, 1,
       "string-too-long"},
      {"an id", wide, kNew, 1, 1, "value-out-of-range"},
      {"a list", offer, kNew, 1, 1, "too-many-versions"},
      {"no room for the count", one, kNew, 1, 123, "scalar-buffer-full"},
      {"no part for the versions", one, kNew, 31, 1, "too-many-parts"},
  };
}

TEST(Encode, AFailureNamesTheFieldAndLeavesTheBufferAsItWas) {
  for (const FailureCase& c : failure_cases()) {
    SCOPED_TRACE(c.what);
    WriteBuf out;
    for (std::size_t i = 0; i < c.parts; ++i) ASSERT_EQ(out.put(chars("x")), ErrorCode::kNone);
    const std::vector<std::byte> scalars(c.scalars, std::byte{0x11});
    ASSERT_EQ(out.putbuf(scalars), ErrorCode::kNone);
    const auto sizes = part_sizes(out);
    const auto content = gather(out.parts());
    const Error error = encode(c.message, c.revision, out);
    EXPECT_EQ(name(error.code), c.error);
    EXPECT_FALSE(error.field.empty());
    EXPECT_EQ(error.offset, 0u);
    EXPECT_EQ(part_sizes(out), sizes);
    EXPECT_EQ(gather(out.parts()), content);
    EXPECT_EQ(out.scalar_size(), c.scalars);
  }
}

TEST(Encode, AFailureNamesTheFieldThatDidNotFit) {
  const Call call = call_of("v");
  // Bytes of scalars that are taken before, and the first field that then does not fit.
  for (const auto& [taken, field] :
       std::vector<std::pair<std::size_t, std::string_view>>{{128, "operation"},
                                                             {126, "call_id"},
                                                             {121, "verb"},
                                                             {119, "session_id"},
                                                             {117, "token_id"},
                                                             {112, "args"},
                                                             {108, "credentials"}}) {
    const std::vector<std::byte> scalars(taken);
    WriteBuf out;
    ASSERT_EQ(out.putbuf(scalars), ErrorCode::kNone);
    const Error error = encode(call, kReferenceRevision, out);
    EXPECT_EQ(to_string(error), "scalar-buffer-full at offset 0 in field " + std::string{field});
  }
  const std::vector<std::byte> fits(107);
  WriteBuf out;
  ASSERT_EQ(out.putbuf(fits), ErrorCode::kNone);
  EXPECT_TRUE(encode(call, kReferenceRevision, out).ok());
  EXPECT_EQ(out.scalar_size(), 128u);
}

TEST(Gather, JoinsThePartsInOrder) {
  EXPECT_TRUE(gather({}).empty());
  WriteBuf out;
  ASSERT_EQ(out.put(chars("ab")), ErrorCode::kNone);
  ASSERT_EQ(out.put_u8('c'), ErrorCode::kNone);
  ASSERT_EQ(out.put(chars("d")), ErrorCode::kNone);
  EXPECT_EQ(to_hex(gather(out.parts())), "61626364");
}

// The messages of a stream of frames, as hexadecimal text.
std::vector<std::string> messages_in(std::span<const std::byte> stream) {
  std::vector<std::string> messages;
  FrameDecoder decoder;
  for (FrameEvent event = decoder.next(stream); event.kind == FrameEventKind::kMessage;
       event = decoder.next(stream)) {
    messages.push_back(to_hex(event.payload));
  }
  EXPECT_FALSE(decoder.mid_frame());
  return messages;
}

TEST(EncodeFramed, GathersMessagesUntilThereIsNoRoom) {
  const EventPush push{.event_id = 7, .data = {"[1]"}};
  const std::string golden = "500700040000005b315d00";
  WriteBuf out;
  std::vector<std::string> expected;
  while (encode_framed(push, kReferenceRevision, out).ok()) expected.push_back(golden);
  // Ten bytes of scalars each: the scalar buffer is full first.
  EXPECT_EQ(expected.size(), WriteBuf::kScalarCapacity / 10);
  EXPECT_EQ(messages_in(gather(out.parts())), expected);
  EXPECT_EQ(encode_framed(push, kReferenceRevision, out).code, ErrorCode::kScalarBufferFull);
  EXPECT_EQ(messages_in(gather(out.parts())), expected);
}

TEST(EncodeFramed, CopiesSmallMessagesIntoOnePart) {
  std::array<std::byte, 512> room;
  WriteBuf out(room, 64);
  const std::string longer(70, 'x');
  ASSERT_TRUE(encode_framed(EventRemove{.event_id = 1}, kReferenceRevision, out).ok());
  ASSERT_TRUE(
      encode_framed(EventPush{.event_id = 2, .data = {"{}"}}, kReferenceRevision, out).ok());
  EXPECT_EQ(out.part_count(), 1u);
  EXPECT_EQ(messages_in(gather(out.parts())),
            (std::vector<std::string>{"650100", "500200030000007b7d00"}));
  // One that is longer goes by reference.
  ASSERT_TRUE(
      encode_framed(EventPush{.event_id = 3, .data = {longer}}, kReferenceRevision, out).ok());
  EXPECT_EQ(out.part_count(), 3u);
  EXPECT_EQ(out.parts()[1].iov_base, static_cast<const void*>(longer.data()));
  EXPECT_EQ(messages_in(gather(out.parts())).size(), 3u);
}

TEST(EncodeFramed, CopiesUntilTheMemoryIsFull) {
  std::array<std::byte, 21> room;
  WriteBuf out(room, 64);
  const EventSubscribe message{.call_id = 1, .event_id = 2};  // 2 + 5 bytes
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(encode_framed(message, kReferenceRevision, out).ok());
  EXPECT_EQ(encode_framed(message, kReferenceRevision, out).code, ErrorCode::kScalarBufferFull);
  EXPECT_EQ(messages_in(gather(out.parts())), std::vector<std::string>(3, "5801000200"));
}

TEST(EncodeFramed, RefusesWhatTheRevisionDoesNotHave) {
  WriteBuf out;
  EXPECT_EQ(encode_framed(VersionSet{}, Revision::kLegacy, out).code, ErrorCode::kNotInRevision);
  EXPECT_TRUE(out.parts().empty());
}

TEST(EncodedSize, IsThatOfTheBytes) {
  const std::vector<std::byte> versions(3);
  Call call = call_of("v");
  call.credentials = "c";
  Reply reply;
  reply.error = "e";
  EventBroadcast broadcast;
  broadcast.name = "n";
  const std::vector<AnyMessage> messages{call, reply, broadcast,
                                         VersionOffer{.versions = {versions}}, Description{}};
  for (const Revision revision : {Revision::k2020_01, Revision::k2020_03}) {
    for (const AnyMessage& any : messages) {
      const std::size_t size =
          std::visit([&](const auto& message) { return encoded_size(message, revision); }, any);
      EXPECT_EQ(size, encode_to_bytes(any, revision)->size());
    }
  }
  EXPECT_EQ(encoded_size(VersionOffer{}, Revision::kLegacy), 0u);
}

}  // namespace
}  // namespace wsapi
