// SPDX-License-Identifier: Apache-2.0

#include "harness/profile/profile.h"

#include <algorithm>

#include "harness/net/address.h"
#include "harness/suite/json_reader.h"
#include "harness/suite/requirements.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxTextSize = 4096;  // bytes of one text
constexpr std::size_t kMaxWords = 1000;
constexpr std::size_t kMaxVariables = 256;
constexpr std::size_t kMaxPatterns = 64;
constexpr double kMaxSeconds = 3600;
constexpr std::string_view kWholeArgs = "$args";
constexpr std::string_view kWholeData = "$data";

std::string read_short_text(const JsonPlace& place) {
  std::string text = read_text(place);
  if (text.size() > kMaxTextSize) place.error("a text of more than 4096 bytes");
  if (text.find('\0') != std::string::npos) place.error("a text that holds a NUL");
  return text;
}

std::string read_name(const JsonPlace& place) {
  std::string text = read_short_text(place);
  if (text.empty()) place.expected("a text that is not empty");
  return text;
}

double read_amount(const JsonPlace& place, double min, double max) {
  const bool is_number = place.json().is_number();
  const double value = is_number ? place.json().get<double>() : 0;
  if (!is_number || value < min || value > max) {
    place.expected(fmt::format("a number from {} to {}", min, max));
  }
  return value;
}

double read_seconds(const JsonPlace& place) { return read_amount(place, 0.01, kMaxSeconds); }

bool read_bool(const JsonPlace& place) {
  if (!place.json().is_boolean()) place.expected("true or false");
  return place.json().is_boolean() && place.json().get<bool>();
}

std::string read_profile_address(const JsonPlace& place) {
  std::string text = read_name(place);
  const ParsedAddress parsed = parse_address(text);
  if (const auto* const error = std::get_if<AddressError>(&parsed)) place.error(error->message);
  return text;
}

std::vector<std::pair<std::string, std::string>> read_environment(const JsonPlace& place) {
  std::vector<std::pair<std::string, std::string>> out;
  if (!place.json().is_object()) {
    place.expected("an object");
    return out;
  }
  if (place.json().size() > kMaxVariables) place.error("more than 256 variables");
  for (auto& [name, value] : place.json().items()) {
    if (name.empty() || name.find('=') != std::string::npos || name.find('\0') != name.npos) {
      place.error("a variable's name is not empty and holds neither '=' nor NUL");
    }
    out.emplace_back(name, read_short_text(JsonPlace(place, name, value)));
  }
  return out;
}

void read_command(const JsonPlace& place, ProfileProcess& process) {
  if (place.json().is_array()) {
    process.command = read_list(place, 1, kMaxWords, read_short_text);
  } else {
    process.command_line = read_name(place);
  }
}

ProfileProcess read_process(const JsonPlace& place) {
  ProfileProcess out;
  ObjectReader in(place);
  (void)in.required("command", [&](const JsonPlace& p) {
    read_command(p, out);
    return true;
  });
  out.environment = in.optional("environment", read_environment).value_or(out.environment);
  out.folder = in.optional("folder", read_name).value_or("");
  out.ready_seconds = in.optional("ready_seconds", read_seconds);
  out.stop_seconds = in.optional("stop_seconds", read_seconds);
  (void)in.optional("limits", [&](const JsonPlace& p) {
    ObjectReader limits(p);
    out.open_files = limits.optional(
        "open_files", [](const JsonPlace& one) { return read_number(one, 16, 1U << 20U); });
    out.address_space_mib = limits.optional(
        "address_space_mib", [](const JsonPlace& one) { return read_number(one, 16, 1U << 20U); });
    limits.finish();
    return true;
  });
  in.finish();
  return out;
}

Json read_template(const JsonPlace& place) { return place.json(); }

// std::nullopt: it is not there.
std::optional<VerbMapping> read_verb(const JsonPlace& place, std::string_view verb) {
  if (place.json().is_boolean()) {
    if (!place.json().get<bool>()) return std::nullopt;
    return VerbMapping::as_it_is(verb);
  }
  VerbMapping out = VerbMapping::as_it_is(verb);
  ObjectReader in(place);
  out.verb = in.required("verb", read_name);
  out.args = in.optional("args", read_template).value_or(out.args);
  out.reply = in.optional("reply", read_template).value_or(out.reply);
  in.finish();
  return out;
}

void read_verbs(const JsonPlace& place, Profile& profile) {
  ObjectReader in(place);
  for (const std::string_view verb : kTestApiVerbs) {
    const auto mapping = in.optional(verb, [&](const JsonPlace& p) { return read_verb(p, verb); });
    if (mapping && *mapping) profile.verbs.emplace(verb, **mapping);
  }
  in.finish();
}

void read_implements(const JsonPlace& place, Profile& profile) {
  ObjectReader in(place);
  profile.description = in.optional("description", read_bool);
  (void)in.optional("verbs", [&](const JsonPlace& p) {
    read_verbs(p, profile);
    return true;
  });
  in.finish();
}

std::vector<std::string> read_patterns(const JsonPlace& place) {
  return read_set(place, 1, kMaxPatterns, read_name);
}

void read_fault_patterns(const JsonPlace& place, Profile& profile) {
  ObjectReader in(place);
  profile.added_patterns = in.optional("add", read_patterns).value_or(profile.added_patterns);
  profile.removed_patterns =
      in.optional("remove", read_patterns).value_or(profile.removed_patterns);
  in.finish();
}

template <typename Read>
auto read_only_member(std::string_view key, Read&& read) {
  return [key, read](const JsonPlace& place) {
    ObjectReader in(place);
    auto out = in.required(key, read);
    in.finish();
    return out;
  };
}

}  // namespace

VerbMapping VerbMapping::as_it_is(std::string_view verb) {
  return {.verb = std::string(verb), .args = kWholeArgs, .reply = kWholeData};
}

bool VerbMapping::is_as_it_is(std::string_view table_verb) const {
  return verb == table_verb && args == kWholeArgs && reply == kWholeData;
}

std::vector<std::string> Profile::offered() const {
  std::vector<std::string> out;
  for (const std::string_view verb : kTestApiVerbs) {
    if (verbs.contains(verb)) out.push_back(verb_requirement(verb));
  }
  return out;
}

std::optional<Profile> read_profile(Json& file, const std::string& name,
                                    std::vector<FileError>& errors) {
  JsonSource source{name, errors};
  const JsonPlace root(file, source);
  ObjectReader in(root);
  Profile out;
  (void)in.optional("$schema", read_name);
  (void)in.required("kind", read_exactly("profile"));
  out.name = in.required("name", read_name);
  out.version = in.required("version", read_name);
  (void)in.optional("about", read_name);
  out.address = in.optional("address", read_profile_address).value_or("");
  out.process = in.optional("process", read_process);
  out.revision = in.optional("revision",
                             [](const JsonPlace& p) { return read_enum<Revision>(p, kRevisions); });
  (void)in.required("implements", [&](const JsonPlace& p) {
    read_implements(p, out);
    return true;
  });
  out.messages_per_second = in.optional(
      "noise", read_only_member("messages_per_second",
                                [](const JsonPlace& p) { return read_amount(p, 0, 1e6); }));
  (void)in.optional("fault_patterns", [&](const JsonPlace& p) {
    read_fault_patterns(p, out);
    return true;
  });
  out.answer_seconds = in.optional("time_limits", read_only_member("answer_seconds", read_seconds));
  in.finish();
  if (source.error_count > 0) return std::nullopt;
  return out;
}

std::optional<Profile> load_profile(const std::string& path, std::vector<FileError>& errors) {
  Json file = read_json_file(path, errors);
  if (file.is_null()) return std::nullopt;
  return read_profile(file, path, errors);
}

}  // namespace wsapi
