// SPDX-License-Identifier: Apache-2.0

// Golden examples of every message in every revision of its era, written by hand from protocol
// sections 3 and 5, and what must hold for each of them: both ways between bytes and JSON form,
// every truncation, trailing bytes, every change of one byte. And the list of messages itself.

#include "codec/message.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "codec/decode.h"
#include "codec/encode.h"
#include "codec/json_form.h"
#include "codec/json_members.h"
#include "codec/test_bytes.h"

namespace wsapi {
namespace {

// Fields are separated by |, a text from its length by a space: so the table itself says where each
// field begins, and where a truncation is found.
struct Golden {
  std::string_view revisions;  // "v1": 2020-01 and 2020-03
  std::string_view bytes;
  std::string_view json;
};

constexpr Golden kGolden[] = {
    // Version 1. The first ones are the worked examples of section 3.
    {"v1", "56|09144c17|0101",
     R"({"message":"version-offer","identifier":390861833,"versions":[1]})"},
    {"v1", "76|01", R"({"message":"version-set","version":1})"},
    {"v1", "4b|0100|05000000 70696e6700|0000|0000|05000000 6e756c6c00|00000000",
     R"({"message":"call","call_id":1,"verb":"ping","session_id":0,"token_id":0,)"
     R"("args":"null","credentials":null})"},
    {"v1", "6b|0100|00000000|00000000|07000000 22706f6e672200",
     R"({"message":"reply","call_id":1,"error":null,"info":null,"data":"\"pong\""})"},
    {"v1", "45|0300|04000000 65767400", R"({"message":"event-create","event_id":3,"name":"evt"})"},
    {"v1", "50|0300|05000000 7472756500", R"({"message":"event-push","event_id":3,"data":"true"})"},
    {"v1", "44|0200", R"({"message":"describe","description_id":2})"},
    {"v1", "4b|ffff|01000000 00|0102|0304|03000000 7b7d00|0a000000 303a303a612d4c616200",
     R"({"message":"call","call_id":65535,"verb":"","session_id":513,"token_id":1027,)"
     R"("args":"{}","credentials":"0:0:a-Lab"})"},
    {"v1", "4b|0100|03000000 c3a900|0000|0000|02000000 ff00|01000000 00",
     R"({"message":"call","call_id":1,"verb":"\u00e9","session_id":0,"token_id":0,)"
     R"("args":{"hex":"ff"},"credentials":""})"},
    {"v1", "6b|feff|0c000000 6e6f742d7265706c69656400|04000000 61006200|05000000 6e756c6c00",
     R"({"message":"reply","call_id":65534,"error":"not-replied",)"
     R"("info":"a\u0000b","data":"null"})"},
    {"v1", "65|0080", R"({"message":"event-remove","event_id":32768})"},
    {"v1", "58|0100|0300", R"({"message":"event-subscribe","call_id":1,"event_id":3})"},
    {"v1", "78|0102|0304", R"({"message":"event-unsubscribe","call_id":513,"event_id":1027})"},
    {"v1", "42|04000000 65767400|02000000 3100|00112233445566778899aabbccddeeff|09",
     R"({"message":"event-broadcast","name":"evt","data":"1",)"
     R"("uuid":"00112233-4455-6677-8899-aabbccddeeff","hop":9})"},
    {"v1", "55|0300", R"({"message":"event-unexpected","event_id":3})"},
    {"v1", "53|0100|03000000 733100", R"({"message":"session-create","session_id":1,"name":"s1"})"},
    {"v1", "73|0100", R"({"message":"session-remove","session_id":1})"},
    {"v1", "54|0100|02000000 7400", R"({"message":"token-create","token_id":1,"token":"t"})"},
    {"v1", "74|ff00", R"({"message":"token-remove","token_id":255})"},
    {"v1", "56|00000000|00", R"({"message":"version-offer","identifier":0,"versions":[]})"},
    {"v1", "56|ffffffff|0300ff01",
     R"({"message":"version-offer","identifier":4294967295,"versions":[0,255,1]})"},
    {"2020-01", "64|02000000|05000000 6e756c6c00",
     R"({"message":"description","description_id":2,"description":"null"})"},
    {"2020-01", "64|01020304|03000000 7b7d00",
     R"({"message":"description","description_id":67305985,"description":"{}"})"},
    {"2020-03", "64|0200|05000000 6e756c6c00",
     R"({"message":"description","description_id":2,"description":"null"})"},
    {"2020-03", "64|ffff|03000000 7b7d00",
     R"({"message":"description","description_id":65535,"description":"{}"})"},
    // Legacy.
    {"legacy", "43|01000000|05000000 70696e6700|03000000 733100|05000000 6e756c6c00|00000000",
     R"({"message":"legacy-call","call_id":1,"verb":"ping","session":"s1","args":"null",)"
     R"("credentials":null})"},
    {"legacy", "59|01020304|02000000 6500|00000000|07000000 22706f6e672200",
     R"({"message":"legacy-reply","call_id":67305985,"error":"e","info":null,)"
     R"("data":"\"pong\""})"},
    {"legacy", "2a|04000000 65767400|02000000 3100|00112233445566778899aabbccddeeff|00",
     R"({"message":"legacy-event-broadcast","name":"evt","data":"1",)"
     R"("uuid":"00112233-4455-6677-8899-aabbccddeeff","hop":0})"},
    {"legacy", "2b|03000000|04000000 65767400",
     R"({"message":"legacy-event-create","event_id":3,"name":"evt"})"},
    {"legacy", "2d|ffffffff|04000000 65767400",
     R"({"message":"legacy-event-remove","event_id":4294967295,"name":"evt"})"},
    {"legacy", "21|03000000|04000000 65767400|05000000 7472756500",
     R"({"message":"legacy-event-push","event_id":3,"name":"evt","data":"true"})"},
    {"legacy", "53|01000000|03000000|04000000 65767400",
     R"({"message":"legacy-event-subscribe","call_id":1,"event_id":3,"name":"evt"})"},
    {"legacy", "55|01000000|03000000|01000000 00",
     R"({"message":"legacy-event-unsubscribe","call_id":1,"event_id":3,"name":""})"},
    {"legacy", "44|02000000", R"({"message":"legacy-describe","description_id":2})"},
    {"legacy", "64|02000000|05000000 6e756c6c00",
     R"({"message":"legacy-description","description_id":2,"description":"null"})"},
};

struct FieldPlace {
  std::size_t begin;
  std::size_t end;
  bool has_text;
};

std::vector<FieldPlace> places_of(std::string_view table_bytes) {
  std::vector<FieldPlace> places;
  std::size_t begin = 0;
  while (true) {
    const std::string_view field = table_bytes.substr(0, table_bytes.find('|'));
    const std::size_t size = bytes(field).size();
    places.push_back({begin, begin + size, field.find(' ') != std::string_view::npos});
    begin += size;
    if (field.size() == table_bytes.size()) return places;
    table_bytes.remove_prefix(field.size() + 1);
  }
}

std::vector<std::byte> bytes_of(const Golden& golden) {
  std::string hex{golden.bytes};
  std::erase(hex, '|');
  return bytes(hex);
}

std::string name_in(std::string_view json) {
  auto members = read_json_members(json);
  return std::get<JsonText>(members->front().value).text;
}

// Calls f(golden, revision, direction) for each example in each of its revisions.
template <typename Function>
void for_each_golden(Function&& f) {
  for (const Golden& golden : kGolden) {
    const MessageInfo* const info = find_message(name_in(golden.json));
    ASSERT_NE(info, nullptr) << golden.json;
    for (const Revision revision : kRevisions) {
      const bool v1 = golden.revisions == "v1" && revision != Revision::kLegacy;
      if (!v1 && golden.revisions != name(revision)) continue;
      SCOPED_TRACE(std::string{golden.json} + " in " + std::string{name(revision)});
      f(golden, revision, info->direction);
    }
  }
}

TEST(GoldenMessage, ThereIsOneOfEachMessageInEachRevisionOfItsFormat) {
  std::map<std::string_view, std::set<std::string>> seen;
  for_each_golden([&](const Golden& golden, Revision revision, Direction) {
    seen[name(revision)].insert(name_in(golden.json));
  });
  EXPECT_EQ(seen["2020-01"].size(), 17u);
  EXPECT_EQ(seen["2020-03"].size(), 17u);
  EXPECT_EQ(seen["legacy"].size(), 10u);
}

TEST(GoldenMessage, DecodesToItsJsonForm) {
  for_each_golden([](const Golden& golden, Revision revision, Direction direction) {
    const auto input = bytes_of(golden);
    const auto decoded = decode(input, revision, direction);
    ASSERT_TRUE(decoded) << to_string(decoded.error());
    EXPECT_EQ(to_json(decoded->message, revision), golden.json);
    EXPECT_EQ(decoded->size, input.size());
  });
}

TEST(GoldenMessage, IsEncodedFromItsJsonForm) {
  for_each_golden([](const Golden& golden, Revision revision, Direction direction) {
    const auto owned = from_json(golden.json);
    ASSERT_TRUE(owned) << to_string(owned.error());
    const auto encoded = encode_to_bytes(*owned, revision);
    ASSERT_TRUE(encoded) << to_string(encoded.error());
    EXPECT_EQ(to_hex(*encoded), to_hex(bytes_of(golden)));
    const auto decoded = decode(*encoded, revision, direction);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->message, owned->message);
  });
}

TEST(GoldenMessage, IsNotEncodedInARevisionOfAnotherFormat) {
  for_each_golden([](const Golden& golden, Revision revision, Direction) {
    const auto owned = from_json(golden.json);
    ASSERT_TRUE(owned);
    const bool legacy = revision == Revision::kLegacy;
    const auto encoded = encode_to_bytes(*owned, legacy ? Revision::k2020_01 : Revision::kLegacy);
    ASSERT_FALSE(encoded);
    EXPECT_EQ(to_string(encoded.error()), "not-in-revision at offset 0 in field operation");
  });
}

TEST(GoldenMessage, EveryStrictPrefixFailsAtTheFieldThatIsCut) {
  for_each_golden([](const Golden& golden, Revision revision, Direction direction) {
    const auto whole = bytes_of(golden);
    const auto places = places_of(golden.bytes);
    const auto members = read_json_members(golden.json);
    ASSERT_EQ(members->size(), places.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
      for (std::size_t size = places[i].begin; size < places[i].end; ++size) {
        // A copy of exactly that size: a read beyond it is seen by the sanitizer.
        const std::vector<std::byte> prefix(whole.begin(),
                                            whole.begin() + static_cast<std::ptrdiff_t>(size));
        const bool in_text = places[i].has_text && size - places[i].begin >= 4;
        const Error expected{.code = i == 0    ? ErrorCode::kEmptyMessage
                                     : in_text ? ErrorCode::kLengthBeyondEnd
                                               : ErrorCode::kTruncated,
                             .offset = places[i].begin,
                             .field = i == 0 ? "operation" : std::string_view{(*members)[i].key}};
        const auto decoded = decode(prefix, revision, direction);
        ASSERT_FALSE(decoded) << size;
        EXPECT_EQ(to_string(decoded.error()), to_string(expected)) << size;
      }
    }
  });
}

TEST(GoldenMessage, EveryTextFailsWithoutItsNulAndEveryStringWithLengthZero) {
  for_each_golden([](const Golden& golden, Revision revision, Direction direction) {
    const auto members = read_json_members(golden.json);
    const auto places = places_of(golden.bytes);
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (!places[i].has_text) continue;
      const auto& [begin, end, has_text] = places[i];
      auto without_nul = bytes_of(golden);
      without_nul[end - 1] = std::byte{'x'};
      auto decoded = decode(without_nul, revision, direction);
      ASSERT_FALSE(decoded);
      EXPECT_EQ(to_string(decoded.error()),
                to_string({ErrorCode::kStringWithoutNul, begin, (*members)[i].key}));
      const std::string& key = (*members)[i].key;
      if (key == "error" || key == "info" || key == "credentials") continue;  // null strings
      auto zero = bytes_of(golden);
      std::fill_n(zero.begin() + static_cast<std::ptrdiff_t>(begin), 4, std::byte{0});
      decoded = decode(zero, revision, direction);
      ASSERT_FALSE(decoded);
      EXPECT_EQ(to_string(decoded.error()), to_string({ErrorCode::kStringLengthZero, begin, key}));
    }
  });
}

TEST(GoldenMessage, BytesBehindItAreNotCounted) {
  for_each_golden([](const Golden& golden, Revision revision, Direction direction) {
    auto input = bytes_of(golden);
    const std::size_t size = input.size();
    input.push_back(std::byte{0});
    input.push_back(std::byte{0xff});
    const auto decoded = decode(input, revision, direction);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->size, size);
    EXPECT_EQ(to_json(decoded->message, revision), golden.json);
  });
}

// Each message has one encoding: whatever decodes is encoded to the same bytes again, straight and
// through its JSON form.
TEST(GoldenMessage, WithAnyByteChangedFailsOrComesBackByteForByte) {
  std::size_t decoded_count = 0;
  for_each_golden([&](const Golden& golden, Revision revision, Direction direction) {
    const auto original = bytes_of(golden);
    for (std::size_t at = 0; at < original.size(); ++at) {
      for (unsigned value = 0; value < 256; ++value) {
        auto input = original;
        input[at] = static_cast<std::byte>(value);
        const auto decoded = decode(input, revision, direction);
        if (!decoded) {
          EXPECT_LE(decoded.error().offset, input.size());
          continue;
        }
        ++decoded_count;
        input.resize(decoded->size);
        EXPECT_EQ(encode_to_bytes(decoded->message, revision).value(), input);
        const std::string json = to_json(decoded->message, revision);
        const auto owned = from_json(json);
        ASSERT_TRUE(owned) << json;
        EXPECT_EQ(owned->message, decoded->message) << json;
      }
    }
  });
  EXPECT_GT(decoded_count, 10'000u);
}

// ---- comparison

void change(std::uint8_t& value) { ++value; }
void change(std::uint32_t& value) { ++value; }
void change(std::string_view& value) { value = "changed"; }
void change(OptionalString& value) { value = "changed"; }
void change(NullString& value) { value = ""; }
void change(Object& value) { value.text = "changed"; }
void change(Uuid& value) { value.bytes.back() = std::byte{1}; }
void change(VersionList& value) {
  static constexpr std::array kOne{std::byte{1}};
  value.versions = kOne;
}
void change(Id& value) { ++value.value; }

TEST(Message, IsEqualWhenAllFieldsAreAndUnequalWhenOneIsNot) {
  any_message_type([]<typename Message>(std::type_identity<Message>) {
    SCOPED_TRACE(Message::kTitle);
    EXPECT_TRUE(AnyMessage{Message{}} == AnyMessage{Message{}});
    return any_format<Message>([](auto format) {
      all_fields<Message, format()>([](const auto& field) {
        Message changed;
        change(changed.*field.member);
        EXPECT_FALSE(changed == Message{}) << field.name;
        EXPECT_TRUE(AnyMessage{changed} != AnyMessage{Message{}}) << field.name;
        Message same;
        change(same.*field.member);
        EXPECT_TRUE(changed == same) << field.name;
        return true;
      });
      return false;
    });
  });
}

TEST(Message, OfDifferentTypesIsNeverEqual) {
  EXPECT_NE(AnyMessage{EventSubscribe{}}, AnyMessage{EventUnsubscribe{}});
}

TEST(Message, TextsAreComparedByContentAndVersionsInOrder) {
  const std::string a = "text";
  const std::string b = "text";
  EXPECT_EQ((EventCreate{.event_id = 1, .name = a}), (EventCreate{.event_id = 1, .name = b}));
  EXPECT_NE((Reply{.call_id = 1, .error = std::nullopt, .info = {}, .data = {}}),
            (Reply{.call_id = 1, .error = "", .info = {}, .data = {}}));
  const auto one_two = bytes("0102");
  const auto two_one = bytes("0201");
  EXPECT_EQ(VersionList{one_two}, VersionList{bytes("0102")});
  EXPECT_NE(VersionList{one_two}, VersionList{two_one});
  EXPECT_NE(VersionList{one_two}, VersionList{std::span(one_two).first(1)});
}

}  // namespace
}  // namespace wsapi
