// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/message_form.h"

#include <algorithm>
#include <map>
#include <string>

#include "codec/json_form.h"
#include "codec/message.h"
#include "harness/suite/json_bytes.h"
#include "harness/suite/pattern.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxPieces = 4096;
constexpr std::size_t kMaxVersions = 255;
constexpr std::size_t kMaxPongSize = 125;

bool is_variable(const Json& value) {
  const auto* const text = value.get_ptr<const std::string*>();
  return text != nullptr && text->starts_with('$');
}

// {"repeat": ..., "count": n}; returns the count.
template <typename Read>
std::size_t read_repeat(const JsonPlace& place, std::size_t max_count, Read&& read) {
  ObjectReader in(place);
  const auto value = in.required("repeat", read);
  const auto count =
      in.required("count", [&](const JsonPlace& p) { return read_number(p, 1, max_count); });
  in.finish();
  if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>) {
    return value.size() * count;
  }
  return count;
}

void check_text_by_rule(const JsonPlace& place) {
  std::size_t size = 0;
  const auto sizes = read_list(place, 1, kMaxPieces, [](const JsonPlace& piece) -> std::size_t {
    if (piece.json().is_string()) return piece.json().get_ref<const std::string&>().size();
    return read_repeat(piece, kMaxCount, [](const JsonPlace& p) { return read_text(p, 1); });
  });
  for (const std::size_t piece : sizes) size += std::min(piece, kMaxExpandedSize + 1);
  if (size > kMaxExpandedSize) {
    place.error(fmt::format("more than {} bytes when expanded", kMaxExpandedSize));
  }
}

void check_versions(const JsonPlace& place, MessageForm form) {
  const auto read_version = [](const JsonPlace& p) { return read_number(p, 0, 255); };
  const auto counts = read_list(place, 0, kMaxVersions, [&](const JsonPlace& item) -> std::size_t {
    if (form == MessageForm::kVector && item.json().is_object()) {
      return read_repeat(item, kMaxVersions, read_version);
    }
    (void)read_version(item);
    return 1;
  });
  std::size_t size = 0;
  for (const std::size_t count : counts) size += count;
  if (size > kMaxVersions) place.error("more than 255 versions when expanded");
}

std::string read_json_type(const JsonPlace& place) {
  std::string type = read_text(place);
  if (std::ranges::find(kJsonTypes, type) == kJsonTypes.end()) place.expected("a type of JSON");
  return type;
}

// {"hex": ...}, {"json": ...}, {"present": true}, {"json_type": ...}: which of them the form
// allows.
void check_special(const JsonPlace& place, MessageForm form) {
  ObjectReader in(place);
  if (form != MessageForm::kVector && in.has("json")) {
    (void)in.optional("json", [](const JsonPlace&) { return true; });
  } else if (form == MessageForm::kPattern && in.has("present")) {
    (void)in.optional("present", read_true);
  } else if (form == MessageForm::kPattern && in.has("json_type")) {
    (void)in.optional("json_type", [](const JsonPlace& p) {
      return read_set(p, 1, kJsonTypes.size(), read_json_type);
    });
  } else {
    (void)in.required("hex", [](const JsonPlace& p) { return read_hex(p, 1); });
  }
  in.finish();
}

// {"not": [...]} and {"distinct": "$set", "as": "$name"}, of fields of any type.
bool check_comparison(const JsonPlace& place) {
  const Json& value = place.json();
  if (!value.is_object() || !(value.contains("not") || value.contains("distinct"))) return false;
  constexpr std::size_t kMaxValues = 64;
  const auto read_name = [](const JsonPlace& p) {
    if (!is_variable(p.json())) p.expected("a variable, $name");
    return true;
  };
  ObjectReader in(place);
  if (in.has("not")) {
    (void)in.optional("not", [](const JsonPlace& p) {
      return read_list(p, 0, kMaxValues, [](const JsonPlace&) { return true; });
    });
  } else {
    (void)in.required("distinct", read_name);
    (void)in.optional("as", read_name);
  }
  in.finish();
  return true;
}

// `standard` is the field's value in the default form, whose type is that of the field.
void check_field(const JsonPlace& place, const Json& standard, MessageForm form) {
  const Json& value = place.json();
  if (form != MessageForm::kVector && is_variable(value)) return;
  if (form == MessageForm::kPattern && check_comparison(place)) return;
  if (standard.is_number()) {
    (void)read_number(place, 0, 0xffffffffU);
  } else if (standard.is_array()) {
    check_versions(place, form);
  } else if (form == MessageForm::kVector && value.is_array()) {
    check_text_by_rule(place);
  } else if (value.is_object()) {
    check_special(place, form);
  } else if (!value.is_string() && !(value.is_null() && standard.is_null())) {
    place.expected(standard.is_null() ? "a text or null" : "a text");
  }
}

bool check_pong(const JsonPlace& place) {
  if (!place.json().is_object() || !place.json().contains("pong")) return false;
  ObjectReader in(place);
  (void)in.optional("pong", [](const JsonPlace& p) {
    if (!p.json().is_null()) (void)read_hex(p, 0, kMaxPongSize);
    return true;
  });
  in.finish();
  return true;
}

}  // namespace

void check_form(const JsonPlace& place, MessageForm form) {
  if (form == MessageForm::kPattern && check_pong(place)) return;
  ObjectReader in(place);
  const std::string name =
      in.required("message", [](const JsonPlace& p) { return read_text(p, 1); });
  const Json* const standard = default_form(name);
  if (standard == nullptr) {
    if (!name.empty()) place.error(fmt::format("there is no message '{}'", printable(name)));
    return;
  }
  for (const auto& [key, value] : standard->items()) {
    if (key == "message") continue;
    const auto check = [&](const JsonPlace& p) {
      check_field(p, value, form);
      return true;
    };
    if (form == MessageForm::kPattern) {
      (void)in.optional(key, check);
    } else {
      (void)in.required(key, check);
    }
  }
  in.finish();
}

const Json* default_form(std::string_view message_name) {
  static const std::map<std::string, Json, std::less<>> kForms = [] {
    std::map<std::string, Json, std::less<>> forms;
    for (const Revision revision : {kReferenceRevision, Revision::kLegacy}) {
      for (int operation = 0; operation < 256; ++operation) {
        for (const Direction direction : kDirections) {
          const MessageInfo* const info =
              find_operation(static_cast<char>(operation), revision, direction);
          if (info == nullptr) continue;
          forms.emplace(info->name, Json::parse(to_json(default_message(*info), revision)));
        }
      }
    }
    return forms;
  }();
  const auto form = kForms.find(message_name);
  return form == kForms.end() ? nullptr : &form->second;
}

}  // namespace wsapi
