// SPDX-License-Identifier: Apache-2.0

#include "harness/result/reason.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace wsapi {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ReasonTest, NamesAreKebabCaseAndDifferentAndCanBeRead) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kReasonCodeCount; ++i) {
    const auto code = static_cast<ReasonCode>(i);
    const std::string_view text = name(code);
    EXPECT_TRUE(names.insert(text).second) << text;
    EXPECT_TRUE(std::ranges::all_of(text, [](char c) {
      return (c >= 'a' && c <= 'z') || c == '-';
    })) << text;
    EXPECT_EQ(parse_reason_code(text), code);
  }
  EXPECT_EQ(parse_reason_code(""), std::nullopt);
  EXPECT_EQ(parse_reason_code("Not-Closed"), std::nullopt);
}

TEST(ReasonTest, TheSentenceHasThePartsThatAreThere) {
  Reason reason{ReasonCode::kExpectedMessageMissing, {{"came", "a PONG"}, {"required", "REPLY 1"}}};
  EXPECT_EQ(to_text(reason), "REPLY 1 was expected; a PONG came");
  reason.parts["connection"] = "b";
  EXPECT_EQ(to_text(reason), "REPLY 1 was expected on connection b; a PONG came");
  reason.parts["sent"] = "CALL 1";
  reason.parts["phase"] = "liveness check";
  reason.parts["others"] = "while `slow` is closed";
  EXPECT_EQ(to_text(reason),
            "liveness check: REPLY 1 was expected after CALL 1 on connection b; a PONG came, while "
            "`slow` is closed");
  EXPECT_EQ(to_text({ReasonCode::kIutUnresponsive, {{"connections", "8"}}}),
            "the implementation under test answered nothing on 8 connections in a row");
  EXPECT_EQ(to_text({ReasonCode::kCannotConnect, {{"detail", "no"}}}), "no");
  EXPECT_EQ(to_text({}), "");
}

TEST(ReasonTest, AMissingPartIsSeen) {
  EXPECT_EQ(to_text({ReasonCode::kInterrupted, {}}), "interrupted by {signal}");
}

TEST(ReasonTest, TextInPartsIsNotReadAsASentence) {
  EXPECT_EQ(to_text({ReasonCode::kInterrupted, {{"signal", "{signal}[x]"}}}),
            "interrupted by {signal}[x]");
}

TEST(ReasonTest, PartsOfACodeAreThoseOfItsSentence) {
  const std::vector<ReasonPart> parts = parts_of(ReasonCode::kNotClosed);
  std::vector<std::string> names;
  for (const ReasonPart& part : parts) {
    names.emplace_back(part.name);
    EXPECT_EQ(part.required, part.name == "came") << part.name;
  }
  EXPECT_EQ(names, (std::vector<std::string>{"phase", "sent", "connection", "came", "others",
                                             "afterwards"}));
  EXPECT_TRUE(parts_of(ReasonCode::kNone).empty());
}

TEST(ReasonTest, EverySentenceIsWholeWithItsParts) {
  for (std::size_t i = 1; i < kReasonCodeCount; ++i) {
    Reason reason{static_cast<ReasonCode>(i), {}};
    for (const ReasonPart& part : parts_of(reason.code)) {
      reason.parts.emplace(part.name, "<" + std::string{part.name} + ">");
    }
    const std::string text = to_text(reason);
    EXPECT_FALSE(text.empty());
    for (const char* const mark : {"{", "}", "[", "]"}) EXPECT_THAT(text, Not(HasSubstr(mark)));
    for (const auto& [part, value] : reason.parts) EXPECT_THAT(text, HasSubstr(value));
  }
}

TEST(ReasonTest, TheSchemasListEveryCode) {
  for (const char* const schema : {"run-report", "run-records"}) {
    std::ifstream file(std::string{WSAPI_SOURCE_VECTORS_DIR "/schema/"} + schema + ".schema.json");
    const auto json = nlohmann::json::parse(file);
    std::vector<std::string> codes;
    for (std::size_t i = 0; i < kReasonCodeCount; ++i) {
      codes.emplace_back(name(static_cast<ReasonCode>(i)));
    }
    EXPECT_EQ(json.at("$defs").at("code").at("enum"), nlohmann::json(codes)) << schema;
  }
}

}  // namespace
}  // namespace wsapi
