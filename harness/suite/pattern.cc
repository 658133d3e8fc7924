// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/pattern.h"

#include "codec/annotate.h"
#include "codec/encode.h"
#include "codec/json_form.h"
#include "harness/text/json_slices.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;

bool is_variable(const Json& value) {
  return value.is_string() && value.get_ref<const std::string&>().starts_with('$');
}

bool is_matcher(const Json& value, const char* key) {
  return value.is_object() && value.size() == 1 && value.contains(key);
}

bool match_value(const Json& pattern, const Json& received, Variables& variables);

bool match_structure(const Json& pattern, const Json& received, Variables& variables) {
  if (pattern.type() != received.type() || pattern.size() != received.size()) return false;
  for (const auto& [key, value] : pattern.items()) {
    const bool found = pattern.is_object() ? received.contains(key) : true;
    if (!found) return false;
    const Json& other = pattern.is_object() ? received.at(key) : received.at(std::stoul(key));
    if (!match_value(value, other, variables)) return false;
  }
  return true;
}

bool match_value(const Json& pattern, const Json& received, Variables& variables) {
  if (is_variable(pattern)) {
    const auto [bound, is_new] = variables.emplace(pattern.get<std::string>(), received);
    return is_new || bound->second == received;
  }
  if (pattern.is_structured()) return match_structure(pattern, received, variables);
  return pattern == received;
}

bool match_field(const Json& pattern, const Json& received, Variables& variables) {
  if (is_matcher(pattern, "present")) return !received.is_null();
  if (!is_matcher(pattern, "json")) return match_value(pattern, received, variables);
  if (!received.is_string()) return false;
  const auto& text = received.get_ref<const std::string&>();
  // Not nested too deep, too: values are copied and compared by recursion.
  return is_json(text) && match_value(pattern.at("json"), Json::parse(text), variables);
}

Json substitute_value(const Json& value, const Variables& variables) {
  if (is_variable(value)) {
    const auto bound = variables.find(value.get<std::string>());
    return bound == variables.end() ? value : bound->second;
  }
  if (!value.is_structured()) return value;
  Json out = value;
  for (Json& item : out) item = substitute_value(item, variables);
  return out;
}

// Fills in what the pattern leaves open, with the defaults of the message.
Json completed(const Json& given, const AnyMessage& defaults, Revision revision) {
  Json out = Json::parse(to_json(defaults, revision));
  for (const auto& [key, value] : given.items()) {
    if (is_matcher(value, "present")) {
      out[key] = "...";
    } else if (!is_variable(value)) {
      out[key] = value;
    }
  }
  return out;
}

}  // namespace

bool matches(const Json& pattern, const Json& received, Variables& variables) {
  Variables trial = variables;
  for (const auto& [key, value] : pattern.items()) {
    if (!received.contains(key) || !match_field(value, received.at(key), trial)) return false;
  }
  variables = std::move(trial);
  return true;
}

Json substitute(const Json& message, const Variables& variables) {
  Json out = Json::object();
  for (const auto& [key, value] : message.items()) {
    out[key] = is_matcher(value, "json")
                   ? Json(substitute_value(value.at("json"), variables).dump())
                   : substitute_value(value, variables);
  }
  return out;
}

std::string example_of(const Json& pattern, const Variables& variables, Revision revision) {
  const std::string fallback = printable(pattern.dump()) + "\n";
  if (!pattern.contains("message") || !pattern.at("message").is_string()) return fallback;
  const auto& message_name = pattern.at("message").get_ref<const std::string&>();
  const Json known = substitute(pattern, variables);
  const MessageInfo* const info = find_message(message_name);
  if (info == nullptr || !in_revision(*info, revision)) return fallback;
  const auto message = from_json(completed(known, default_message(*info), revision).dump());
  if (!message) return fallback;
  const auto bytes = encode_to_bytes(*message, revision);
  if (!bytes) return fallback;
  return to_text(annotate(*bytes, revision, info->direction), *bytes);
}

}  // namespace wsapi
