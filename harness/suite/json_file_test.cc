// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/json_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace wsapi {
namespace {

using testing::HasSubstr;

std::string error_of(const std::string& text) {
  std::vector<FileError> errors;
  EXPECT_TRUE(parse_json_file(text, "a.json", errors).is_null());
  EXPECT_EQ(errors.size(), 1U);
  return errors.empty() ? "" : to_string(errors.front());
}

TEST(JsonFile, ErrorsNameFileAndPlace) {
  EXPECT_THAT(error_of("{\n  x"), HasSubstr("a.json: line 2, column 3: not JSON: "));
  EXPECT_THAT(error_of("null"), HasSubstr("a.json: /: null; an object is expected"));
  EXPECT_THAT(error_of(R"({"a":")" + std::string(5000, 'x') + "\"}"), HasSubstr("a.json: /a: "));
}

TEST(JsonFile, NumberBeyondDouble) {
  EXPECT_THAT(error_of(R"({"a":1e999})"), HasSubstr("a.json: /a: a number that is too large"));
}

TEST(JsonFile, AMemberThatStandsTwiceIsAnError) {
  EXPECT_THAT(error_of(R"({"a":1,"a":2})"),
              HasSubstr("a.json: /a: a member of that name stands before it already"));
  EXPECT_THAT(error_of(R"({"x":[{"b":1},{"a":{},"b":1,"a":2}]})"), HasSubstr("a.json: /x/1/a: "));
  std::vector<FileError> errors;
  EXPECT_EQ(parse_json_file(R"({"a":{"b":1},"b":[{"b":2},{"b":3}]})", "a.json", errors).size(), 2U);
  EXPECT_TRUE(errors.empty());
}

TEST(JsonFile, NestingHasABound) {
  EXPECT_THAT(error_of(std::string(65, '[') + std::string(65, ']')),
              HasSubstr("nested more than 64"));
}

}  // namespace
}  // namespace wsapi
