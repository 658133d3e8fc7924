// SPDX-License-Identifier: Apache-2.0

// Decoding beyond the golden examples of message_test.cc: which operations there are, widths by
// revision, hostile lengths and counts, and that it is total.

#include "codec/decode.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "codec/json_form.h"
#include "codec/test_bytes.h"

namespace wsapi {
namespace {

std::string_view operations_of(Revision revision, Direction direction) {
  const bool to_server = direction == Direction::kToServer;
  if (revision == Revision::kLegacy) return to_server ? "CD" : "Y*+-!SUd";
  return to_server ? "KUDSsTtV" : "kEeXxPBdv";
}

TEST(Decode, EachOfThe256OperationsIsKnownMisdirectedOrUnknown) {
  for (const Revision revision : kRevisions) {
    for (const Direction direction : kDirections) {
      for (unsigned value = 0; value < 256; ++value) {
        const std::vector input{static_cast<std::byte>(value)};
        const char operation = static_cast<char>(value);
        const auto has = [&](Direction d) {
          return operations_of(revision, d).find(operation) != std::string_view::npos;
        };
        const auto decoded = decode(input, revision, direction);
        ASSERT_FALSE(decoded);  // every message has fields
        const Error& error = decoded.error();
        const std::string_view expected = has(direction)             ? "truncated"
                                          : has(opposite(direction)) ? "wrong-direction"
                                                                     : "unknown-operation";
        EXPECT_EQ(name(error.code), expected)
            << name(revision) << " " << name(direction) << " " << value;
        EXPECT_EQ(error.offset, has(direction) ? 1u : 0u);
        EXPECT_EQ(error.field == "operation", !has(direction));
      }
    }
  }
}

TEST(Decode, NoByteIsTheErrorEmptyMessage) {
  for (const Revision revision : kRevisions) {
    for (const Direction direction : kDirections) {
      EXPECT_EQ(to_string(decode({}, revision, direction).error()),
                "empty-message at offset 0 in field operation");
    }
  }
}

TEST(Decode, IsTotalOverAllInputsOfOneAndTwoBytes) {
  std::vector<std::string> whole;  // the inputs of two bytes that are messages
  for (const Revision revision : kRevisions) {
    for (const Direction direction : kDirections) {
      for (unsigned value = 0; value < 0x10000; ++value) {
        const std::vector input{static_cast<std::byte>(value >> 8),
                                static_cast<std::byte>(value & 0xff)};
        const auto decoded = decode(input, revision, direction);
        if (decoded) {
          EXPECT_EQ(decoded->size, 2u);
          EXPECT_EQ(input[0], std::byte{'v'});  // only VERSION SET is so short
          whole.push_back(to_hex(input));
        } else {
          EXPECT_NE(decoded.error().code, ErrorCode::kNone);
          EXPECT_LE(decoded.error().offset, 1u);
        }
      }
    }
  }
  EXPECT_EQ(whole.size(), 2u * 256);
}

struct Case {
  std::string_view what;
  Revision revision;
  Direction direction;
  std::string_view hex;
  std::string_view expected;  // the JSON form, or the error
};

constexpr Direction kUp = Direction::kToServer;
constexpr Direction kDown = Direction::kToClient;
constexpr Revision k01 = Revision::k2020_01;
constexpr Revision k03 = Revision::k2020_03;
constexpr Revision kOld = Revision::kLegacy;

const std::vector<Case> kCases = {
    // Section 5: the id of DESCRIPTION has 32 bits but in 2020-03, so the other revision's width is
    // taken for something else.
    {"16-bit id, read with 32", k01, kDown, "64 0200 05000000 6e756c6c00",
     "length-beyond-end at offset 5 in field description"},
    {"32-bit id, read with 16", k03, kDown, "64 02000000 05000000 6e756c6c00",
     "length-beyond-end at offset 3 in field description"},
    {"32-bit id, cut", k01, kDown, "64 020000", "truncated at offset 1 in field description_id"},
    {"16-bit id, cut", k03, kDown, "64 02", "truncated at offset 1 in field description_id"},
    {"DESCRIBE has 16 bits in both", k01, kUp, "44 0200",
     R"({"message":"describe","description_id":2})"},
    {"DESCRIBE has 32 bits in legacy", kOld, kUp, "44 0200",
     "truncated at offset 1 in field description_id"},
    // The same bytes are other messages in other revisions.
    {"S in version 1", k01, kUp, "53 0100 02000000 6100",
     R"({"message":"session-create","session_id":1,"name":"a"})"},
    {"S in legacy", kOld, kDown, "53 01000000 02000000 02000000 6100",
     R"({"message":"legacy-event-subscribe","call_id":1,"event_id":2,"name":"a"})"},
    {"S in legacy, of the other direction", kOld, kUp, "53 01000000 02000000 02000000 6100",
     "wrong-direction at offset 0 in field operation"},
    // Hostile lengths and counts.
    {"verb length 0x7fffffff", k01, kUp, "4b 0100 ffffff7f 70696e6700",
     "length-beyond-end at offset 3 in field verb"},
    {"verb length 0x80000000", k01, kUp, "4b 0100 00000080 70696e6700",
     "length-beyond-end at offset 3 in field verb"},
    {"verb length 0xffffffff", k01, kUp, "4b 0100 ffffffff 70696e6700",
     "length-beyond-end at offset 3 in field verb"},
    {"verb length 0", k01, kUp, "4b 0100 00000000", "string-length-zero at offset 3 in field verb"},
    {"object length 0", k01, kDown, "50 0300 00000000",
     "string-length-zero at offset 3 in field data"},
    {"data behind two null strings", k01, kDown, "6b 0100 00000000 00000000 00000000",
     "string-length-zero at offset 11 in field data"},
    {"credentials without NUL", k01, kUp,
     "4b 0100 0200000076 00 0000 0000 05000000 6e756c6c00 01000000 61",
     "string-without-nul at offset 22 in field credentials"},
    {"count 255 with 254 versions", k01, kUp, "56 09144c17 ff" /* and 254 bytes, see below */,
     "truncated at offset 5 in field versions"},
    {"count 1 with none", k01, kUp, "56 09144c17 01", "truncated at offset 5 in field versions"},
    {"no count", k01, kUp, "56 09144c17", "truncated at offset 5 in field versions"},
    {"no offer at all, but of the right shape", k01, kUp, "56 00000000 00",
     R"({"message":"version-offer","identifier":0,"versions":[]})"},
    {"uuid of 15 bytes", k01, kDown,
     "42 02000000 6100 02000000 3100 000102030405060708090a0b0c0d0e",
     "truncated at offset 13 in field uuid"},
    {"hop missing", k01, kDown, "42 02000000 6100 02000000 3100 000102030405060708090a0b0c0d0e0f",
     "truncated at offset 29 in field hop"},
};

TEST(Decode, FailsAtTheFirstFieldThatIsWrong) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.what);
    auto input = bytes(c.hex);
    if (c.hex.ends_with("ff")) input.resize(input.size() + 254, std::byte{1});
    const auto decoded = decode(input, c.revision, c.direction);
    EXPECT_EQ(decoded ? to_json(decoded->message, c.revision) : to_string(decoded.error()),
              c.expected);
  }
}

TEST(Decode, TextsAndListsAreViewsIntoTheInput) {
  const auto input = bytes("56 09144c17 02 0102");
  const auto offer = decode_as<VersionOffer>(input, k01);
  ASSERT_TRUE(offer);
  EXPECT_EQ(offer->identifier, kVersionOfferIdentifier);
  EXPECT_EQ(offer->versions.versions.data(), input.data() + 6);
  EXPECT_EQ(offer->versions.versions.size(), 2u);
}

TEST(DecodeAs, GivesTheMessageOrSaysWhyItIsNotThat) {
  struct AsCase {
    Revision revision;
    std::string_view hex;
    std::string_view expected;  // none: success
  };
  for (const auto& [revision, hex, expected] : std::vector<AsCase>{
           {k01, "44 0200", ""},
           {k03, "44 0200 00", ""},  // bytes after the message are no error
           {kOld, "44 0200", "truncated at offset 1 in field description_id"},
           {k01, "", "empty-message at offset 0 in field operation"},
           {k01, "64 0200", "unknown-operation at offset 0 in field operation"},
           {k01, "44 02", "truncated at offset 1 in field description_id"},
       }) {
    const auto input = bytes(hex);
    const auto decoded = decode_as<Describe>(input, revision);
    EXPECT_EQ(decoded ? "" : to_string(decoded.error()), expected) << hex;
    if (decoded) {
      EXPECT_EQ(decoded->description_id, 2u);
    }
  }
  const auto offer = decode_as<VersionOffer>(bytes("56 09144c17 00"), kOld);
  EXPECT_EQ(to_string(offer.error()), "not-in-revision at offset 0 in field operation");
}

TEST(DecodeFields, LeavesTheCursorAtTheFieldThatFails) {
  const auto input = bytes("6b 0100 02000000 6500 00000000 ffffffff");
  ReadBuf in(input, 1);
  Reply reply;
  const Error error = decode_fields(in, k01, reply);
  EXPECT_EQ(to_string(error), "length-beyond-end at offset 13 in field data");
  EXPECT_EQ(in.offset(), 13u);
  EXPECT_EQ(reply.call_id, 1u);
  EXPECT_EQ(reply.error, "e");
}

TEST(LeadingId, IsAsWideAsTheRevisionHasIt) {
  EXPECT_EQ(leading_id<Id>(bytes("6b 0102 0304"), k01), 0x0201u);
  EXPECT_EQ(leading_id<Id>(bytes("59 0102 0304"), kOld), 0x04030201u);
  EXPECT_EQ(leading_id<DescriptionId>(bytes("64 0102 0304"), k01), 0x04030201u);
  EXPECT_EQ(leading_id<DescriptionId>(bytes("64 0102 0304"), k03), 0x0201u);
  EXPECT_EQ(leading_id<Id>(bytes("6b 01"), k01), std::nullopt);
  EXPECT_EQ(leading_id<Id>({}, k01), std::nullopt);
}

TEST(Revision, NamesOfRevisionsAndDirectionsAreReadBack) {
  for (const Revision revision : kRevisions) EXPECT_EQ(parse_revision(name(revision)), revision);
  for (const Direction d : kDirections) EXPECT_EQ(parse_direction(name(d)), d);
  for (const std::string_view text : {"", "2020", "2020-02", "Legacy", "to-server ", "server"}) {
    EXPECT_EQ(parse_revision(text), std::nullopt) << text;
    EXPECT_EQ(parse_direction(text), std::nullopt) << text;
  }
  for (const Revision revision : kRevisions) {
    EXPECT_EQ(has_version_negotiation(revision), name(revision) != "legacy");
  }
}

}  // namespace
}  // namespace wsapi
