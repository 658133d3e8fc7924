// SPDX-License-Identifier: Apache-2.0

#include "harness/profile/apply_profile.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "harness/suite/overloaded.h"
#include "harness/suite/requirements.h"
#include "harness/suite/script.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;

const std::string* text_of(const Json& object, const char* key) {
  const auto member = object.find(key);
  return member == object.end() ? nullptr : member->get_ptr<const std::string*>();
}

bool is_kind(const Json& message, std::string_view kind) {
  const std::string* const name = text_of(message, "message");
  return name != nullptr && (*name == kind || *name == "legacy-" + std::string(kind));
}

// The value of {"json": value}.
const Json* json_value(const Json& object, const char* key) {
  const auto member = object.find(key);
  if (member == object.end() || !member->is_object() || member->size() != 1) return nullptr;
  const auto value = member->find("json");
  return value == member->end() ? nullptr : &*value;
}

bool is_variable(const Json& value) {
  return value.is_string() && value.get_ref<const std::string&>().starts_with('$');
}

bool mentions(const Json& form, std::string_view name) {
  if (!form.is_structured()) return form == name;
  return std::ranges::any_of(form, [&](const Json& item) { return mentions(item, name); });
}

class ScriptMapper {
 public:
  explicit ScriptMapper(const Profile& profile) : profile_(profile) {}

  std::vector<Step> steps(const std::vector<Step>& from) {
    std::vector<Step> out = from;
    for (Step& step : out) {
      std::visit(
          Overloaded{[&](SendMessage& send) { map_call(step.connection, send.message); },
                     [&](Expect& expect) {
                       map_replies(step.connection, expect.patterns);
                       map_replies(step.connection, expect.allowed);
                     },
                     [&](Barrier& barrier) {
                       map_replies(step.connection, barrier.allowed);
                       map_replies(step.connection, barrier.never);
                     },
                     [&](ExpectClose& close) { map_replies(step.connection, close.allowed); },
                     [&](Let& let) {
                       for (const auto& one : let.bindings) bound_.insert(one.variable);
                     },
                     [&](Repeat& repeat) {
                       bound_.insert(repeat.counter);
                       repeat.steps = steps(repeat.steps);
                     },
                     [&](Procedure&) { has_procedure_ = true; }, [](auto&) {}},
          step.action);
    }
    return out;
  }

  // A procedure calls the verbs that its case requires, and cannot be changed.
  void require_exact(const std::vector<std::string>& requirements) {
    if (!has_procedure_) return;
    for (const auto& [verb, mapping] : profile_.verbs) {
      const bool is_needed =
          std::ranges::find(requirements, verb_requirement(verb)) != requirements.end();
      if (is_needed && !mapping.is_as_it_is(verb)) exact_verbs_.insert(verb);
    }
  }

  // Verbs that would have to be there as they are.
  [[nodiscard]] const std::set<std::string>& exact_verbs() const noexcept { return exact_verbs_; }

 private:
  // Calls are told apart by connection and call id, which may be a variable.
  using CallKey = std::pair<std::string, std::string>;

  // Of a verb that is another one there; null otherwise.
  [[nodiscard]] const VerbMapping* mapping_of(const std::string& verb) const {
    const auto entry = profile_.verbs.find(verb);
    if (entry == profile_.verbs.end() || entry->second.is_as_it_is(verb)) return nullptr;
    return &entry->second;
  }

  void map_call(const std::string& connection, Json& message) {
    if (!is_kind(message, "call")) return;
    const std::string* const name = text_of(message, "verb");
    if (name == nullptr || !message.contains("call_id")) return;
    const std::string verb = *name;
    const CallKey key{connection, message.at("call_id").dump()};
    calls_.erase(key);
    const VerbMapping* const mapping = mapping_of(verb);
    if (mapping == nullptr) return;
    calls_[key] = verb;
    message["verb"] = mapping->verb;
    if (mapping->args == "$args") return;
    if (const Json* const args = json_value(message, "args"); args != nullptr) {
      message["args"] = Json{{"json", filled(mapping->args, *args, "$args", false)}};
    } else {
      exact_verbs_.insert(verb);
    }
  }

  void map_replies(const std::string& connection, std::vector<Pattern>& patterns) {
    for (Pattern& pattern : patterns) {
      if (!is_kind(pattern, "reply") || !pattern.contains("call_id")) continue;
      const auto call = calls_.find({connection, pattern.at("call_id").dump()});
      if (call != calls_.end()) map_reply(call->second, pattern);
    }
  }

  void map_reply(const std::string& verb, Pattern& pattern) {
    const Json& reply = profile_.verbs.find(verb)->second.reply;
    if (reply == "$data" || !pattern.contains("data")) return;
    const Json* const data = json_value(pattern, "data");
    const bool is_presence = pattern.at("data").is_object() && data == nullptr;
    if (is_presence || (data != nullptr && takes_whole_reply(*data, reply))) return;
    if (data == nullptr) {
      exact_verbs_.insert(verb);
    } else {
      pattern["data"] = Json{{"json", filled(reply, *data, "$data", true)}};
    }
  }

  // A variable that is bound by this reply, or was by such a one, where the template has no place
  // for it.
  [[nodiscard]] bool takes_whole_reply(const Json& data, const Json& form) const {
    return is_variable(data) && !mentions(form, "$data") &&
           !bound_.contains(data.get<std::string>());
  }

  // The template with values put in.
  Json filled(const Json& form, const Json& values, std::string_view whole, bool is_pattern) {
    if (is_variable(form)) return value_of(form.get<std::string>(), values, whole, is_pattern);
    if (!form.is_structured()) return form;
    Json out = form;
    for (Json& item : out) item = filled(Json(item), values, whole, is_pattern);
    return out;
  }

  Json value_of(const std::string& name, const Json& values, std::string_view whole,
                bool is_pattern) {
    if (name == whole) return values;
    if (name != "$any" && values.is_object() && values.contains(name.substr(1)))
      return values.at(name.substr(1));
    if (!is_pattern) return nullptr;
    // Matches anything, as a variable does at its first use.
    return "$profile_any_" + std::to_string(++any_count_);
  }

  const Profile& profile_;
  std::map<CallKey, std::string> calls_;
  std::set<std::string> bound_{"$unique"};  // variables that replies do not bind
  std::set<std::string> exact_verbs_;
  std::size_t any_count_ = 0;
  bool has_procedure_ = false;
};

}  // namespace

TestCase apply_profile(const TestCase& test_case, const Profile& profile) {
  if (test_case.script == nullptr) return test_case;
  TestCase out = test_case;
  ScriptMapper mapper(profile);
  out.script = script_of(mapper.steps(test_case.script->steps));
  mapper.require_exact(test_case.requirements);
  for (const std::string& verb : mapper.exact_verbs()) {
    out.requirements.push_back(verb_requirement(verb) + ":as-it-is");
  }
  std::ranges::sort(out.requirements);
  return out;
}

}  // namespace wsapi
