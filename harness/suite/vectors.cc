// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/vectors.h"

#include <algorithm>
#include <map>
#include <set>
#include <system_error>

#include "codec/message.h"
#include "harness/suite/json_bytes.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;

// ---- The parts of a vector. The files have passed their schema: shapes and types are as it says;
// what a schema cannot say is checked in check_*.

template <typename Enum>
Enum enum_of(std::string_view text, std::initializer_list<Enum> values) {
  for (const Enum value : values) {
    if (name(value) == text) return value;
  }
  return *values.begin();
}

VectorClass class_of(const Json& json) {
  return enum_of(json.get_ref<const std::string&>(),
                 {VectorClass::kValid, VectorClass::kInvalid, VectorClass::kAcceptable});
}

Reaction reaction_of(std::string_view text) {
  return enum_of(text, {Reaction::kReply, Reaction::kDescription, Reaction::kVersionSet,
                        Reaction::kSilence, Reaction::kHangUp});
}

Outcomes outcomes_of(const Json& vector) {
  Outcomes outcomes;
  for (const Json& item : vector.value("outcomes", Json::array())) {
    const auto& text = item.get_ref<const std::string&>();
    outcomes.understood |= text == "understood";
    outcomes.ignored |= text == "ignored";
    outcomes.closed |= text == "closed";
  }
  return outcomes;
}

template <typename Vector>
void read_common(const Json& json, Vector& out) {
  out.id = json.at("id").get<std::string>();
  out.purpose = json.at("purpose").get<std::string>();
  out.clause = json.at("clause").get<std::string>();
  out.revisions = revisions_of(json.at("revisions"));
  out.bytes = wire_bytes_of(json.at("bytes"));
  out.vector_class = class_of(json.at("class"));
  out.outcomes = outcomes_of(json);
  out.flags = json.value("flags", std::vector<std::string>{});
}

MessageVector read_message_vector(const Json& json) {
  MessageVector out;
  read_common(json, out);
  out.direction = parse_direction(json.at("direction").get_ref<const std::string&>())
                      .value_or(Direction::kToServer);
  if (json.contains("message")) out.message = json.at("message");
  if (json.contains("error")) {
    const Json& error = json.at("error");
    out.error = ExpectedError{error.at("code"), error.at("offset"), error.at("field")};
  }
  out.canonical = json.value("canonical", true);
  out.derive = json.value("derive", true);
  if (json.contains("reaction")) {
    out.reaction = reaction_of(json.at("reaction").get_ref<const std::string&>());
  } else if (out.message && out.direction == Direction::kToServer) {
    out.reaction = default_reaction(out.message->at("message").get_ref<const std::string&>());
  }
  return out;
}

ExpectedFrameEvent read_event(const Json& json) {
  using Kind = ExpectedFrameEvent::Kind;
  ExpectedFrameEvent out;
  const auto& kind = json.at("event").get_ref<const std::string&>();
  if (kind == "message") {
    out.payload = wire_bytes_of(json.at("payload"));
  } else if (kind == "ping" || kind == "pong") {
    out.kind = kind == "ping" ? Kind::kPing : Kind::kPong;
    out.payload = wire_bytes_of(json.at("payload"));
  } else if (kind == "close") {
    out.kind = Kind::kClose;
    if (!json.at("code").is_null()) out.code = json.at("code").get<std::uint16_t>();
    const Json& reason = json.at("reason");
    if (reason.is_string()) {
      const auto& text = reason.get_ref<const std::string&>();
      const auto bytes = std::as_bytes(std::span(text));
      out.payload = WireBytes(std::vector<std::byte>(bytes.begin(), bytes.end()));
    } else {
      out.payload = WireBytes(hex_of(reason.at("hex")));
    }
  } else {
    out.kind = Kind::kViolation;
    out.code = json.at("close_code").get<std::uint16_t>();
    out.why = json.at("why").get<std::string>();
  }
  return out;
}

ExpectedFrameReaction read_frame_reaction(const Json& json) {
  using Kind = ExpectedFrameReaction::Kind;
  ExpectedFrameReaction out;
  if (json.contains("reply")) {
    out.call_id = json.at("reply").get<std::uint16_t>();
  } else if (json.contains("pong")) {
    out.kind = Kind::kPong;
    out.payload = hex_of(json.at("pong"));
  } else {
    out.kind = Kind::kClose;
    out.close_codes = json.at("close").get<std::vector<std::uint16_t>>();
  }
  return out;
}

FrameVector read_frame_vector(const Json& json) {
  FrameVector out;
  read_common(json, out);
  for (const Json& event : json.at("events")) out.events.push_back(read_event(event));
  for (const Json& reaction : json.value("reaction", Json::array())) {
    out.reactions.push_back(read_frame_reaction(reaction));
  }
  return out;
}

// What the schema cannot say: ids are unique over all files, flags are declared in their file.
class Checker {
 public:
  explicit Checker(std::vector<FileError>& errors) : errors_(errors) {}

  bool check(const std::string& file, const std::string& pointer, const Json& flags,
             const std::string& id, const std::vector<std::string>& used_flags) {
    const std::size_t before = errors_.size();
    const auto [first, is_new] = ids_.emplace(id, file + " " + pointer);
    if (!is_new) {
      errors_.push_back(
          {file, pointer + "/id", "the id '" + printable(id) + "' is taken by " + first->second});
    }
    for (const std::string& flag : used_flags) {
      if (flags.contains(flag)) continue;
      errors_.push_back({file, pointer + "/flags",
                         "the flag '" + printable(flag) + "' is not explained in /flags"});
    }
    return errors_.size() == before;
  }

 private:
  std::vector<FileError>& errors_;
  std::map<std::string, std::string> ids_;
};

// Sizes that vectors may have when their rules are expanded: of the bytes, and of each text.
constexpr std::size_t kMaxExpandedSize = 4U << 20U;

std::size_t expanded_size(const Json& value) {
  if (value.is_string()) return value.get_ref<const std::string&>().size();
  if (!value.is_array()) return 0;
  std::size_t size = 0;
  for (const Json& piece : value) {
    const bool rule = piece.is_object() && piece.contains("repeat");
    const std::size_t count = rule ? piece.at("count").get<std::size_t>() : 1;
    size += count * (rule ? expanded_size(piece.at("repeat")) : expanded_size(piece));
  }
  return size;
}

// Whether all that the vector gives by rule stays within bounds; looked at before it is expanded.
bool check_sizes(const std::string& file, const std::string& pointer, const Json& vector,
                 std::vector<FileError>& errors) {
  std::size_t largest = expanded_size(vector.at("bytes")) / 2;
  for (const auto& field : vector.value("message", Json::object())) {
    largest = std::max(largest, expanded_size(field));
  }
  for (const auto& event : vector.value("events", Json::array())) {
    largest = std::max(largest, expanded_size(event.value("payload", Json())) / 2);
  }
  if (largest <= kMaxExpandedSize) return true;
  errors.push_back(
      {file, pointer, "is more than " + std::to_string(kMaxExpandedSize) + " bytes when expanded"});
  return false;
}

// The vectors of one file.
template <typename Vector, typename Read>
void read_file(const Json& file, const std::string& path, Read&& read, Checker& checker,
               std::vector<Vector>& out, std::vector<FileError>& errors) {
  const Json flags = file.value("flags", Json::object());
  std::size_t index = 0;
  for (const Json& item : file.at("vectors")) {
    const std::string pointer = "/vectors/" + std::to_string(index++);
    if (!check_sizes(path, pointer, item, errors)) continue;
    Vector vector = read(item);
    if (checker.check(path, pointer, flags, vector.id, vector.flags)) {
      out.push_back(std::move(vector));
    }
  }
}

template <typename Vector, typename Read>
void load_folder(const std::filesystem::path& folder, const JsonSchema& schema, Read&& read,
                 Checker& checker, std::vector<Vector>& out, std::vector<FileError>& errors) {
  for (const auto& path : json_files(folder, errors)) {
    const Json file = read_json_file(path, errors);
    if (file.is_null() || !schema.check(file, path.string(), errors)) continue;
    read_file(file, path.string(), read, checker, out, errors);
  }
}

// A text by rule becomes the text; everything else stays as it is.
Json expand_text(const Json& value) {
  if (!value.is_array() || value.empty()) return value;
  std::string text;
  for (const Json& piece : value) {
    if (piece.is_string()) {
      text += piece.get_ref<const std::string&>();
      continue;
    }
    const auto count = piece.at("count").get<std::size_t>();
    for (std::size_t i = 0; i < count; ++i)
      text += piece.at("repeat").get_ref<const std::string&>();
  }
  return text;
}

Json expand_versions(const Json& value) {
  Json versions = Json::array();
  for (const Json& item : value) {
    const std::size_t count = item.is_object() ? item.at("count").get<std::size_t>() : 1;
    for (std::size_t i = 0; i < count; ++i) {
      versions.push_back(item.is_object() ? item.at("repeat") : item);
    }
  }
  return versions;
}

}  // namespace

std::vector<std::filesystem::path> json_files(const std::filesystem::path& folder,
                                              std::vector<FileError>& errors) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().extension() == ".json") files.push_back(it->path());
  }
  if (error) {
    errors.push_back({folder.string(), "", "cannot be read as a folder: " + error.message()});
  } else if (files.empty()) {
    errors.push_back({folder.string(), "", "holds no file *.json; at least one is expected"});
  }
  std::ranges::sort(files);
  return files;
}

VectorSet load_vectors(const std::filesystem::path& folder, std::vector<FileError>& errors) {
  VectorSet set;
  Checker checker(errors);
  const JsonSchema messages(folder / "schema" / "message-vectors.schema.json", errors);
  load_folder(folder / "messages", messages, read_message_vector, checker, set.messages, errors);
  const JsonSchema frames(folder / "schema" / "frame-vectors.schema.json", errors);
  load_folder(folder / "frames", frames, read_frame_vector, checker, set.frames, errors);
  return set;
}

VectorSet read_vectors(const Json& file, const std::string& name, std::vector<FileError>& errors) {
  VectorSet set;
  Checker checker(errors);
  if (file.at("kind") == "frame-vectors") {
    read_file(file, name, read_frame_vector, checker, set.frames, errors);
  } else {
    read_file(file, name, read_message_vector, checker, set.messages, errors);
  }
  return set;
}

std::string expand_message(const Json& message) {
  Json out = Json::object();
  for (const auto& [key, value] : message.items()) {
    out[key] = key == "versions" ? expand_versions(value) : expand_text(value);
  }
  return out.dump();
}

Reaction default_reaction(std::string_view message_name) noexcept {
  const MessageInfo* const info = find_message(message_name);
  if (info == nullptr) return Reaction::kSilence;
  if (info->title == Call::kTitle) return Reaction::kReply;
  if (info->title == Describe::kTitle) return Reaction::kDescription;
  if (info->title == VersionOffer::kTitle) return Reaction::kVersionSet;
  return Reaction::kSilence;
}

}  // namespace wsapi
