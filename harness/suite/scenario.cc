// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/scenario.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "codec/hex.h"
#include "harness/suite/json_bytes.h"
#include "harness/suite/script.h"
#include "harness/suite/vectors.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;

std::vector<Step> read_steps(const Json& json);

FrameShape read_shape(const Json& step) {
  FrameShape shape;
  if (step.contains("mask")) {
    const std::vector<std::byte> key = hex_of(step.at("mask"));
    shape.mask.emplace();
    std::ranges::copy_n(key.begin(), static_cast<std::ptrdiff_t>(shape.mask->size()),
                        shape.mask->begin());
  }
  shape.fragments = step.value("fragments", std::vector<std::size_t>{});
  shape.piece_size = step.value("piece_size", std::size_t{0});
  return shape;
}

std::vector<Pattern> read_patterns(const Json& json) { return {json.begin(), json.end()}; }

Barrier read_barrier(const Json& json) {
  Barrier barrier;
  if (json.is_object()) barrier.allowed = read_patterns(json.value("allow", Json::array()));
  return barrier;
}

ExpectClose read_expect_close(const Json& json) {
  ExpectClose close;
  if (!json.is_object()) return close;
  close.allowed = read_patterns(json.value("allow", Json::array()));
  close.codes = json.value("codes", std::vector<std::uint16_t>{});
  close.code_required = json.value("code_required", false);
  return close;
}

// The keys that say what a step does, each with its reader.
using ActionReader = decltype(Step::action) (*)(const Json& value, const Json& step);

const std::map<std::string_view, ActionReader>& readers() {
  using Action = decltype(Step::action);
  using How = EndOurSide::How;
  static const std::map<std::string_view, ActionReader> kReaders{
      {"send",
       [](const Json& v, const Json& s) -> Action {
         return SendMessage{v, read_shape(s)};
       }},
      {"send_payload",
       [](const Json& v, const Json& s) -> Action {
         return SendPayload{wire_bytes_of(v), read_shape(s)};
       }},
      {"send_stream",
       [](const Json& v, const Json&) -> Action { return SendStream{wire_bytes_of(v)}; }},
      {"expect",
       [](const Json& v, const Json&) -> Action {
         return Expect{Expect::Mode::kAll, {v}};
       }},
      {"expect_all",
       [](const Json& v, const Json&) -> Action {
         return Expect{Expect::Mode::kAll, read_patterns(v)};
       }},
      {"expect_one_of",
       [](const Json& v, const Json&) -> Action {
         return Expect{Expect::Mode::kOneOf, read_patterns(v)};
       }},
      {"barrier", [](const Json& v, const Json&) -> Action { return read_barrier(v); }},
      {"expect_close", [](const Json& v, const Json&) -> Action { return read_expect_close(v); }},
      {"connect",
       [](const Json& v, const Json&) -> Action { return Connect{.negotiate = v == "negotiate"}; }},
      {"close", [](const Json&, const Json&) -> Action { return EndOurSide{How::kClose}; }},
      {"reset", [](const Json&, const Json&) -> Action { return EndOurSide{How::kReset}; }},
      {"shutdown", [](const Json&, const Json&) -> Action { return EndOurSide{How::kShutdown}; }},
      {"repeat",
       [](const Json& v, const Json& s) -> Action {
         return Repeat{v.get<std::size_t>(), s.value("counter", ""), read_steps(s.at("steps"))};
       }},
  };
  return kReaders;
}

Step read_step(const Json& json) {
  Step step;
  step.connection = json.value("on", "main");
  for (const auto& [key, value] : json.items()) {
    if (const auto reader = readers().find(key); reader != readers().end()) {
      step.action = reader->second(value, json);
    }
  }
  return step;
}

std::vector<Step> read_steps(const Json& json) {
  std::vector<Step> steps;
  for (const Json& step : json) steps.push_back(read_step(step));
  return steps;
}

Level read_level(const std::string& text) {
  for (const Level level : {Level::kMust, Level::kShould, Level::kRobustness}) {
    if (name(level) == text) return level;
  }
  return Level::kMust;
}

TestCase read_case(const Json& json) {
  TestCase out;
  out.id = case_id(out.role, json.at("id").get<std::string>());
  out.purpose = json.at("purpose").get<std::string>();
  out.clause = json.at("clause").get<std::string>();
  out.level = read_level(json.at("level").get<std::string>());
  out.revisions = revisions_of(json.at("revisions"));
  out.requirements = json.value("requirements", std::vector<std::string>{});
  std::ranges::sort(out.requirements);
  out.disturbs = json.value("disturbs", false);
  out.script = script_of(read_steps(json.at("steps")));
  return out;
}

}  // namespace

std::vector<TestCase> read_scenarios(const Json& file) {
  std::vector<TestCase> cases;
  for (const Json& scenario : file.at("scenarios")) cases.push_back(read_case(scenario));
  return cases;
}

std::vector<TestCase> load_scenarios(const std::filesystem::path& folder,
                                     std::vector<FileError>& errors) {
  std::vector<TestCase> cases;
  const JsonSchema schema(folder / "schema" / "scenarios.schema.json", errors);
  for (const auto& path : json_files(folder / "scenarios", errors)) {
    const Json file = read_json_file(path, errors);
    if (file.is_null() || !schema.check(file, path.string(), errors)) continue;
    std::ranges::move(read_scenarios(file), std::back_inserter(cases));
  }
  return cases;
}

}  // namespace wsapi
