// SPDX-License-Identifier: Apache-2.0

#include "fuzz/targets/differential.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "codec/hex.h"
#include "fuzz/models/simple_decoder.h"
#include "fuzz/models/simple_json.h"
#include "harness/codecs/plugin_codec.h"

namespace wsapi::fuzz {
namespace {

using testing::HasSubstr;

PluginCodec load(const std::string& path) {
  auto loaded = PluginCodec::load(path);
  const auto* const error = std::get_if<std::string>(&loaded);
  EXPECT_EQ(error, nullptr) << *error;
  return std::get<PluginCodec>(std::move(loaded));
}

// What a campaign groups by, and what people read; empty where there is no difference.
Difference compare(std::string_view hex, const CodecUnderTest& plugin) {
  return codec_difference(from_hex(hex).value(), Revision::k2020_03, Direction::kToClient, plugin)
      .value_or(Difference{});
}

// protocol section 3, "Worked examples"
TEST(SimpleDecoder, WorkedExamples) {
  const auto decode_hex = [](std::string_view hex, Direction direction) {
    std::vector<std::uint8_t> bytes;
    const auto input = from_hex(hex).value();
    for (const std::byte byte : input) {
      bytes.push_back(std::to_integer<std::uint8_t>(byte));
    }
    return simple_decode(bytes, Revision::k2020_03, direction).value_or("refused");
  };
  EXPECT_EQ(decode_hex("56 09144c17 01 01", Direction::kToServer),
            R"({"message":"version-offer","identifier":390861833,"versions":[1]})");
  EXPECT_EQ(decode_hex("4b 0100 05000000 70696e6700 0000 0000 05000000 6e756c6c00 00000000",
                       Direction::kToServer),
            R"({"message":"call","call_id":1,"verb":"ping","session_id":0,"token_id":0,)"
            R"("args":"null","credentials":null})");
  EXPECT_EQ(decode_hex("6b 0100 00000000 00000000 07000000 22706f6e672200", Direction::kToClient),
            R"({"message":"reply","call_id":1,"error":null,"info":null,"data":"\"pong\""})");
  EXPECT_EQ(decode_hex("45 0300 00000000", Direction::kToClient), "refused");
  EXPECT_EQ(decode_hex("45 0300 04000000 657674", Direction::kToClient), "refused");
}

TEST(SimpleJson, ValuesAndOthers) {
  for (const std::string_view text : {"null", " [1, -0.5e+3, {\"a\\u00e9\":[]}] ", "\"\"", "{}"}) {
    EXPECT_TRUE(is_simple_json(text)) << text;
  }
  for (const std::string_view text : {"", "nul", "[1,]", "{\"a\"}", "\"\\x\"", "1 2", "\"", "01"}) {
    EXPECT_FALSE(is_simple_json(text)) << text;
  }
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(is_simple_json(nested(kMaxObjectDepth)));
  EXPECT_FALSE(is_simple_json(nested(kMaxObjectDepth + 1)));
}

TEST(CodecDifference, RightOneMakesNoDifference) {
  const PluginCodec plugin = load(WSAPI_EXAMPLE_PLUGIN);
  for (const std::string_view hex :
       {"", "7601", "450300 00000000", "450300 04000000 65767400", "450300 04000000 65767400 ff",
        "6b0100 00000000 00000000 07000000 22706f6e672200", "500300 03000000 ff0000"}) {
    EXPECT_EQ(compare(hex, plugin).report, "");
  }
}

// Longer than the buffer that the first call has.
TEST(CodecDifference, LongAnswer) {
  const PluginCodec plugin = load(WSAPI_EXAMPLE_PLUGIN);
  std::string hex = "500300 01040000";
  for (int i = 0; i < 1024; ++i) hex += "41";
  EXPECT_EQ(compare(hex + "00", plugin).report, "");
}

TEST(CodecDifference, WrongOneIsReported) {
  const PluginCodec plugin = load(WSAPI_WRONG_PLUGIN);
  const Difference accepted = compare("450300 00000000", plugin);
  EXPECT_EQ(accepted.kind, "decode accepts what is no message, string-length-zero in event-create");
  EXPECT_THAT(accepted.report, HasSubstr("decode accepts what is no message"));
  EXPECT_THAT(accepted.report, HasSubstr("45030000000000"));
  EXPECT_THAT(accepted.report, HasSubstr("string-length-zero"));
  EXPECT_THAT(accepted.report, HasSubstr("event-create"));
  const Difference encoded = compare("7601", plugin);
  EXPECT_EQ(encoded.kind, "encode gives other bytes, version-set");
  EXPECT_THAT(encoded.report, HasSubstr("encode gives other bytes"));
  EXPECT_THAT(encoded.report, HasSubstr("7602"));
  EXPECT_EQ(compare("76ff", plugin).kind, encoded.kind);  // another input, the same fault
}

// Answers of harness/codecs/test_plugin.c: protocol section 7 allows them.
TEST(CodecDifference, WhatIsAcceptableIsNoDifference) {
  const PluginCodec plugin = load(WSAPI_TEST_PLUGIN);
  // A text that ends at its NUL, an object without text, what is not UTF-8, bytes after the end.
  for (const std::string_view hex : {"450300 04000000 65007400", "500300 05000000 6e756c6c00",
                                     "450300 02000000 ff00", "7601 00"}) {
    EXPECT_EQ(compare(hex, plugin).report, "");
  }
  // Refused without reason, another text, another number, no JSON, no code of the header.
  EXPECT_THAT(compare("7601", plugin).report, HasSubstr("decode refuses a message"));
  EXPECT_THAT(compare("450300 03000000 657600", plugin).report,
              HasSubstr("decode gives another message"));
  EXPECT_THAT(compare("650400", plugin).report, HasSubstr("decode gives another message"));
  EXPECT_THAT(compare("650500", plugin).report, HasSubstr("no flat JSON object"));
  EXPECT_THAT(compare("650600", plugin).report, HasSubstr("returns 7"));
  EXPECT_THAT(compare("650700", plugin).report, HasSubstr("size above the capacity"));
  EXPECT_EQ(compare("650800", plugin).report, "");  // unsupported
}

}  // namespace
}  // namespace wsapi::fuzz
