// SPDX-License-Identifier: Apache-2.0

// The table of the procedures against the schema of the scenarios and their page, and how steps
// that name one are read.

#include "harness/suite/procedure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "harness/suite/scenario.h"
#include "harness/suite/script.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using Type = ProcedureParameter::Type;

std::string source_of(const std::string& file) {
  std::ifstream in(std::string{WSAPI_SOURCE_VECTORS_DIR} + "/" + file);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool is_required(const ProcedureParameter& parameter) {
  return std::holds_alternative<std::monostate>(parameter.value_if_absent);
}

Json schema_of(const ProcedureParameter& parameter) {
  switch (parameter.type) {
    case Type::kNumber:
      return {{"type", "integer"}, {"minimum", parameter.min}, {"maximum", parameter.max}};
    case Type::kChoice: return {{"enum", parameter.choices}};
    case Type::kText: return {{"$ref", "#/$defs/procedureOf"}};
    case Type::kOctets: return {{"$ref", "#/$defs/bytes"}};
  }
  return {};
}

TEST(ProcedureTableTest, IsThatOfTheSchema) {
  const Json schema = Json::parse(source_of("schema/scenarios.schema.json"));
  std::vector<std::string> names;
  for (const ProcedureInfo& info : procedures()) {
    names.emplace_back(info.name);
    const Json& one = schema["$defs"]["procedures"]["$defs"].at(names.back());
    Json properties = Json::object();
    std::set<std::string> required;
    for (const ProcedureParameter& parameter : info.parameters) {
      properties[std::string{parameter.name}] = schema_of(parameter);
      if (is_required(parameter)) required.emplace(parameter.name);
    }
    EXPECT_EQ(one["properties"], properties) << info.name;
    EXPECT_EQ(one["required"].get<std::set<std::string>>(), required) << info.name;
    EXPECT_EQ(one["additionalProperties"], false);
  }
  EXPECT_EQ(schema["$defs"]["step"]["properties"]["procedure"]["enum"], Json(names));
  EXPECT_EQ(schema["$defs"]["procedures"]["$defs"].size(), names.size());
  EXPECT_EQ(schema["$defs"]["procedureOf"]["pattern"], "^[ -~]{3,80}$");
}

TEST(ProcedureTableTest, IsThatOfThePage) {
  const std::string page = source_of("scenarios/README.md");
  for (const ProcedureInfo& info : procedures()) {
    const std::size_t at = page.find("\n| `" + std::string{info.name} + "` |");
    ASSERT_NE(at, std::string::npos) << info.name;
    const std::string row = page.substr(at + 1, page.find('\n', at + 1) - at - 1);
    const std::string last_column = row.substr(row.rfind(" | "));
    std::size_t next = 0;
    for (const ProcedureParameter& parameter : info.parameters) {
      next = last_column.find("`" + std::string{parameter.name} + "`", next);
      EXPECT_NE(next, std::string::npos) << info.name << ": " << parameter.name;
    }
  }
}

class ProcedureStepTest : public testing::Test {
 protected:
  std::vector<TestCase> read(const Json& step) {
    errors_.clear();
    Json file{{"$schema", "../schema/scenarios.schema.json"},
              {"kind", "scenarios"},
              {"about", "What the file is about."},
              {"scenarios",
               {{{"id", "resources/some-case"},
                 {"purpose", "A purpose of some length."},
                 {"clause", "classes-no-harm"},
                 {"level", "must"},
                 {"revisions", {"2020-01"}},
                 {"requirements", {"watch", "watch:memory", "stress"}},
                 {"alone", true},
                 {"steps", Json::array({step})}}}}};
    return read_scenarios(file, "a.json", errors_);
  }
  std::string error_of(const Json& step) {
    EXPECT_TRUE(read(step).empty());
    std::string out;
    for (const FileError& error : errors_) out += to_string(error) + "\n";
    return out;
  }

  const Json with_{{"of", "a thing"}, {"stream", "82 00"}, {"batch", 5U}, {"limit", 7U}};
  std::vector<FileError> errors_;
};

TEST_F(ProcedureStepTest, IsReadAndToldInASentence) {
  const auto cases = read({{"procedure", "memory-per-connection"}, {"with", with_}});
  ASSERT_EQ(cases.size(), 1U) << (errors_.empty() ? "" : to_string(errors_[0]));
  const auto& procedure = std::get<Procedure>(steps_of(cases[0]).at(0).action);
  EXPECT_EQ(procedure.text("of"), "a thing");
  EXPECT_EQ(procedure.number("batch"), 5U);
  EXPECT_EQ(procedure.octets("stream").size(), 2U);
  EXPECT_EQ(procedure.text("opening"), "negotiate");
  EXPECT_EQ(procedure.text("ending"), "close");
  EXPECT_THAT(sentence_of(steps_of(cases[0]).at(0)),
              HasSubstr("(of a thing, opening negotiate, stream 2 octets: 82 00, ending close, "
                        "batch 5, limit 7)"));
  EXPECT_THAT(cases[0].requirements, ElementsAre("stress", "watch", "watch:memory"));
  EXPECT_TRUE(cases[0].wants_fresh_process);
}

TEST_F(ProcedureStepTest, OnlyWhatMeasuresGrowthWantsAFreshProcess) {
  const Json with{{"of", "a thing"}, {"stream", "82 00"}, {"count", 5U}};
  const auto cases = read({{"procedure", "left-over"}, {"with", with}});
  ASSERT_EQ(cases.size(), 1U) << (errors_.empty() ? "" : to_string(errors_[0]));
  EXPECT_FALSE(cases[0].wants_fresh_process);
}

TEST_F(ProcedureStepTest, OctetsMayBeLeftOut) {
  Json with = with_;
  with.erase("stream");
  const auto cases = read({{"procedure", "memory-per-connection"}, {"with", with}});
  ASSERT_EQ(cases.size(), 1U) << (errors_.empty() ? "" : to_string(errors_[0]));
  const auto& procedure = std::get<Procedure>(steps_of(cases[0]).at(0).action);
  EXPECT_EQ(procedure.octets("stream").size(), 0U);
  EXPECT_THAT(sentence_of(procedure), HasSubstr("stream 0 octets,"));
}

TEST_F(ProcedureStepTest, MistakesAreReportedWithTheirPlace) {
  EXPECT_THAT(error_of({{"procedure", "no-such"}, {"with", with_}}),
              testing::AllOf(HasSubstr("a.json"), HasSubstr("/scenarios/0/steps/0/procedure"),
                             HasSubstr("one of memory-per-message, ")));
  EXPECT_THAT(error_of({{"procedure", "memory-per-message"}}),
              HasSubstr("needs the parameter 'limit'"));
  EXPECT_THAT(error_of({{"procedure", "memory-per-message"}, {"on", "b"}, {"with", with_}}),
              HasSubstr("'on' is not known here"));
  EXPECT_THAT(error_of({{"barrier", true}, {"with", with_}}), HasSubstr("'with' is not known"));

  const auto error_with = [&](const std::string& name, const Json& value) {
    Json with = with_;
    with[name] = value;
    return error_of({{"procedure", "memory-per-connection"}, {"with", with}});
  };
  EXPECT_THAT(error_with("color", 1),
              testing::AllOf(HasSubstr("steps/0/with"), HasSubstr("'color' is not known here")));
  EXPECT_THAT(error_with("batch", 0U),
              HasSubstr("/scenarios/0/steps/0/with/batch: a whole number from 1 to 20000"));
  EXPECT_THAT(error_with("batch", "5"), HasSubstr("with/batch"));
  EXPECT_THAT(error_with("opening", "loudly"), HasSubstr("one of negotiate, only"));
  EXPECT_THAT(error_with("of", "x"), HasSubstr("3 to 80 printable bytes"));
  EXPECT_THAT(error_with("of", "x\ny z"), HasSubstr("3 to 80 printable bytes"));
  EXPECT_THAT(error_with("stream", 5), HasSubstr("with/stream"));
}

}  // namespace
}  // namespace wsapi
