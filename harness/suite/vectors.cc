// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/vectors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>
#include <system_error>
#include <utility>

#include "codec/error.h"
#include "codec/message.h"
#include "harness/suite/json_bytes.h"
#include "harness/suite/message_form.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kMessageVectors = "message-vectors";
constexpr std::string_view kFrameVectors = "frame-vectors";
constexpr std::size_t kMaxVectors = 10'000;  // in one file
constexpr std::size_t kMaxFlags = 64;
constexpr std::size_t kMaxControlPayload = 125;

constexpr std::array kClasses{VectorClass::kValid, VectorClass::kInvalid, VectorClass::kAcceptable};
constexpr std::array kReactions{Reaction::kReply, Reaction::kDescription, Reaction::kVersionSet,
                                Reaction::kSilence, Reaction::kHangUp};

// ---- The parts of a vector

Outcomes read_outcomes(const JsonPlace& place) {
  Outcomes outcomes;
  (void)read_set(place, 1, 3, [&](const JsonPlace& item) {
    std::string text = read_text(item);
    bool* const outcome = text == "understood" ? &outcomes.understood
                          : text == "ignored"  ? &outcomes.ignored
                          : text == "closed"   ? &outcomes.closed
                                               : nullptr;
    if (outcome == nullptr) {
      item.expected("one of understood, ignored, closed");
    } else {
      *outcome = true;
    }
    return text;
  });
  return outcomes;
}

std::vector<std::string> read_flags(const JsonPlace& place) {
  return read_set(place, 1, kMaxFlags, read_flag);
}

template <typename Vector>
void read_common(ObjectReader& in, Vector& out) {
  out.id = in.required("id", read_id);
  out.purpose = in.required("purpose", read_sentence);
  out.clause = in.required("clause", read_clause);
  out.revisions = in.required("revisions", read_revisions);
  out.bytes = in.required("bytes", read_wire_bytes);
  out.vector_class =
      in.required("class", [](const JsonPlace& p) { return read_enum<VectorClass>(p, kClasses); });
  const bool acceptable = out.vector_class == VectorClass::kAcceptable;
  if (acceptable) {
    out.outcomes = in.required("outcomes", read_outcomes);
  }
  out.flags = in.optional("flags", read_flags).value_or(std::vector<std::string>{});
}

bool is_decoding_error(std::string_view text) {
  for (auto code = static_cast<int>(ErrorCode::kEmptyMessage);
       code <= static_cast<int>(ErrorCode::kStringWithoutNul); ++code) {
    if (name(static_cast<ErrorCode>(code)) == text) return true;
  }
  return false;
}

ExpectedError read_error(const JsonPlace& place) {
  ObjectReader in(place);
  ExpectedError error;
  error.code = in.required("code", [](const JsonPlace& p) {
    std::string code = read_text(p);
    if (!is_decoding_error(code)) p.expected("the name of an error of decoding");
    return code;
  });
  error.offset =
      in.required("offset", [](const JsonPlace& p) { return read_number(p, 0, kMaxCount); });
  error.field = in.required("field", [](const JsonPlace& p) { return read_text(p, 1); });
  in.finish();
  return error;
}

nlohmann::json read_message(const JsonPlace& place) {
  check_form(place, MessageForm::kVector);
  return std::move(place.json());
}

// A valid vector has a message, an invalid one an error; an acceptable one may have a message, and
// has one where it may be understood.
MessageVector read_message_vector(const JsonPlace& place) {
  MessageVector out;
  ObjectReader in(place);
  read_common(in, out);
  out.direction = in.required(
      "direction", [](const JsonPlace& p) { return read_enum<Direction>(p, kDirections); });
  const bool invalid = out.vector_class == VectorClass::kInvalid;
  if (invalid) {
    out.error = in.required("error", read_error);
  } else if (out.vector_class == VectorClass::kValid || out.outcomes.understood) {
    out.message = in.required("message", read_message);
  } else {
    out.message = in.optional("message", read_message);
  }
  if (!invalid) out.canonical = in.optional("canonical", read_false).value_or(true);
  if (out.vector_class == VectorClass::kValid) {
    out.derive = in.optional("derive", read_false).value_or(true);
  }
  if (const auto reaction = in.optional(
          "reaction", [](const JsonPlace& p) { return read_enum<Reaction>(p, kReactions); })) {
    out.reaction = *reaction;
  } else if (out.message && out.direction == Direction::kToServer) {
    const auto name = out.message->find("message");
    if (name != out.message->end() && name->is_string()) {
      out.reaction = default_reaction(name->get_ref<const std::string&>());
    }
  }
  in.finish();
  return out;
}

WireBytes read_control_payload(const JsonPlace& place) {
  return WireBytes(read_hex(place, 0, kMaxControlPayload));
}

std::uint16_t read_close_code(const JsonPlace& place) {
  return static_cast<std::uint16_t>(read_number(place, 0, 0xffff));
}

// A text, or {"hex": ...} where it is not UTF-8.
WireBytes read_reason(const JsonPlace& place) {
  if (place.json().is_object()) {
    ObjectReader in(place);
    WireBytes bytes =
        in.required("hex", [](const JsonPlace& p) { return WireBytes(read_hex(p, 1)); });
    in.finish();
    return bytes;
  }
  const std::string text = read_text(place);
  const auto bytes = std::as_bytes(std::span(text));
  return WireBytes(std::vector<std::byte>(bytes.begin(), bytes.end()));
}

ExpectedFrameEvent read_event(const JsonPlace& place) {
  using Kind = ExpectedFrameEvent::Kind;
  ExpectedFrameEvent out;
  ObjectReader in(place);
  const std::string kind = in.required("event", [](const JsonPlace& p) { return read_text(p); });
  if (kind == "message") {
    out.payload = in.required("payload", read_wire_bytes);
  } else if (kind == "ping" || kind == "pong") {
    out.kind = kind == "ping" ? Kind::kPing : Kind::kPong;
    out.payload = in.required("payload", read_control_payload);
  } else if (kind == "close") {
    out.kind = Kind::kClose;
    out.code = in.required("code", [](const JsonPlace& p) -> std::optional<std::uint16_t> {
      if (p.json().is_null()) return std::nullopt;
      return read_close_code(p);
    });
    out.payload = in.required("reason", read_reason);
  } else if (kind == "violation") {
    out.kind = Kind::kViolation;
    out.code = in.required("close_code", read_close_code);
    out.why = in.required("why", [](const JsonPlace& p) { return read_text(p, 1); });
  } else {
    place.error("an event is one of message, ping, pong, close, violation");
    return out;
  }
  in.finish();
  return out;
}

ExpectedFrameReaction read_frame_reaction(const JsonPlace& place) {
  using Kind = ExpectedFrameReaction::Kind;
  ExpectedFrameReaction out;
  ObjectReader in(place);
  if (in.has("pong")) {
    out.kind = Kind::kPong;
    out.payload =
        in.required("pong", [](const JsonPlace& p) { return read_hex(p, 0, kMaxControlPayload); });
  } else if (in.has("close")) {
    out.kind = Kind::kClose;
    out.close_codes = in.required(
        "close", [](const JsonPlace& p) { return read_set(p, 0, 16, read_close_code); });
  } else {
    out.call_id = in.required("reply", read_close_code);
  }
  in.finish();
  return out;
}

FrameVector read_frame_vector(const JsonPlace& place) {
  FrameVector out;
  ObjectReader in(place);
  read_common(in, out);
  out.level = in.optional(
      "level", [](const JsonPlace& p) { return read_enum<Level>(p, std::array{Level::kShould}); });
  out.events = in.required(
      "events", [](const JsonPlace& p) { return read_list(p, 0, kMaxVectors, read_event); });
  const auto read_reactions = [](const JsonPlace& p) {
    return read_list(p, 0, kMaxVectors, read_frame_reaction);
  };
  if (out.vector_class == VectorClass::kAcceptable) {
    out.reactions = in.optional("reaction", read_reactions).value_or(decltype(out.reactions){});
  } else {
    out.reactions = in.required("reaction", read_reactions);
  }
  in.finish();
  return out;
}

// ---- Files

// What one file does not show: ids are unique over all files.
class Ids {
 public:
  void add(const JsonPlace& vector, const std::string& id) {
    const std::string here = vector.source().file + " " + vector.pointer();
    const auto [first, is_new] = places_.emplace(id, here);
    if (!is_new)
      vector.error_at("id", "the id '" + printable(id) + "' is taken by " + first->second);
  }

 private:
  std::map<std::string, std::string> places_;
};

// The flags that the file explains.
std::set<std::string> read_explained_flags(const JsonPlace& place) {
  std::set<std::string> flags;
  if (!place.json().is_object()) {
    place.expected("an object");
    return flags;
  }
  for (auto& [key, value] : place.json().items()) {
    (void)read_sentence(JsonPlace(place, key, value));
    flags.insert(key);
  }
  return flags;
}

// The vectors of one file; those with an error are left out.
template <typename Vector, typename Read>
void read_file(Json& file, std::string_view kind, Read&& read, Ids& ids, JsonSource& source,
               std::vector<Vector>& out) {
  const JsonPlace root(file, source);
  ObjectReader in(root);
  (void)in.required("$schema", [&](const JsonPlace& p) {
    if (read_text(p) != fmt::format("../schema/{}.schema.json", kind)) {
      p.expected(fmt::format("../schema/{}.schema.json", kind));
    }
    return true;
  });
  (void)in.required("kind", read_exactly(kind));
  (void)in.required("about", read_sentence);
  const auto flags = in.optional("flags", read_explained_flags).value_or(std::set<std::string>{});
  const auto read_one = [&](const JsonPlace& place) {
    const std::size_t before = source.error_count;
    Vector vector = read(place);
    if (!vector.id.empty()) ids.add(place, vector.id);
    for (const std::string& flag : vector.flags) {
      if (flags.contains(flag)) continue;
      place.error_at("flags", "the flag '" + printable(flag) + "' is not explained in /flags");
    }
    if (source.error_count == before) out.push_back(std::move(vector));
    return true;
  };
  (void)in.required("vectors",
                    [&](const JsonPlace& p) { return read_list(p, 1, kMaxVectors, read_one); });
  in.finish();
}

template <typename Vector, typename Read>
void load_folder(const std::filesystem::path& folder, std::string_view kind, Read&& read, Ids& ids,
                 std::vector<Vector>& out, std::vector<FileError>& errors) {
  for (const auto& path : json_files(folder, errors)) {
    Json file = read_json_file(path, errors);
    if (file.is_null()) continue;
    const std::string name = path.string();
    JsonSource source{name, errors};
    read_file(file, kind, read, ids, source, out);
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
  Ids ids;
  load_folder(folder / "messages", kMessageVectors, read_message_vector, ids, set.messages, errors);
  load_folder(folder / "frames", kFrameVectors, read_frame_vector, ids, set.frames, errors);
  return set;
}

VectorSet read_vectors(Json& file, const std::string& name, std::vector<FileError>& errors) {
  VectorSet set;
  Ids ids;
  JsonSource source{name, errors};
  const auto kind = file.is_object() ? file.find("kind") : file.end();
  if (kind != file.end() && *kind == kFrameVectors) {
    read_file(file, kFrameVectors, read_frame_vector, ids, source, set.frames);
  } else {
    read_file(file, kMessageVectors, read_message_vector, ids, source, set.messages);
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
