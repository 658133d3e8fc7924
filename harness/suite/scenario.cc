// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "harness/suite/features.h"
#include "harness/suite/json_bytes.h"
#include "harness/suite/message_form.h"
#include "harness/suite/requirements.h"
#include "harness/suite/script.h"
#include "harness/suite/vectors.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxScenarios = 1000;  // in one file
constexpr std::size_t kMaxSteps = 256;
constexpr std::size_t kMaxPatterns = 256;
constexpr std::size_t kMaxRepeat = 10'000;
constexpr std::size_t kMaxFragments = 4096;
constexpr std::size_t kMaxNesting = 8;  // of repeat

using Action = decltype(Step::action);

std::vector<Step> read_steps(const JsonPlace& place, std::size_t depth);

FrameShape read_shape(ObjectReader& in) {
  FrameShape shape;
  const auto read_size = [](const JsonPlace& p) {
    return static_cast<std::size_t>(read_number(p, 0, kMaxCount));
  };
  if (const auto mask = in.optional("mask", [](const JsonPlace& p) { return read_hex(p, 4, 4); })) {
    shape.mask.emplace();
    if (mask->size() == shape.mask->size()) std::ranges::copy(*mask, shape.mask->begin());
  }
  if (auto fragments = in.optional("fragments", [&](const JsonPlace& p) {
        return read_list(p, 1, kMaxFragments, read_size);
      })) {
    shape.fragments = std::move(*fragments);
  }
  shape.piece_size = in.optional("piece_size", [](const JsonPlace& p) {
                         return static_cast<std::size_t>(read_number(p, 1, kMaxCount));
                       }).value_or(0);
  return shape;
}

Json read_sent(const JsonPlace& place) {
  check_form(place, MessageForm::kSend);
  return std::move(place.json());
}

Pattern read_pattern(const JsonPlace& place) {
  check_form(place, MessageForm::kPattern);
  return std::move(place.json());
}

std::vector<Pattern> read_patterns(const JsonPlace& place) {
  return read_list(place, 1, kMaxPatterns, read_pattern);
}

Action read_barrier(const JsonPlace& place) {
  Barrier barrier;
  if (!place.json().is_object()) {
    (void)read_true(place);
    return barrier;
  }
  ObjectReader in(place);
  barrier.allowed = in.optional("allow", read_patterns).value_or(std::vector<Pattern>{});
  barrier.never = in.optional("never", read_patterns).value_or(std::vector<Pattern>{});
  barrier.may_close = in.optional("may_close", read_true).value_or(false);
  if (place.json().empty()) place.expected("true, or an object with members");
  in.finish();
  return barrier;
}

Action read_expect_close(const JsonPlace& place) {
  ExpectClose close;
  if (!place.json().is_object()) {
    (void)read_true(place);
    return close;
  }
  constexpr std::size_t kMaxCodes = 16;
  ObjectReader in(place);
  close.allowed = in.optional("allow", read_patterns).value_or(std::vector<Pattern>{});
  const auto read_codes = [](const JsonPlace& p) {
    return read_set(p, 1, kMaxCodes, [](const JsonPlace& item) {
      return static_cast<std::uint16_t>(read_number(item, 0, 0xffff));
    });
  };
  close.codes = in.optional("codes", read_codes).value_or(std::vector<std::uint16_t>{});
  close.may_tell = in.optional("may_tell", read_true).value_or(false);
  close.then_end = in.optional("then_end", read_true).value_or(false);
  close.code_required = in.optional("code_required", read_true).value_or(false);
  if (place.json().empty()) place.expected("true, or an object with members");
  in.finish();
  return close;
}

Action read_connect(const JsonPlace& place) {
  const std::string how = read_text(place);
  if (how != "negotiate" && how != "only") place.expected("one of negotiate, only");
  return Connect{.negotiate = how == "negotiate"};
}

template <EndOurSide::How how>
Action read_end(const JsonPlace& place) {
  (void)read_true(place);
  return EndOurSide{how};
}

std::string read_variable(const JsonPlace& place) {
  std::string name = read_text(place, 2);
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  if (!name.starts_with('$') || !std::ranges::all_of(name.substr(1), is_word)) {
    place.expected("a variable, $name");
  }
  return name;
}

std::string read_connection(const JsonPlace& place) {
  constexpr std::size_t kMaxSize = 32;
  std::string name = read_text(place, 1);
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '$' || c == '_';
  };
  if (name.size() > kMaxSize || !std::ranges::all_of(name, is_word)) {
    place.expected("the name of a connection, lower-case, variables allowed");
  }
  return name;
}

Let::Binding read_binding(const JsonPlace& place) {
  Let::Binding binding;
  if (place.json().is_null()) return binding;
  if (!place.json().is_object()) {
    binding.text = read_text(place);
    return binding;
  }
  ObjectReader in(place);
  binding.is_uuid = true;
  binding.text = in.required("uuid", [](const JsonPlace& p) { return read_text(p, 1); });
  in.finish();
  return binding;
}

Action read_let(const JsonPlace& place) {
  Let let;
  if (!place.json().is_object() || place.json().empty()) {
    place.expected("an object with a member for each variable");
    return let;
  }
  for (const auto& [name, value] : place.json().items()) {
    Json variable = name;
    Let::Binding& binding = let.bindings.emplace_back(read_binding(JsonPlace(place, name, value)));
    binding.variable = read_variable(JsonPlace(place, name, variable));
  }
  return let;
}

// The members that say what a step does, each with its reader; send, send_payload, procedure
// and repeat have options beside them.
using ActionReader = Action (*)(const JsonPlace& place);

const std::map<std::string_view, ActionReader>& readers() {
  using How = EndOurSide::How;
  static const std::map<std::string_view, ActionReader> kReaders{
      {"send",
       [](const JsonPlace& p) -> Action {
         return SendMessage{read_sent(p), {}};
       }},
      {"send_payload",
       [](const JsonPlace& p) -> Action {
         return SendPayload{read_wire_bytes(p), {}};
       }},
      {"send_stream", [](const JsonPlace& p) -> Action { return SendStream{read_wire_bytes(p)}; }},
      {"expect",
       [](const JsonPlace& p) -> Action {
         return Expect{Expect::Mode::kAll, {read_pattern(p)}};
       }},
      {"expect_all",
       [](const JsonPlace& p) -> Action {
         return Expect{Expect::Mode::kAll, read_patterns(p)};
       }},
      {"expect_one_of",
       [](const JsonPlace& p) -> Action {
         return Expect{Expect::Mode::kOneOf, read_patterns(p)};
       }},
      {"barrier", read_barrier},
      {"expect_close", read_expect_close},
      {"connect", read_connect},
      {"close", read_end<How::kClose>},
      {"reset", read_end<How::kReset>},
      {"shutdown", read_end<How::kShutdown>},
      {"let", read_let},
      {"procedure",
       [](const JsonPlace& p) -> Action {
         const ProcedureInfo* const info = read_procedure_name(p);
         return Procedure{info == nullptr ? "" : std::string{info->name}, {}};
       }},
      {"repeat",
       [](const JsonPlace& p) -> Action {
         return Repeat{static_cast<std::size_t>(read_number(p, 1, kMaxRepeat)), "", {}};
       }},
  };
  return kReaders;
}

void read_repeat(ObjectReader& in, Repeat& repeat, std::size_t depth) {
  if (depth == kMaxNesting) {
    in.place().error(fmt::format("repeats nested more than {} deep", kMaxNesting));
    return;
  }
  repeat.counter = in.optional("counter", read_variable).value_or("");
  constexpr std::size_t kMaxFrom = 0xffff;
  const auto read_from = [](const JsonPlace& p) { return read_number(p, 1, kMaxFrom); };
  if (!repeat.counter.empty()) repeat.from = in.optional("from", read_from).value_or(0);
  repeat.steps = in.required("steps", [&](const JsonPlace& p) { return read_steps(p, depth + 1); });
}

void read_parameters(ObjectReader& in, Procedure& procedure) {
  const auto info = std::ranges::find(procedures(), procedure.name, &ProcedureInfo::name);
  const bool is_known = info != procedures().end();  // else reported
  const auto read = [&](const JsonPlace& p) {
    if (is_known) read_procedure_parameters(p, *info, procedure);
    return true;
  };
  if (!in.optional("with", read) && is_known) fill_in_absent(in.place(), *info, procedure);
}

Step read_step(const JsonPlace& place, std::size_t depth) {
  Step step;
  ObjectReader in(place);
  std::size_t actions = 0;
  for (const auto& [key, reader] : readers()) {
    if (!in.has(key)) continue;
    if (++actions == 1) step.action = in.required(key, reader);
  }
  if (actions != 1) {
    place.error(fmt::format("a step has exactly one action; {} stand here", actions));
    return step;
  }
  if (auto* const repeat = std::get_if<Repeat>(&step.action)) {
    read_repeat(in, *repeat, depth);
  } else if (auto* const procedure = std::get_if<Procedure>(&step.action)) {
    read_parameters(in, *procedure);
  } else if (!std::holds_alternative<Let>(step.action)) {
    step.connection = in.optional("on", read_connection).value_or("main");
  }
  if (auto* const send = std::get_if<SendMessage>(&step.action)) {
    send->frame = read_shape(in);
    send->cut = in.optional("cut", [](const JsonPlace& p) {
                    return static_cast<std::size_t>(read_number(p, 1, kMaxCount));
                  }).value_or(0);
  }
  if (auto* const expect = std::get_if<Expect>(&step.action)) {
    expect->allowed = in.optional("allow", read_patterns).value_or(std::vector<Pattern>{});
  }
  if (auto* const send = std::get_if<SendPayload>(&step.action)) send->frame = read_shape(in);
  in.finish();
  return step;
}

std::vector<Step> read_steps(const JsonPlace& place, std::size_t depth) {
  return read_list(place, 1, kMaxSteps,
                   [&](const JsonPlace& step) { return read_step(step, depth); });
}

std::string read_requirement(const JsonPlace& place) {
  std::string text = read_text(place);
  if (!is_requirement(text)) place.expected("a requirement, such as verb:echo");
  return text;
}

std::vector<std::string> read_requirements(const JsonPlace& place) {
  auto requirements =
      read_set(place, 1, kTestApiVerbs.size() + kOtherRequirements.size(), read_requirement);
  std::ranges::sort(requirements);
  return requirements;
}

std::string read_feature(const JsonPlace& place) {
  std::string name = read_text(place);
  if (find_feature(name) == nullptr) place.expected("a feature, such as fragmentation");
  return name;
}

TestCase read_case(const JsonPlace& place) {
  TestCase out;
  ObjectReader in(place);
  out.id = case_id(out.role, in.required("id", read_id));
  out.purpose = in.required("purpose", read_sentence);
  out.clause = in.required("clause", read_clause);
  out.level = in.required("level", [](const JsonPlace& p) { return read_enum<Level>(p, kLevels); });
  out.revisions = in.required("revisions", read_revisions);
  out.requirements =
      in.optional("requirements", read_requirements).value_or(std::vector<std::string>{});
  out.disturbs = in.optional("disturbs", read_true).value_or(false);
  out.alone = in.optional("alone", read_true).value_or(false);
  out.basic = in.optional("basic", read_feature).value_or("");
  std::vector<Step> steps =
      in.required("steps", [](const JsonPlace& p) { return read_steps(p, 0); });
  out.wants_fresh_process = std::ranges::any_of(steps, [](const Step& step) {
    const auto* const procedure = std::get_if<Procedure>(&step.action);
    return procedure != nullptr && wants_fresh_process(*procedure);
  });
  out.script = script_of(std::move(steps));
  in.finish();
  return out;
}

}  // namespace

std::vector<TestCase> read_scenarios(Json& file, const std::string& name,
                                     std::vector<FileError>& errors) {
  std::vector<TestCase> cases;
  JsonSource source{name, errors};
  const JsonPlace root(file, source);
  ObjectReader in(root);
  (void)in.required("$schema", read_exactly("../schema/scenarios.schema.json"));
  (void)in.required("kind", read_exactly("scenarios"));
  (void)in.required("about", read_sentence);
  (void)in.required("scenarios", [&](const JsonPlace& list) {
    return read_list(list, 1, kMaxScenarios, [&](const JsonPlace& place) {
      const std::size_t before = source.error_count;
      TestCase test_case = read_case(place);
      if (source.error_count == before) cases.push_back(std::move(test_case));
      return true;
    });
  });
  in.finish();
  return cases;
}

std::vector<TestCase> load_scenarios(const std::filesystem::path& folder,
                                     std::vector<FileError>& errors) {
  std::vector<TestCase> cases;
  for (const auto& path : json_files(folder / "scenarios", errors)) {
    Json file = read_json_file(path, errors);
    if (file.is_null()) continue;
    std::ranges::move(read_scenarios(file, path.string(), errors), std::back_inserter(cases));
  }
  return cases;
}

}  // namespace wsapi
