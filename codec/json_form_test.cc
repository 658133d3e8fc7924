// SPDX-License-Identifier: Apache-2.0

// The JSON form beyond the golden examples of message_test.cc: what is free in it, and every way in
// which it can be wrong.

#include "codec/json_form.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "codec/encode.h"
#include "codec/test_bytes.h"

namespace wsapi {
namespace {

std::string written(const OwnedMessage& owned) {
  const bool legacy = owned.format == WireFormat::kLegacy;
  return to_json(owned.message, legacy ? Revision::kLegacy : Revision::k2020_01);
}

// What was read, in its one JSON form; or the error.
std::string read(std::string_view text) {
  const auto owned = from_json(text);
  return owned ? written(*owned) : to_string(owned.error());
}

template <typename Value>
std::string value_text(const Value& value) {
  std::string out = ">";
  append_json_value(out, value);
  return out.substr(1);
}

TEST(JsonForm, ValuesOfEachTypeAreWrittenInAscii) {
  EXPECT_EQ(value_text(std::uint32_t{0}), "0");
  EXPECT_EQ(value_text(std::uint32_t{0xffffffff}), "4294967295");
  EXPECT_EQ(value_text(Id{7}), "7");
  EXPECT_EQ(value_text(std::string_view{"a\"\n\xc3\xa9"}), R"("a\"\u000a\u00e9")");
  EXPECT_EQ(value_text(std::string_view{"a\xff"}), R"({"hex":"61ff"})");
  EXPECT_EQ(value_text(std::string_view{"\0", 1}), R"("\u0000")");
  EXPECT_EQ(value_text(NullString{}), "null");
  EXPECT_EQ(value_text(NullString{""}), R"("")");
  EXPECT_EQ(value_text(NullString{"\xc3"}), R"({"hex":"c3"})");
  EXPECT_EQ(value_text(Object{}), R"("null")");
  EXPECT_EQ(value_text(Object{"{\"a\":1}"}), R"("{\"a\":1}")");
  EXPECT_EQ(value_text(Object{"\xed\xa0\x80"}), R"({"hex":"eda080"})");
  EXPECT_EQ(value_text(Uuid{}), R"("00000000-0000-0000-0000-000000000000")");
  EXPECT_EQ(value_text(VersionList{}), "[]");
  const auto versions = bytes("00ff01");
  EXPECT_EQ(value_text(VersionList{versions}), "[0,255,1]");
}

TEST(JsonForm, SpaceOrderAndEscapingAreFree) {
  constexpr std::string_view kForm = R"({"message":"event-create","event_id":3,"name":"evt"})";
  for (const std::string_view text : {
           R"({"message":"event-create","event_id":3,"name":"evt"})",
           R"({"name":"evt","event_id":3,"message":"event-create"})",
           " {\n\"message\" : \"event-create\" ,\t\"event_id\" : 3 ,\r\n\"name\" : \"evt\" } ",
           R"({"message":"event\u002dcreate","ev\u0065nt_id":3,"name":"\u0065vt"})",
           R"({"message":"event-create","event_id":3,"name":{"hex":"657674"}})",
           R"({"message":"event-create","event_id":3,"name":{"hex":"65 76 74"}})",
       }) {
    EXPECT_EQ(read(text), kForm) << text;
  }
}

TEST(JsonForm, TextsAreReadVerbatim) {
  const std::vector<std::pair<std::string_view, std::string_view>> rows = {
      {R"("")", ""},
      {R"("\u0000")", "00"},
      {R"("\"\\\/\b\f\n\r\t")", "225c2f080c0a0d09"},
      {R"("\u00e9\ud83d\ude00")", "c3a9f09f9880"},
      {"\"\xc3\xa9\"", "c3a9"},
      {R"({"hex":""})", ""},
      {R"({"hex":"FF00fe"})", "ff00fe"},
  };
  for (const auto& [value, hex] : rows) {
    const std::string text =
        R"({"message":"token-create","token_id":1,"token":)" + std::string{value} + "}";
    const auto owned = from_json(text);
    ASSERT_TRUE(owned) << text;
    EXPECT_EQ(to_hex(chars(std::get<TokenCreate>(owned->message).token)), hex) << text;
  }
}

TEST(JsonForm, NumbersReachTheEdgesOfTheirField) {
  struct Case {
    std::string_view before;  // the number
    std::string_view after;
    std::uint64_t max;
  };
  for (const auto& [before, after, max] : std::vector<Case>{
           {R"({"message":"version-set","version":)", "}", 0xff},
           {R"({"message":"version-offer","identifier":0,"versions":[)", "]}", 0xff},
           {R"({"message":"describe","description_id":)", "}", 0xffff},
           {R"({"message":"legacy-describe","description_id":)", "}", 0xffffffff},
           {R"({"message":"description","description_id":)", R"(,"description":"1"})", 0xffffffff},
       }) {
    const auto text = [&](std::uint64_t number) {
      return std::string{before} + std::to_string(number) + std::string{after};
    };
    const auto offset = [&](std::size_t back) {
      return "value-out-of-range at offset " + std::to_string(before.size() - back);
    };
    EXPECT_EQ(read(text(0)), text(0));
    EXPECT_EQ(read(text(max)), text(max));
    const bool list = before.ends_with("[");
    for (const std::uint64_t beyond : {max + 1, std::uint64_t{1} << 53}) {
      EXPECT_TRUE(read(text(beyond)).starts_with(offset(list ? 1 : 0))) << text(beyond);
    }
    EXPECT_TRUE(read(text((std::uint64_t{1} << 53) + 1)).starts_with("json-syntax"));
  }
}

std::string broadcast(std::string_view uuid) {
  return R"({"message":"event-broadcast","name":"e","data":"1","uuid":)" + std::string{uuid} +
         R"(,"hop":9})";
}

TEST(JsonForm, AUuidIsReadInItsUsualFormAlone) {
  const std::string usual = R"("00112233-4455-6677-8899-aabbccddeeff")";
  EXPECT_EQ(read(broadcast(usual)), broadcast(usual));
  EXPECT_EQ(read(broadcast(R"("00112233-4455-6677-8899-AABBCCDDEEFF")")), broadcast(usual));
  constexpr std::size_t kOffset = 58;  // of the value
  ASSERT_EQ(broadcast(usual).find(usual), kOffset);
  const std::vector<std::pair<std::string_view, std::string_view>> rows = {
      {R"("")", "value-out-of-range"},
      {R"("00112233445566778899aabbccddeeff")", "value-out-of-range"},
      {R"("00112233-4455-6677-8899-aabbccddeef")", "value-out-of-range"},
      {R"("00112233-4455-6677-8899-aabbccddeeff0")", "value-out-of-range"},
      {R"("{0112233-4455-6677-8899-aabbccddeef}")", "value-out-of-range"},
      {R"("001122334-455-6677-8899-aabbccddeeff")", "value-out-of-range"},
      {R"("00112233-44556-677-8899-aabbccddeeff")", "value-out-of-range"},
      {R"("00112233-4455-66778-899-aabbccddeeff")", "value-out-of-range"},
      {R"("00112233-4455-6677-8899aabb-ccddeeff")", "value-out-of-range"},
      {R"("00112233-4455-6677-8899-aabbccddeefg")", "value-out-of-range"},
      {R"("00112233-4455-6677-8899-aabbccddee  ")", "value-out-of-range"},
      {R"("-0112233-4455-6677-8899-aabbccddeeff")", "value-out-of-range"},
      {R"("00112233-4455-6677-8899-aabbccd-eeff")", "value-out-of-range"},
      {R"(" 0112233-4455-6677-8899-aabbccddeeff")", "value-out-of-range"},
      {R"({"hex":"00112233445566778899aabbccddeeff"})", "json-wrong-type"},
      {"null", "json-wrong-type"},
      {"1", "json-wrong-type"},
  };
  for (const auto& [uuid, code] : rows) {
    EXPECT_EQ(read(broadcast(uuid)), std::string{code} + " at offset 58 in field uuid") << uuid;
  }
}

TEST(JsonForm, AnOfferHasUpTo255VersionsOfOneByte) {
  std::string numbers;
  for (int i = 0; i < 255; ++i) numbers += (i == 0 ? "" : ",") + std::to_string(i);
  const auto text = [](const std::string& list) {
    return R"({"message":"version-offer","identifier":1,"versions":[)" + list + "]}";
  };
  EXPECT_EQ(read(text(numbers)), text(numbers));
  EXPECT_EQ(read(text(numbers + ",0")), "value-out-of-range at offset 53 in field versions");
  EXPECT_EQ(read(text(numbers + ",0,0")),
            "json-syntax at offset " + std::to_string(54 + numbers.size() + 3));
}

struct ErrorCase {
  std::string_view text;
  std::string_view error;
};

const std::vector<ErrorCase> kErrorCases = {
    // The message.
    {"", "json-syntax at offset 0"},
    {"{}", "json-missing-field at offset 0 in field message"},
    {R"({"event_id":3})", "json-missing-field at offset 0 in field message"},
    {R"({"message":7})", "json-wrong-type at offset 11 in field message"},
    {R"({"message":null})", "json-wrong-type at offset 11 in field message"},
    {R"({"message":{"hex":"63616c6c"}})", "json-wrong-type at offset 11 in field message"},
    {R"({"message":"Call"})", "json-unknown-message at offset 11 in field message"},
    {R"({"message":""})", "json-unknown-message at offset 11 in field message"},
    {R"({ "message": "evt", "event_id":3})", "json-unknown-message at offset 13 in field message"},
    {R"({"message":"describe","message":"describe"})", "json-duplicate-field at offset 22"},
    // Missing, unknown, duplicate.
    {R"({"message":"event-create"})", "json-missing-field at offset 0 in field event_id"},
    {R"({"message":"event-create","event_id":3})", "json-missing-field at offset 0 in field name"},
    {R"({"message":"event-create","name":"e"})",
     "json-missing-field at offset 0 in field event_id"},
    {R"({"message":"reply","call_id":1,"info":null,"data":"1"})",
     "json-missing-field at offset 0 in field error"},  // a null string must be there, too
    {R"({"message":"event-remove","event_id":3,"name":"e"})", "json-unknown-field at offset 46"},
    {R"({"x":1,"message":"event-remove","event_id":3})", "json-unknown-field at offset 5"},
    {R"({"message":"event-remove","Event_id":3})",
     "json-missing-field at offset 0 in field event_id"},
    {R"({"message":"event-remove","event_id":3,"event_id":3})",
     "json-duplicate-field at offset 39"},
    // Wrong types, each of each.
    {R"({"message":"event-remove","event_id":"3"})",
     "json-wrong-type at offset 37 in field event_id"},
    {R"({"message":"event-remove","event_id":null})",
     "json-wrong-type at offset 37 in field event_id"},
    {R"({"message":"event-remove","event_id":[3]})",
     "json-wrong-type at offset 37 in field event_id"},
    {R"({"message":"event-remove","event_id":{"hex":"03"}})",
     "json-wrong-type at offset 37 in field event_id"},
    {R"({"message":"version-set","version":"1"})", "json-wrong-type at offset 35 in field version"},
    {R"({"message":"legacy-describe","description_id":"1"})",
     "json-wrong-type at offset 46 in field description_id"},
    {R"({"message":"description","description_id":"1","description":"1"})",
     "json-wrong-type at offset 42 in field description_id"},
    {R"({"message":"event-create","event_id":3,"name":4})",
     "json-wrong-type at offset 46 in field name"},
    {R"({"message":"event-create","event_id":3,"name":null})",
     "json-wrong-type at offset 46 in field name"},
    {R"({"message":"event-create","event_id":3,"name":[4]})",
     "json-wrong-type at offset 46 in field name"},
    {R"({"message":"event-push","event_id":3,"data":4})",
     "json-wrong-type at offset 44 in field data"},
    {R"({"message":"event-push","event_id":3,"data":null})",
     "json-wrong-type at offset 44 in field data"},
    {R"({"message":"reply","call_id":1,"error":0,"info":null,"data":"1"})",
     "json-wrong-type at offset 39 in field error"},
    {R"({"message":"reply","call_id":1,"error":[],"info":null,"data":"1"})",
     "json-wrong-type at offset 39 in field error"},
    {R"({"message":"version-offer","identifier":1,"versions":1})",
     "json-wrong-type at offset 53 in field versions"},
    {R"({"message":"version-offer","identifier":1,"versions":"1"})",
     "json-wrong-type at offset 53 in field versions"},
    // Out of range, which is found behind white space, too.
    {R"({"message":"event-remove","event_id":  65536})",
     "value-out-of-range at offset 39 in field event_id"},
};

TEST(JsonForm, ErrorsNameTheFieldAndItsPlace) {
  for (const ErrorCase& c : kErrorCases) EXPECT_EQ(read(c.text), c.error) << c.text;
}

TEST(JsonForm, AnOwnedMessageKeepsItsTextsWhenItMoves) {
  auto owned =
      from_json(R"({"message":"legacy-call","call_id":1,"verb":"v","session":"s","args":"1",)"
                R"("credentials":"c"})");
  ASSERT_TRUE(owned);
  const std::string before = written(*owned);
  OwnedMessage moved = std::move(owned).value();
  OwnedMessage again;
  again = std::move(moved);
  EXPECT_EQ(written(again), before);
}

TEST(JsonForm, OfAMessageThatTheRevisionDoesNotHaveIsNull) {
  EXPECT_EQ(to_json(VersionSet{}, Revision::kLegacy), "null");
}

TEST(JsonForm, IsNotEncodedInARevisionOfAnotherWireFormatThanItsNames) {
  const auto owned = from_json(R"({"message":"legacy-describe","description_id":1})");
  ASSERT_TRUE(owned);
  EXPECT_EQ(owned->format, WireFormat::kLegacy);
  EXPECT_EQ(to_hex(encode_to_bytes(*owned, Revision::kLegacy).value()), "4401000000");
  EXPECT_EQ(encode_to_bytes(*owned, Revision::k2020_03).error().code, ErrorCode::kNotInRevision);
}

}  // namespace
}  // namespace wsapi
