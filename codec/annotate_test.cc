// SPDX-License-Identifier: Apache-2.0

#include "codec/annotate.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "codec/test_bytes.h"

namespace wsapi {
namespace {

constexpr Revision k01 = Revision::k2020_01;
constexpr Direction kUp = Direction::kToServer;
constexpr Direction kDown = Direction::kToClient;

std::string dump(std::span<const std::byte> input, Revision revision, Direction direction) {
  return "\n" + to_text(annotate(input, revision, direction), input);
}

std::string dump(std::string_view hex, Direction direction) {
  return dump(bytes(hex), k01, direction);
}

TEST(Annotate, ShowsEachFieldOfAMessageWithItsBytesNameAndValue) {
  EXPECT_EQ(dump("4b 0100 05000000 70696e6700 0000 0000 05000000 6e756c6c00 00000000", kUp), R"(
      0  4b                                   operation           CALL
      1  01 00                                call_id             1
      3  05 00 00 00                          verb length         5
      7  70 69 6e 67 00                       verb                "ping"
     12  00 00                                session_id          0
     14  00 00                                token_id            0
     16  05 00 00 00                          args length         5
     20  6e 75 6c 6c 00                       args                "null"
     25  00 00 00 00                          credentials length  0
     29                                       credentials         null
)");
}

TEST(Annotate, ShowsATruncatedMessageUpToTheFieldThatFails) {
  EXPECT_EQ(dump("4b 0100 05000000 70696e6700 0000 0000 05000000 6e75", kUp), R"(
      0  4b                                   operation           CALL
      1  01 00                                call_id             1
      3  05 00 00 00                          verb length         5
      7  70 69 6e 67 00                       verb                "ping"
     12  00 00                                session_id          0
     14  00 00                                token_id            0
     16  05 00 00 00 6e 75                    not decoded         length-beyond-end (args)
)");
  EXPECT_EQ(dump("44", kUp), R"(
      0  44                                   operation           DESCRIBE
      1                                       not decoded         truncated (description_id)
)");
}

TEST(Annotate, ShowsWhatIsNoMessageAsBytes) {
  EXPECT_EQ(dump("", kUp), R"(
      0                                       not decoded         empty-message (operation)
)");
  EXPECT_EQ(dump("ff00", kUp), R"(
      0  ff 00                                not decoded         unknown-operation (operation)
)");
  EXPECT_EQ(dump("7601", kUp), R"(
      0  76 01                                not decoded         wrong-direction (operation)
)");
}

TEST(Annotate, ShowsBytesAfterTheMessage) {
  EXPECT_EQ(dump("7601 0203", kDown), R"(
      0  76                                   operation           VERSION SET
      1  01                                   version             1
      2  02 03                                after the message
)");
}

TEST(Annotate, ShowsLongFieldsByTheirFirstBytes) {
  std::string hex = "54 0100 c9000000";
  for (int i = 0; i < 200; ++i) hex += "61";
  EXPECT_EQ(dump(hex + "00 ff", kUp), R"(
      0  54                                   operation           TOKEN CREATE
      1  01 00                                token_id            1
      3  c9 00 00 00                          token length        201
      7  61 61 61 61 61 61 61 61 61 61 61 61  token               "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...
     19  61 61 61 61 61 61 61 61 61 61 61 61
     31  61 61 61 61 61 61 61 61 61 61 61 61
     43  ... 165 more bytes
    208  ff                                   after the message
)");
}

// Three lines of 12 bytes hold a field; of longer ones the rest is counted.
TEST(Annotate, CountsTheBytesThatAreNotShown) {
  for (const auto& [size, last_line] : std::vector<std::pair<std::size_t, std::string_view>>{
           {12,
            "      0  00 00 00 00 00 00 00 00 00 00 00 00  not decoded         "
            "unknown-operation (operation)\n"},
           {13, "     12  00\n"},
           {24, "     12  00 00 00 00 00 00 00 00 00 00 00 00\n"},
           {36, "     24  00 00 00 00 00 00 00 00 00 00 00 00\n"},
           {37, "     36  ... 1 more bytes\n"},
           {48, "     36  ... 12 more bytes\n"},
           {1'048'500, "     36  ... 1048464 more bytes\n"}}) {
    const std::vector<std::byte> zeros(size);
    const std::string text = dump(zeros, k01, kUp);
    EXPECT_TRUE(text.ends_with("\n" + std::string{last_line})) << text;
  }
}

TEST(Annotate, DoesNotCutALongTextWithinACharacter) {
  for (std::size_t ascii = 0; ascii < 8; ++ascii) {
    std::string text(ascii, 'a');
    for (int i = 0; i < 40; ++i) text += "\xf0\x9f\x98\x80";
    std::vector<std::byte> input = bytes("45 0300");
    const auto size = static_cast<std::uint8_t>(text.size() + 1);
    for (const std::uint8_t b : {size, std::uint8_t{0}, std::uint8_t{0}, std::uint8_t{0}}) {
      input.push_back(std::byte{b});
    }
    for (const std::byte b : chars(text)) input.push_back(b);
    input.push_back(std::byte{0});
    const Annotation annotation = annotate(input, k01, kDown);
    ASSERT_TRUE(annotation.error.ok());
    const std::string& value = annotation.fields.back().value;
    EXPECT_TRUE(value.starts_with('"' + std::string(ascii, 'a') + R"(\ud83d\ude00)")) << value;
    EXPECT_TRUE(value.ends_with(R"(\ude00")")) << value;
  }
}

TEST(Annotate, ALongTextOfTrailBytesAloneIsShownAsHexadecimal) {
  std::string hex = "45 0300 65000000";
  for (int i = 0; i < 100; ++i) hex += "80";
  const auto input = bytes(hex + "00");
  EXPECT_TRUE(annotate(input, k01, kDown).fields.back().value.starts_with(R"({"hex":"8080)"));
}

TEST(Annotate, EscapesHostileText) {
  EXPECT_EQ(dump("45 0300 07000000 1b5b6d0a0d0700", kDown), R"(
      0  45                                   operation           EVENT CREATE
      1  03 00                                event_id            3
      3  07 00 00 00                          name length         7
      7  1b 5b 6d 0a 0d 07 00                 name                "\u001b[m\u000a\u000d\u0007"
)");
}

TEST(Annotate, TellsThePlacesOfTheFieldsWithoutGaps) {
  const auto input = bytes("6b 0100 02000000 6500 00000000 07000000 22706f6e672200");
  const Annotation annotation = annotate(input, k01, kDown);
  EXPECT_TRUE(annotation.error.ok());
  std::string all;
  std::size_t end = 0;
  for (const AnnotatedField& field : annotation.fields) {
    EXPECT_EQ(field.begin, end);
    end = field.end;
    all += field.label + "=" + field.value + ";";
  }
  EXPECT_EQ(end, input.size());
  EXPECT_EQ(all,
            "operation=REPLY;call_id=1;error length=2;error=\"e\";info length=0;info=null;"
            "data length=7;data=\"\\\"pong\\\"\";");
}

TEST(Annotate, AValueOfEachOtherTypeIsInItsJsonForm) {
  EXPECT_EQ(annotate(bytes("56 09144c17 020103"), k01, kUp).fields.back().value, "[1,3]");
  EXPECT_EQ(annotate(bytes("64 01020304 02000000 3100"), k01, kDown).fields[1].value, "67305985");
  const auto broadcast = bytes("42 01000000 00 02000000 3100 00112233445566778899aabbccddeeff 09");
  const auto fields = annotate(broadcast, k01, kDown).fields;
  ASSERT_EQ(fields.size(), 7u);
  EXPECT_EQ(fields[5].value, R"("00112233-4455-6677-8899-aabbccddeeff")");
  EXPECT_EQ(fields[6].value, "9");
}

// Whatever the bytes are: printable ASCII in lines of at most 100 columns.
TEST(Annotate, IsSafeToPrintForAnyBytes) {
  std::mt19937 random(1);
  constexpr std::string_view kOperations = "KUDSsTtVkEeXxPBdvCY*+-!SUd";
  for (int round = 0; round < 4000; ++round) {
    const std::size_t size = random() % 300;
    std::vector<std::byte> input;
    // An operation, an id, and a text that fits where the message has one next.
    input.push_back(static_cast<std::byte>(kOperations[random() % kOperations.size()]));
    input.insert(input.end(), random() % 2 == 0 ? 2 : 4, std::byte{0xff});
    const std::size_t length = random() % 2 == 0 ? size + 1 : random() % 400;
    input.push_back(static_cast<std::byte>(length & 0xff));
    input.push_back(static_cast<std::byte>(length >> 8));
    input.insert(input.end(), 2, std::byte{0});
    for (std::size_t i = 0; i < size; ++i) input.push_back(static_cast<std::byte>(random()));
    input.insert(input.end(), random() % 4, std::byte{0});
    for (const Revision revision : kRevisions) {
      for (const Direction direction : kDirections) {
        std::size_t columns = 0;
        for (const char c : to_text(annotate(input, revision, direction), input)) {
          ASSERT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f)) << to_hex(input);
          columns = c == '\n' ? 0 : columns + 1;
          ASSERT_LE(columns, 100u) << to_hex(input);
        }
        ASSERT_EQ(columns, 0u);
      }
    }
  }
}

}  // namespace
}  // namespace wsapi
