// SPDX-License-Identifier: Apache-2.0

#include "codec/json_members.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "codec/test_bytes.h"

namespace wsapi {
namespace {

// A value in a form to compare: "null", 12, "text:<hex>", "hex:<hex>", [1 2].
std::string shown(const JsonValue& value) {
  if (const auto* number = std::get_if<std::uint64_t>(&value)) return std::to_string(*number);
  if (const auto* text = std::get_if<JsonText>(&value)) return "text:" + to_hex(chars(text->text));
  if (const auto* hex = std::get_if<JsonHex>(&value)) return "hex:" + to_hex(chars(hex->bytes));
  if (const auto* numbers = std::get_if<JsonNumbers>(&value)) {
    std::string out = "[";
    for (const std::uint64_t number : *numbers) out += std::to_string(number) + " ";
    return out + "]";
  }
  return "null";
}

// The value of one member "k", or the error.
std::string value_of(std::string_view json_value) {
  const auto members = read_json_members(R"({"k":)" + std::string{json_value} + "}");
  if (!members) return to_string(members.error());
  EXPECT_EQ(members->size(), 1u);
  return shown(members->front().value);
}

TEST(JsonMembers, ReadsEveryKindOfValueAndItsOffset) {
  const auto members = read_json_members(
      " {\t\"a\" : null ,\r\n\"b\":7, \"c\":\"x\",\"d\":{\"hex\":\"00ff\"},\"\":[ 1 , 2 ]}\n ");
  ASSERT_TRUE(members) << to_string(members.error());
  std::string all;
  for (const JsonMember& member : *members) {
    all += member.key + "@" + std::to_string(member.offset) + "=" + shown(member.value) + ";";
  }
  EXPECT_EQ(all, "a@9=null;b@21=7;c@28=text:78;d@36=hex:00ff;@54=[1 2 ];");
}

TEST(JsonMembers, OfAnEmptyObjectAreNone) {
  for (const std::string_view text : {"{}", " { } \n"}) {
    const auto members = read_json_members(text);
    ASSERT_TRUE(members) << text;
    EXPECT_TRUE(members->empty());
  }
}

TEST(JsonMembers, ValuesAreReadAsWritten) {
  const std::vector<std::pair<std::string_view, std::string_view>> rows = {
      {"0", "0"},
      {"10", "10"},
      {"9007199254740992", "9007199254740992"},  // 2^53
      {"[]", "[]"},
      {"[ ]", "[]"},
      {"[0]", "[0 ]"},
      {"[\n255 ,\t3]", "[255 3 ]"},
      {R"("")", "text:"},
      {R"("a/b~")", "text:612f627e"},
      {R"("\"\\\/\b\f\n\r\t")", "text:225c2f080c0a0d09"},
      {R"("\u0000\u0041\u00e9\u20AC")", "text:0041c3a9e282ac"},
      {R"("\ud7ff\ue000\uffff")", "text:ed9fbfee8080efbfbf"},
      {R"("\ud800\udc00\uD83D\uDE00\udbff\udfff")", "text:f0908080f09f9880f48fbfbf"},
      {"\"\xc3\xa9\x7f\"", "text:c3a97f"},
      {R"({"hex":""})", "hex:"},
      {R"({ "hex" : "00 fF" })", "hex:00ff"},
      {R"({"\u0068ex":"41"})", "hex:41"},
  };
  for (const auto& [text, expected] : rows) EXPECT_EQ(value_of(text), expected) << text;
}

struct SyntaxCase {
  std::string text;
  std::size_t offset;  // where reading stops
};

const std::vector<SyntaxCase> kSyntaxCases = {
    // The object.
    {"", 0},
    {"  ", 2},
    {"x", 0},
    {"[]", 0},
    {"null", 0},
    {"{", 1},
    {"{ ", 2},
    {"{,}", 1},
    {R"({"k":1)", 6},
    {R"({"k":1,)", 7},
    {R"({"k":1,})", 7},
    {R"({"k":1;})", 6},
    {R"({"k":1]})", 6},
    {R"({"k":1} x)", 8},
    {R"({"k":1}{)", 7},
    {R"({} x)", 3},
    {R"({"k":1 "l":2})", 7},
    {R"({"k":1,,"l":2})", 7},
    {"\xef\xbb\xbf{}", 0},
    // Keys.
    {R"({k:1})", 1},
    {R"({'k':1})", 1},
    {R"({1:1})", 1},
    {R"({"k)", 3},
    {R"({"k"})", 4},
    {R"({"k" 1})", 5},
    {R"({"k"=1})", 4},
    {R"({null:1})", 1},
    // Words.
    {R"({"k":})", 5},
    {R"({"k":)", 5},
    {R"({"k":nul})", 5},
    {R"({"k":n)", 5},
    {R"({"k":nulll})", 9},
    {R"({"k":Null})", 5},
    {R"({"k":true})", 5},
    {R"({"k":false})", 5},
    {R"({"k":NaN})", 5},
    // Numbers.
    {R"({"k":-1})", 5},
    {R"({"k":+1})", 5},
    {R"({"k":01})", 7},
    {R"({"k":00})", 7},
    {R"({"k":1.5})", 6},
    {R"({"k":.5})", 5},
    {R"({"k":1e3})", 6},
    {R"({"k":0x10})", 6},
    {R"({"k":9007199254740993})", 20},
    {R"({"k":99999999999999999999999})", 20},
    // Strings.
    {R"({"k":"a)", 7},
    {R"({"k":"a})", 8},
    {R"({"k":"\)", 6},
    {R"({"k":"\q"})", 6},
    {R"({"k":"\x41"})", 6},
    {R"({"k":"\')", 6},
    {R"({"k":'a'})", 5},
    {"{\"k\":\"a\nb\"}", 7},
    {"{\"k\":\"\x1f\"}", 6},
    {std::string("{\"k\":\"\0\"}", 9), 6},
    {"{\"k\":\"\xff\"}", 6},
    {"{\"k\":\"a\xc3\"}", 7},
    {"{\"k\":\"\xed\xa0\x80\"}", 6},
    {"{\"k\":\"\xc0\x80\"}", 6},
    // Unicode escapes: too short, no digits, halves of surrogate pairs.
    {R"({"k":"\u)", 8},
    {R"({"k":"\u00e)", 8},
    {R"({"k":"\u00g0"})", 8},
    {R"({"k":"\u 041"})", 8},
    {R"({"k":"\U0041"})", 6},
    {R"({"k":"\udc00"})", 12},
    {R"({"k":"\udfff"})", 12},
    {R"({"k":"\ud800"})", 12},
    {R"({"k":"\ud800a"})", 12},
    {R"({"k":"\ud800\n"})", 12},
    {R"({"k":"\ud800\u0041"})", 18},
    {R"({"k":"\ud800\ud800"})", 18},
    {R"({"k":"\ud800\ue000"})", 18},
    {R"({"k":"\ud800\udc0"})", 14},
    // Lists.
    {R"({"k":[)", 6},
    {R"({"k":[1)", 7},
    {R"({"k":[1,)", 8},
    {R"({"k":[1,]})", 8},
    {R"({"k":[,1]})", 6},
    {R"({"k":[1 2]})", 8},
    {R"({"k":["1"]})", 6},
    {R"({"k":[null]})", 6},
    {R"({"k":[[1]]})", 6},
    {R"({"k":[-1]})", 6},
    {R"({"k":[1})", 7},
    {R"({"k":[01]})", 8},
    // Hexadecimal strings.
    {R"({"k":{)", 6},
    {R"({"k":{}})", 6},
    {R"({"k":{"hex"}})", 11},
    {R"({"k":{"hex":1}})", 12},
    {R"({"k":{"hex":null}})", 12},
    {R"({"k":{"Hex":"00"}})", 11},
    {R"({"k":{"hex":"0"}})", 15},
    {R"({"k":{"hex":"0g"}})", 16},
    {R"({"k":{"hex":"00")", 16},
    {R"({"k":{"hex":"00"]})", 16},
    {R"({"k":{"hex":"00","a":1}})", 16},
    {R"({"k":{"hex":"00)", 15},
    {R"({"k":{1})", 6},
};

TEST(JsonMembers, SyntaxErrorsAreFoundWhereReadingStops) {
  for (const SyntaxCase& c : kSyntaxCases) {
    const auto members = read_json_members(c.text);
    ASSERT_FALSE(members) << c.text;
    EXPECT_EQ(to_string(members.error()), "json-syntax at offset " + std::to_string(c.offset))
        << c.text;
  }
}

TEST(JsonMembers, EveryStrictPrefixOfAnObjectIsASyntaxError) {
  const std::string text =
      R"({"a":null,"b":12,"c":"\u00e9\ud83d\ude00\n","d":{"hex":"00ff"},"e":[1,2]})";
  ASSERT_TRUE(read_json_members(text));
  for (std::size_t size = 0; size < text.size(); ++size) {
    const std::vector<char> prefix(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
    const auto members = read_json_members({prefix.data(), prefix.size()});
    ASSERT_FALSE(members) << size;
    EXPECT_EQ(members.error().code, ErrorCode::kJsonSyntax);
    EXPECT_LE(members.error().offset, size);
  }
}

TEST(JsonMembers, AKeyIsThereOnce) {
  const std::vector<std::pair<std::string_view, std::size_t>> rows = {
      {R"({"a":1,"a":1})", 7},
      {R"({"a":1,"b":2, "\u0061":null})", 14},  // the same key, written otherwise
      {R"({"":1,"":2})", 6},
  };
  for (const auto& [text, offset] : rows) {
    const auto members = read_json_members(text);
    ASSERT_FALSE(members) << text;
    EXPECT_EQ(to_string(members.error()),
              "json-duplicate-field at offset " + std::to_string(offset));
  }
  EXPECT_TRUE(read_json_members(R"({"a":1,"A":1,"a ":1})"));
}

std::string object_of(std::size_t members) {
  std::string text = "{";
  for (std::size_t i = 0; i < members; ++i) {
    text += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":1";
  }
  return text + "}";
}

std::string list_of(std::size_t numbers) {
  std::string text = R"({"k":[)";
  for (std::size_t i = 0; i < numbers; ++i) text += i == 0 ? "1" : ",1";
  return text + "]}";
}

TEST(JsonMembers, AreAtMost32) {
  ASSERT_EQ(kMaxJsonMembers, 32u);
  const auto most = read_json_members(object_of(32));
  ASSERT_TRUE(most);
  EXPECT_EQ(most->size(), 32u);
  const std::string text = object_of(33);
  const auto more = read_json_members(text);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error(),
            (Error{.code = ErrorCode::kJsonSyntax, .offset = text.size() - 1, .field = {}}));
}

TEST(JsonMembers, AListHasAtMost256Numbers) {
  ASSERT_EQ(kMaxJsonNumbers, 256u);
  const auto most = read_json_members(list_of(256));
  ASSERT_TRUE(most);
  EXPECT_EQ(std::get<JsonNumbers>(most->front().value).size(), 256u);
  const std::string text = list_of(257);
  const auto more = read_json_members(text);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error(),
            (Error{.code = ErrorCode::kJsonSyntax, .offset = text.size() - 3, .field = {}}));
}

}  // namespace
}  // namespace wsapi
