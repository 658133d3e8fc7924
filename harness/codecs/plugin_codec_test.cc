// SPDX-License-Identifier: Apache-2.0

#include "harness/codecs/plugin_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <utility>

#include "codec/test_bytes.h"

namespace wsapi {
namespace {

using testing::HasSubstr;

std::string load_error(const std::string& path) {
  auto loaded = PluginCodec::load(path);
  const auto* const error = std::get_if<std::string>(&loaded);
  return error == nullptr ? "" : *error;
}

PluginCodec load(const std::string& path) {
  auto loaded = PluginCodec::load(path);
  const auto* const error = std::get_if<std::string>(&loaded);
  EXPECT_EQ(error, nullptr) << *error;
  return std::get<PluginCodec>(std::move(loaded));
}

DecodeAnswer decode(const PluginCodec& codec, std::string_view hex) {
  return codec.decode(bytes(hex), Revision::k2020_03, Direction::kToClient);
}

// Of the EVENT REMOVE that test_plugin.c does this with.
std::string decode_fault(const PluginCodec& codec, std::string_view id) {
  const auto answer = decode(codec, "65 " + std::string(id) + "00");
  EXPECT_EQ(answer.outcome, CodecOutcome::kFault) << id << ": " << answer.json;
  EXPECT_EQ(answer.json, "") << "nothing that the plugin wrote is used";
  return answer.why;
}

EncodeAnswer encode(const PluginCodec& codec, int id) {
  return codec.encode(R"({"message":"event-remove","event_id":)" + std::to_string(id) + "}",
                      Revision::k2020_03);
}

TEST(PluginCodecTest, ErrorsOfLoading) {
  EXPECT_THAT(load_error(""), HasSubstr("no name"));
  EXPECT_THAT(load_error("/nowhere/plugin.so"), HasSubstr("/nowhere/plugin.so"));
  EXPECT_THAT(load_error(__FILE__), HasSubstr("cannot be loaded"));
  EXPECT_THAT(load_error(WSAPI_EMPTY_PLUGIN), HasSubstr("no function wsapi_plugin_version"));
  EXPECT_THAT(load_error(WSAPI_EMPTY_PLUGIN), HasSubstr("harness/codecs/codec_plugin.h"));
  EXPECT_THAT(load_error(WSAPI_OTHER_VERSION_PLUGIN), HasSubstr("version 99; expected 1"));
  EXPECT_THAT(load_error(WSAPI_THROWING_VERSION_PLUGIN), HasSubstr("throws an exception"));
}

TEST(PluginCodecTest, ARelativePathIsThatOfAFile) {
  const std::filesystem::path path(WSAPI_TEST_PLUGIN);
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(path.parent_path());
  EXPECT_EQ(load_error(path.filename()), "");
  std::filesystem::current_path(before);
}

TEST(PluginCodecTest, RightAnswers) {
  const PluginCodec codec = load(WSAPI_TEST_PLUGIN);
  EXPECT_THAT(std::string(codec.name()), HasSubstr("test_plugin.so"));
  EXPECT_FALSE(codec.is_exact());
  const auto right = decode(codec, "65 1300");
  EXPECT_EQ(right.outcome, CodecOutcome::kDone);
  EXPECT_EQ(right.json, R"({"event_id" : 19, "message" : "event-remove"})");
  EXPECT_FALSE(right.size) << "plugins do not count bytes";
  EXPECT_EQ(decode(codec, "65 1200").json.size(), 256U) << "as large as the buffer";
  EXPECT_EQ(decode(codec, "65 1400").outcome, CodecOutcome::kRefused);
  EXPECT_EQ(decode(codec, "65 0800").outcome, CodecOutcome::kUnsupported);
  EXPECT_EQ(decode(codec, "").outcome, CodecOutcome::kRefused);
  EXPECT_EQ(encode(codec, 19).bytes, bytes("65 1300"));
  EXPECT_EQ(encode(codec, 20).outcome, CodecOutcome::kRefused);
  EXPECT_EQ(codec.encode("{}", Revision::kLegacy).outcome, CodecOutcome::kUnsupported);
}

TEST(PluginCodecTest, EachFaultOfDecodeIsSaid) {
  const PluginCodec codec = load(WSAPI_TEST_PLUGIN);
  EXPECT_THAT(decode_fault(codec, "05"), HasSubstr("gives no flat JSON object"));
  EXPECT_THAT(decode_fault(codec, "06"), HasSubstr("wsapi_plugin_decode returns 7"));
  EXPECT_THAT(decode_fault(codec, "11"), HasSubstr("returns -1"));
  EXPECT_THAT(decode_fault(codec, "07"), HasSubstr("257 bytes, with a capacity of 256"));
  EXPECT_THAT(decode_fault(codec, "09"), HasSubstr("no size, with a capacity of 256"));
  EXPECT_THAT(decode_fault(codec, "0a"), HasSubstr("asks for 256 bytes"));
  EXPECT_THAT(decode_fault(codec, "0b"), HasSubstr("asks for 67108865 bytes"));
  EXPECT_THAT(decode_fault(codec, "0c"), HasSubstr("too small that it has asked for"));
  EXPECT_THAT(decode_fault(codec, "0e"), HasSubstr("changes its input"));
  EXPECT_THAT(decode_fault(codec, "0f"), HasSubstr("json-duplicate-field"));
  EXPECT_THAT(decode_fault(codec, "10"), HasSubstr("gives no flat JSON object"));
}

TEST(PluginCodecTest, EachFaultOfEncodeIsSaid) {
  const PluginCodec codec = load(WSAPI_TEST_PLUGIN);
  const auto fault = [&](int id) {
    const auto answer = encode(codec, id);
    EXPECT_EQ(answer.outcome, CodecOutcome::kFault) << id;
    EXPECT_TRUE(answer.bytes.empty());
    return answer.why;
  };
  EXPECT_THAT(fault(6), HasSubstr("wsapi_plugin_encode returns 7"));
  EXPECT_THAT(fault(7), HasSubstr("size above the capacity"));
  EXPECT_THAT(fault(9), HasSubstr("no size"));
  EXPECT_THAT(fault(11), HasSubstr("asks for 67108865 bytes"));
  EXPECT_THAT(fault(14), HasSubstr("changes its input"));
}

TEST(PluginCodecTest, WritingBeyondTheBufferIsSeen) {
  if (kPluginGuardSize == 0) GTEST_SKIP() << "AddressSanitizer sees that";
  const PluginCodec codec = load(WSAPI_TEST_PLUGIN);
  EXPECT_THAT(decode_fault(codec, "0d"), HasSubstr("writes beyond the capacity"));
  EXPECT_THAT(encode(codec, 13).why, HasSubstr("writes beyond the capacity"));
}

TEST(PluginCodecTest, ExceptionsEndInTheAnswer) {
  const PluginCodec codec = load(WSAPI_THROWING_PLUGIN);
  EXPECT_THAT(decode(codec, "65 1300").why, HasSubstr("throws an exception"));
  EXPECT_THAT(encode(codec, 19).why, HasSubstr("throws an exception"));
}

}  // namespace
}  // namespace wsapi
