// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/message_words.h"

#include <gtest/gtest.h>

#include <string>

#include "codec/hex.h"

namespace wsapi {
namespace {

std::string of_server(std::string_view hex, Revision revision = Revision::k2020_01) {
  return words_of(from_hex(hex).value(), revision, Direction::kToClient);
}

TEST(MessageWordsTest, NameKindNumberAndWhatItIsAbout) {
  const std::string object = "05000000 6e756c6c00";
  EXPECT_EQ(of_server("6b 0914 00000000 00000000" + object), "REPLY 5129 without an error");
  EXPECT_EQ(of_server("6b 0100 02000000 7800 00000000" + object), "REPLY 1 with error x");
  EXPECT_EQ(of_server("45 0300 04000000 65767400"), "EVENT CREATE 3 \"evt\"");
  EXPECT_EQ(of_server("76 01"), "VERSION SET 1");
  EXPECT_EQ(of_server("76 01 ff"), "VERSION SET 1 followed by 1 more byte");
  EXPECT_EQ(of_server("59 01000000 00000000 00000000" + object, Revision::kLegacy),
            "REPLY 1 without an error");
}

TEST(MessageWordsTest, SayWhatIsWrong) {
  EXPECT_EQ(of_server(""), "an empty message");
  EXPECT_EQ(of_server("6b"), "REPLY (malformed: truncated at offset 1 in field call_id)");
  EXPECT_EQ(of_server("6b 0100 ff"), "REPLY 1 (malformed: truncated at offset 3 in field error)");
  EXPECT_EQ(of_server("00"), "a message of unknown operation 0x00");
  EXPECT_EQ(of_server("44 0100"), "DESCRIBE 1 (of the other direction)");
  EXPECT_EQ(of_server("44"), "DESCRIBE (of the other direction, malformed)");
}

TEST(MessageWordsTest, OfPatternsWhatTheySay) {
  EXPECT_EQ(words_of({{"message", "reply"}, {"call_id", 1}}), "REPLY 1");
  EXPECT_EQ(words_of({{"message", "reply"}, {"call_id", "$id"}, {"error", nullptr}}),
            "REPLY without an error");
  EXPECT_EQ(words_of({{"message", "reply"}, {"error", {{"present", true}}}}),
            "REPLY with an error");
  EXPECT_EQ(words_of({{"pong", nullptr}}), "a PONG");
  EXPECT_EQ(words_of({{"pong", "6162"}}), "a PONG with payload 6162");
  EXPECT_EQ(words_of({{"message", "nonsense"}}), "a message");
}

TEST(MessageWordsTest, ArePrintableAndShort) {
  const std::string words =
      words_of({{"message", "call"}, {"call_id", 1}, {"verb", std::string(5000, '\n')}});
  EXPECT_LT(words.size(), 100U);
  EXPECT_EQ(words.find('\n'), std::string::npos);
}

TEST(MessageWordsTest, APatternIsDescribedWithItsVariables) {
  EXPECT_EQ(describe_pattern({{"message", "reply"}, {"call_id", "$id"}}, {{"$id", 7}}),
            "REPLY 7: {\"call_id\":7,\"message\":\"reply\"}\n");
}

}  // namespace
}  // namespace wsapi
