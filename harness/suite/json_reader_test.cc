// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/json_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/suite/json_bytes.h"
#include "harness/suite/level.h"
#include "harness/suite/message_form.h"

namespace wsapi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using Json = nlohmann::json;

// The errors of `read` on the text, each as "PLACE: MESSAGE".
template <typename Read>
std::vector<std::string> errors_of(const char* text, Read&& read) {
  std::vector<FileError> errors;
  const std::string name = "input";
  Json json = Json::parse(text);
  JsonSource source{name, errors};
  (void)read(JsonPlace(json, source));
  std::vector<std::string> out;
  for (const FileError& error : errors) out.push_back(error.place + ": " + error.message);
  return out;
}

std::string read_pair(const JsonPlace& place) {
  ObjectReader in(place);
  std::string text = in.required("text", [](const JsonPlace& p) { return read_text(p); });
  (void)in.optional("flag", read_true);
  in.finish();
  return text;
}

TEST(ObjectReaderTest, ConsumesEachMemberByName) {
  EXPECT_THAT(errors_of(R"({"text":"a"})", read_pair), IsEmpty());
  EXPECT_THAT(errors_of(R"({"text":"a","flag":true})", read_pair), IsEmpty());
  EXPECT_THAT(errors_of(R"({"flag":true})", read_pair), ElementsAre("/: lacks the member 'text'"));
  EXPECT_THAT(errors_of(R"({"text":"a","x":1,"flags":true})", read_pair),
              ElementsAre("/: the member 'flags' is not known here",
                          "/: the member 'x' is not known here"));
  EXPECT_THAT(errors_of(R"({"text":1,"flag":false})", read_pair),
              ElementsAre("/text: a text is expected, 1 stands here",
                          "/flag: true is expected, false stands here"));
  EXPECT_THAT(errors_of("[]", read_pair),
              ElementsAre("/: an object is expected, an array stands here"));
}

TEST(ObjectReaderTest, PlacesAreJsonPointers) {
  const auto read = [](const JsonPlace& place) { return read_list(place, 0, 9, read_pair); };
  EXPECT_THAT(errors_of(R"([{"text":"a"},{"text":null}])", read),
              ElementsAre("/1/text: a text is expected, null stands here"));
}

TEST(JsonReaderTest, OnlySoManyErrorsOfAFileAreKept) {
  std::string text = "[0";
  for (int i = 0; i < 100; ++i) text += ",0";
  const auto read = [](const JsonPlace& place) { return read_list(place, 0, 1000, read_pair); };
  EXPECT_THAT(errors_of((text + "]").c_str(), read), SizeIs(kMaxFileErrors));
}

TEST(JsonReaderTest, ListsAndSetsHaveBounds) {
  const auto number = [](const JsonPlace& p) { return read_number(p, 1, 9); };
  const auto read = [&](const JsonPlace& p) { return read_set(p, 1, 3, number); };
  EXPECT_THAT(errors_of("[1,2,3]", read), IsEmpty());
  EXPECT_THAT(errors_of("[]", read), SizeIs(1));
  EXPECT_THAT(errors_of("[1,2,3,4]", read), SizeIs(1));
  EXPECT_THAT(errors_of("[1,1]", read), ElementsAre("/: items 0 and 1 are the same"));
  for (const char* wrong : {"[0]", "[10]", "[-1]", "[1.5]", "[\"1\"]", "[null]", "{}"}) {
    EXPECT_THAT(errors_of(wrong, read), SizeIs(1)) << wrong;
  }
}

TEST(JsonReaderTest, UnknownTextsOfAnEnumAreErrors) {
  const auto read = [](const JsonPlace& p) { return read_enum<Level>(p, kLevels); };
  EXPECT_THAT(errors_of(R"("should")", read), IsEmpty());
  EXPECT_THAT(errors_of(R"("may")", read),
              ElementsAre("/: one of must, should, robustness is expected, \"may\" stands here"));
}

TEST(JsonReaderTest, BytesAreLowerCaseHexadecimalOrPieces) {
  for (const char* good : {R"("")", R"("4b 0100")", R"(["4b",{"repeat":"00","count":3}])"}) {
    EXPECT_THAT(errors_of(good, read_wire_bytes), IsEmpty()) << good;
  }
  for (const char* wrong :
       {R"("4")", R"("4G")", R"("4B")", "1", "[]", R"([{"repeat":"","count":1}])",
        R"([{"repeat":"00"}])", R"([{"repeat":"00","count":0}])",
        R"([{"repeat":"00","count":1,"x":1}])",
        R"([{"repeat":"0000000000","count":2000000},{"repeat":"0000000000","count":2000000}])"}) {
    EXPECT_THAT(errors_of(wrong, read_wire_bytes), Not(IsEmpty())) << wrong;
  }
}

TEST(MessageFormTest, HasAllFieldsAndNoOthers) {
  const auto vector = [](const JsonPlace& p) {
    check_form(p, MessageForm::kVector);
    return true;
  };
  EXPECT_THAT(errors_of(R"({"message":"describe","description_id":2})", vector), IsEmpty());
  for (const char* wrong :
       {R"({"message":"describe"})", R"({"message":"nope"})", R"({"message":1})", R"({})", "7",
        R"({"message":"describe","description_id":"$i"})",
        R"({"message":"describe","description_id":-1})",
        R"({"message":"describe","description_id":1,"x":1})",
        R"({"message":"event-create","event_id":1,"name":null})",
        R"({"message":"event-create","event_id":1,"name":{"json":1}})"}) {
    EXPECT_THAT(errors_of(wrong, vector), Not(IsEmpty())) << wrong;
  }
}

TEST(MessageFormTest, PatternsMayLeaveFieldsOut) {
  const auto pattern = [](const JsonPlace& p) {
    check_form(p, MessageForm::kPattern);
    return true;
  };
  for (const char* good :
       {R"({"message":"reply"})", R"({"message":"reply","error":{"present":true}})",
        R"({"message":"reply","data":{"json":{"a":"$b"}},"call_id":"$i"})", R"({"pong":null})",
        R"({"pong":"6162"})"}) {
    EXPECT_THAT(errors_of(good, pattern), IsEmpty()) << good;
  }
  for (const char* wrong :
       {R"({"message":"reply","error":{"present":false}})", R"({"message":"reply","verb":"x"})",
        R"({"pong":"6"})", R"({"pong":null,"x":1})", R"({"call_id":1})"}) {
    EXPECT_THAT(errors_of(wrong, pattern), SizeIs(1)) << wrong;
  }
}

}  // namespace
}  // namespace wsapi
