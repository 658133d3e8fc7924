// SPDX-License-Identifier: Apache-2.0

#include "fuzz/targets/differential.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/decode.h"
#include "codec/hex.h"
#include "codec/json_form.h"
#include "codec/json_members.h"
#include "codec/utf8.h"
#include "fuzz/models/simple_decoder.h"
#include "fuzz/models/simple_json.h"
#include "harness/codecs/message_match.h"

namespace wsapi::fuzz {
namespace {

constexpr std::string_view kRefused = "(refused)";

// A message that need not be understood, for what its texts are (protocol section 7).
bool has_acceptable_text(const JsonMembers& members) {
  return std::ranges::any_of(members, [](const JsonMember& member) {
    const std::string* const text = text_of(member.value);
    if (text == nullptr) return false;
    return text->find('\0') != std::string::npos || !is_utf8(*text) ||
           (is_object(member) && !is_simple_json(*text));
  });
}

struct Input {
  std::span<const std::byte> bytes;
  Revision revision;
  Direction direction;
};

// The name of the message, or why there is no message.
std::string subject_of(const Input& input) {
  const auto decoded = decode(input.bytes, input.revision, input.direction);
  if (decoded) return std::string(info_of(decoded->message, input.revision)->name);
  std::string text(name(decoded.error().code));
  if (input.bytes.empty()) return text;
  const char operation = std::to_integer<char>(input.bytes.front());
  if (const MessageInfo* const info = find_operation(operation, input.revision, input.direction)) {
    text.append(" in ").append(info->name);
  }
  return text;
}

Difference report(const Input& input, std::string_view what, std::string_view ours,
                  std::string_view theirs) {
  std::string text = "difference: " + std::string(what);
  text.append("\n  revision:  ").append(name(input.revision));
  text.append("\n  direction: ").append(name(input.direction));
  text.append("\n  bytes:     ").append(to_hex(input.bytes));
  text.append("\n  codec:     ").append(ours);
  text.append("\n  other:     ");
  append_json_string(text, theirs);  // may hold anything
  text += '\n';
  return {.kind = std::string(what) + ", " + subject_of(input), .report = std::move(text)};
}

std::optional<Difference> encode_difference(const Input& input, const std::string& json,
                                            const JsonMembers& members, MatchRule rule,
                                            const CodecUnderTest& other) {
  const EncodeAnswer answer = other.encode(json, input.revision);
  switch (answer.outcome) {
    case CodecOutcome::kUnsupported: return std::nullopt;
    case CodecOutcome::kFault: return report(input, "encode breaks a rule", json, answer.why);
    case CodecOutcome::kRefused:
      if (has_acceptable_text(members)) return std::nullopt;
      return report(input, "encode refuses a message", json, kRefused);
    case CodecOutcome::kDone: break;
  }
  if (same_encoding(input.bytes, members, answer.bytes, input.revision, input.direction, rule)) {
    return std::nullopt;
  }
  return report(input, "encode gives other bytes", json, to_hex(answer.bytes));
}

}  // namespace

std::optional<Difference> simple_difference(std::span<const std::byte> bytes, Revision revision,
                                            Direction direction) {
  std::vector<std::uint8_t> input;
  for (const std::byte byte : bytes) input.push_back(std::to_integer<std::uint8_t>(byte));
  const auto theirs = simple_decode(input, revision, direction);
  const auto decoded = decode(bytes, revision, direction);
  const std::string ours = decoded ? to_json(decoded->message, revision) : std::string(kRefused);
  if (ours == theirs.value_or(std::string(kRefused))) return std::nullopt;
  return report({bytes, revision, direction}, "the simple decoder differs", ours,
                theirs.value_or(std::string(kRefused)));
}

std::optional<Difference> codec_difference(std::span<const std::byte> bytes, Revision revision,
                                           Direction direction, const CodecUnderTest& other) {
  const Input input{bytes, revision, direction};
  const auto decoded = decode(bytes, revision, direction);
  const std::string ours = decoded ? to_json(decoded->message, revision)
                                   : "(refused: " + to_string(decoded.error()) + ')';
  const DecodeAnswer answer = other.decode(bytes, revision, direction);
  const bool refused = answer.outcome == CodecOutcome::kRefused;
  if (answer.outcome == CodecOutcome::kUnsupported) return std::nullopt;
  if (answer.outcome == CodecOutcome::kFault) {
    return report(input, "decode breaks a rule", ours, answer.why);
  }
  if (!decoded) {
    if (refused) return std::nullopt;
    return report(input, "decode accepts what is no message", ours, answer.json);
  }
  const JsonMembers members = std::move(read_json_members(ours).value());
  if (refused) {
    const bool acceptable = decoded->size < bytes.size() || has_acceptable_text(members);
    if (acceptable) return std::nullopt;
    return report(input, "decode refuses a message", ours, kRefused);
  }
  const auto theirs = read_json_members(answer.json);
  if (!theirs) return report(input, "decode gives no flat JSON object", ours, answer.json);
  const MatchRule rule = other.is_exact() ? MatchRule::kExact : MatchRule::kPlugin;
  if (!same_message(members, *theirs, rule)) {
    return report(input, "decode gives another message", ours, answer.json);
  }
  if (decoded->size < bytes.size()) return std::nullopt;
  const bool without_objects = rule == MatchRule::kPlugin && leaves_objects_out(*theirs);
  return encode_difference(input, ours, members,
                           without_objects ? MatchRule::kPluginWithoutObjects : rule, other);
}

}  // namespace wsapi::fuzz
