// SPDX-License-Identifier: Apache-2.0

// is_plain_json against nlohmann/json, which is the judge of everything that it does not recognise.

#include "harness/text/json_quick_check.h"

#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "harness/text/json_slices.h"

namespace wsapi {
namespace {

TEST(PlainJson, RecognisesValues) {
  for (const char* const text :
       {"null", "true", "false", "0", "-0", "12", "-1.50", "\"\"", "\"a b\"",
        R"("\"\\\/\b\f\n\r\t")", "{}", "[]", " { } ", "[ ]", "[1,2 , 3]",
        R"({"a":1,"b":{"c":[{},[],""]}})", " \t\r\n{\n \"a\" : [ true , null ] } \n"}) {
    EXPECT_TRUE(is_plain_json(text)) << text;
  }
}

TEST(PlainJson, RecognisesNothingElse) {
  using namespace std::string_view_literals;
  for (const std::string_view text : {""sv,         " "sv,
                                      "nul"sv,      "nulll"sv,
                                      "True"sv,     "\""sv,
                                      "\"\\"sv,     "\"\\x\""sv,
                                      "'a'"sv,      "a"sv,
                                      "+1"sv,       "-"sv,
                                      "01"sv,       "1."sv,
                                      ".5"sv,       "1 2"sv,
                                      "[1,]"sv,     "[,1]"sv,
                                      "[1 2]"sv,    "[1"sv,
                                      "]"sv,        "[}"sv,
                                      "{]"sv,       "{\"a\"}"sv,
                                      "{a:1}"sv,    "{1:2}"sv,
                                      "{\"a\":}"sv, "{\"a\":1,}"sv,
                                      "{,}"sv,      "{\"a\":1"sv,
                                      "[1]]"sv,     "\"\n\""sv,
                                      "\"\0\""sv,   "1\0"sv,
                                      "/**/1"sv,    "NaN"sv,
                                      "\0"sv,       "{\"a\":1 \"b\":2}"sv}) {
    EXPECT_FALSE(is_plain_json(text)) << text;
    EXPECT_FALSE(is_json(text)) << text;
  }
}

TEST(PlainJson, LeavesTheRestToTheParser) {
  const std::string deepest = std::string(64, '[') + std::string(64, ']');
  EXPECT_TRUE(is_plain_json(deepest));
  const std::string deeper = "[" + deepest + "]";
  const std::string longest(64, '1');
  EXPECT_TRUE(is_plain_json(longest));
  const std::string longer = longest + "1";
  for (const std::string& text : {std::string("1e3"), std::string("\"\xc3\xa4\""),
                                  std::string(R"("\u00e4")"), deeper, longer}) {
    EXPECT_FALSE(is_plain_json(text)) << text;
    EXPECT_TRUE(is_json(text)) << text;
  }
  for (const std::string& text :
       {std::string("1e999"), std::string("\"\xc3\""), std::string(R"("\ud800")"),
        std::string(257, '[') + std::string(257, ']')}) {
    EXPECT_FALSE(is_plain_json(text)) << text;
    EXPECT_FALSE(is_json(text)) << text;
  }
}

// Texts of random tokens: sometimes JSON, often nearly. With these tokens no text has an escape or
// a number that is left to the parser.
class RandomTexts {
 public:
  std::string next() {
    tokens_.clear();
    add_value(0);
    for (std::size_t i = pick(4); i > 0; --i) change_one();
    std::string text;
    for (const std::string_view token : tokens_) text += token;
    return text;
  }

 private:
  static constexpr std::array<std::string_view, 19> kTokens{
      "{", "}", "[", "]", ",",    ":",     "\"",   "\\", "\"a\"", "\"\\n\"",
      "1", "0", "-", ".", "true", "false", "null", " ",  "\n"};

  std::size_t pick(std::size_t count) { return random_() % count; }

  void add_value(int depth) {
    const std::size_t kind = depth < 4 ? pick(6) : 2 + pick(4);
    if (kind > 1) {
      static constexpr std::array<std::string_view, 4> kScalars{"\"a\"", "10", "-1.01", "null"};
      tokens_.push_back(kScalars[kind - 2]);
      return;
    }
    tokens_.push_back(kind == 0 ? "{" : "[");
    for (std::size_t i = pick(4); i > 0; --i) {
      if (kind == 0) tokens_.insert(tokens_.end(), {"\"k\"", ":"});
      add_value(depth + 1);
      if (i > 1) tokens_.push_back(",");
    }
    tokens_.push_back(kind == 0 ? "}" : "]");
  }

  void change_one() {
    const auto at = tokens_.begin() + static_cast<std::ptrdiff_t>(pick(tokens_.size()));
    switch (pick(3)) {
      case 0: *at = kTokens[pick(kTokens.size())]; break;
      case 1: tokens_.insert(at, kTokens[pick(kTokens.size())]); break;
      default:
        if (tokens_.size() > 1) tokens_.erase(at);
    }
  }

  std::mt19937 random_{1};
  std::vector<std::string_view> tokens_;
};

TEST(PlainJson, AgreesWithTheParser) {
  RandomTexts texts;
  int json_count = 0;
  constexpr int kCount = 20'000;
  for (int i = 0; i < kCount; ++i) {
    const std::string text = texts.next();
    const bool expected = nlohmann::json::accept(text);
    ASSERT_EQ(is_plain_json(text), expected) << text;
    json_count += expected ? 1 : 0;
  }
  EXPECT_GT(json_count, kCount / 10);
  EXPECT_LT(json_count, kCount * 9 / 10);
}

}  // namespace
}  // namespace wsapi
