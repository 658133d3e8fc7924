// SPDX-License-Identifier: Apache-2.0

#include "codec/utf8.h"

#include <gtest/gtest.h>

#include <vector>

#include "codec/test_bytes.h"

namespace wsapi {
namespace {

std::string utf8(char32_t code_point) {
  std::string out;
  append_utf8(out, code_point);
  return out;
}

std::string json_string(std::string_view text) {
  std::string out = ">";
  append_json_string(out, text);
  return out.substr(1);
}

struct Sequence {
  std::string_view hex;
  char32_t code_point;
};

// The first and the last code point of each length, and beside the surrogates.
const std::vector<Sequence> kSequences = {
    {"00", 0},
    {"7f", 0x7F},
    {"c280", 0x80},
    {"dfbf", 0x7FF},
    {"e0a080", 0x800},
    {"ed9fbf", 0xD7FF},
    {"ee8080", 0xE000},
    {"efbfbf", 0xFFFF},
    {"f0908080", 0x10000},
    {"f48fbfbf", 0x10FFFF},
};

TEST(Utf8, ShortestFormsAreTakenAndWritten) {
  for (const auto& [hex, code_point] : kSequences) {
    SCOPED_TRACE(hex);
    const std::string text = text_of(hex) + "a";
    std::string_view rest = text;
    EXPECT_EQ(take_code_point(rest), code_point);
    EXPECT_EQ(rest, "a");
    EXPECT_EQ(to_hex(chars(utf8(code_point))), hex);
  }
}

TEST(Utf8, EveryScalarValueComesBack) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c == 0xD800) c = 0xE000;
    const std::string text = utf8(c);
    std::string_view rest = text;
    ASSERT_EQ(take_code_point(rest), c);
    ASSERT_TRUE(rest.empty());
  }
}

TEST(Utf8, EveryTruncatedSequenceIsRefusedAndLeftInPlace) {
  for (const auto& [hex, code_point] : kSequences) {
    const std::string whole = text_of(hex);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      for (const std::string& text : {whole.substr(0, size), whole.substr(0, size) + "abc"}) {
        if (text == "abc") continue;
        std::string_view rest = text;
        EXPECT_EQ(take_code_point(rest), std::nullopt) << hex << " cut to " << size;
        EXPECT_EQ(rest, text);
        EXPECT_EQ(is_utf8(text), text.empty());
      }
    }
  }
}

TEST(Utf8, WhatIsNoScalarValueInShortestFormIsRefused) {
  for (const std::string_view hex : {
           "80",         "bf",                                  // trail bytes without a lead
           "c080",       "c1bf",                                // U+0000 and U+007F in two bytes
           "e08080",     "e09fbf",                              // below U+0800 in three
           "f0808080",   "f08fbfbf",                            // below U+10000 in four
           "eda080",     "edafbf",       "edb080",   "edbfbf",  // surrogates
           "f4908080",   "f7bfbfbf",                            // above U+10FFFF
           "f888808080", "fc8480808080", "fe",       "ff",      // no lead bytes
           "c2c2",       "e0a0c0",       "f0908000",            // no trail bytes
       }) {
    const std::string text = text_of(hex);
    std::string_view rest = text;
    EXPECT_EQ(take_code_point(rest), std::nullopt) << hex;
    EXPECT_EQ(rest.size(), text.size()) << hex;
    EXPECT_FALSE(is_utf8(text)) << hex;
    EXPECT_FALSE(is_utf8("a" + text)) << hex;
  }
}

TEST(Utf8, TextsAreJudgedAsAWhole) {
  for (const std::string_view hex : {"", "61", "00", "6100c3a9", "f09f98807a"}) {
    EXPECT_TRUE(is_utf8(text_of(hex))) << hex;
  }
}

TEST(JsonString, IsAsciiWithAllElseEscaped) {
  const std::vector<std::pair<std::string_view, std::string_view>> rows = {
      {"", R"("")"},
      {"20617e", R"(" a~")"},
      {"22", R"("\"")"},
      {"5c", R"("\\")"},
      {"2f", R"("/")"},
      {"00", R"("\u0000")"},
      {"0a", R"("\u000a")"},
      {"1b5b", R"("\u001b[")"},
      {"1f", R"("\u001f")"},
      {"7f", R"("\u007f")"},
      {"c280", R"("\u0080")"},
      {"c3a9", R"("\u00e9")"},
      {"efbfbf", R"("\uffff")"},
      {"f0908080", R"("\ud800\udc00")"},
      {"f09f9880", R"("\ud83d\ude00")"},
      {"f48fbfbf", R"("\udbff\udfff")"},
      {"61ff62", R"("a\ufffdb")"},
      {"c3", R"("\ufffd")"},
      {"eda080", R"("\ufffd\ufffd\ufffd")"},
  };
  for (const auto& [hex, expected] : rows) EXPECT_EQ(json_string(text_of(hex)), expected) << hex;
}

}  // namespace
}  // namespace wsapi
