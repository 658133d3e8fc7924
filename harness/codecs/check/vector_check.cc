// SPDX-License-Identifier: Apache-2.0

#include "harness/codecs/check/vector_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "codec/annotate.h"
#include "codec/decode.h"
#include "codec/frame.h"
#include "codec/json_form.h"
#include "codec/json_members.h"
#include "harness/codecs/message_match.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

using EventKind = ExpectedFrameEvent::Kind;

// Bytes fed to the frame decoder at a time; 0: all at once. Megabytes go only through the larger.
constexpr std::array<std::size_t, 5> kPieceSizes{0, 1, 2, 7, 4096};
constexpr std::size_t kMaxForSmallPieces = 100'000;

class MessageCheck {
 public:
  MessageCheck(const MessageVector& vector, const CodecUnderTest& codec,
               std::vector<Disagreement>& out)
      : vector_(vector), codec_(codec), out_(out), bytes_(vector.bytes.expand()) {
    if (!vector.message) return;
    message_ = expand_message(*vector.message);
    if (const auto message = from_json(message_); !message) {
      out_.push_back({vector.id, "the message cannot be read: " + to_string(message.error())});
    }
    if (auto members = read_json_members(message_)) members_ = std::move(members).value();
  }

  // False: the codec does not implement the revision, the direction or the message.
  bool check(Revision revision) {
    const DecodeAnswer answer = codec_.decode(bytes_, revision, vector_.direction);
    const bool is_invalid = vector_.vector_class == VectorClass::kInvalid;
    MatchRule rule = codec_.is_exact() ? MatchRule::kExact : MatchRule::kPlugin;
    switch (answer.outcome) {
      case CodecOutcome::kUnsupported: return false;
      case CodecOutcome::kFault: report(revision, answer.why); break;
      case CodecOutcome::kRefused: check_refused(answer); break;
      case CodecOutcome::kDone:
        if (is_invalid) {
          report(revision, "is invalid, but is decoded as " + printable(answer.json));
        } else {
          rule = check_decoded(answer, revision, rule);
        }
        break;
    }
    if (!message_.empty() && vector_.canonical) check_encoded(revision, rule);
    return true;
  }

 private:
  void report(Revision revision, std::string message) {
    out_.push_back({vector_.id, fmt::format("in {}: {}", name(revision), message)});
  }

  void check_refused(const CodecAnswer& answer) {
    const std::string got = answer.why.empty() ? "no reason" : answer.why;
    if (vector_.vector_class == VectorClass::kValid) {
      out_.push_back({vector_.id, "is valid, but is refused: " + got});
    }
    const auto& expected = vector_.error;
    if (!expected || !answer.error) return;
    const Error& error = *answer.error;
    const bool same = expected->code == name(error.code) && expected->offset == error.offset &&
                      expected->field == error.field;
    if (same) return;
    out_.push_back(
        {vector_.id, fmt::format("expects {} at offset {} in field {}, got {}", expected->code,
                                 expected->offset, expected->field, got)});
  }

  // Returns the rule to compare encoded bytes by.
  MatchRule check_decoded(const DecodeAnswer& answer, Revision revision, MatchRule rule) {
    if (message_.empty()) {
      report(revision, "is decoded, but the vector has no message");
      return rule;
    }
    const auto members = read_json_members(answer.json);
    if (!members || !same_message(members_, *members, rule)) {
      report(revision, fmt::format("is decoded as {} instead of {}", printable(answer.json),
                                   printable(message_)));
    }
    if (vector_.canonical && answer.size.value_or(bytes_.size()) != bytes_.size()) {
      report(revision, fmt::format("{} of {} bytes were decoded", *answer.size, bytes_.size()));
    }
    if (rule == MatchRule::kExact) check_encoded_again(answer, revision);
    const bool without_objects =
        rule == MatchRule::kPlugin && members && leaves_objects_out(*members);
    return without_objects ? MatchRule::kPluginWithoutObjects : rule;
  }

  // Only exact answers keep all that is needed to encode them again.
  void check_encoded_again(const DecodeAnswer& answer, Revision revision) {
    const std::size_t size = std::min(answer.size.value_or(bytes_.size()), bytes_.size());
    const EncodeAnswer again = codec_.encode(answer.json, revision);
    if (again.outcome == CodecOutcome::kUnsupported) return;
    if (again.outcome != CodecOutcome::kDone ||
        !std::ranges::equal(again.bytes, std::span(bytes_).first(size))) {
      report(revision, "what was decoded is not encoded to the same bytes");
    }
  }

  void check_encoded(Revision revision, MatchRule rule) {
    const EncodeAnswer answer = codec_.encode(message_, revision);
    // A plugin may refuse what it need not understand, both ways.
    const bool may_refuse =
        rule != MatchRule::kExact && vector_.vector_class == VectorClass::kAcceptable;
    switch (answer.outcome) {
      case CodecOutcome::kUnsupported: return;
      case CodecOutcome::kFault: return report(revision, answer.why);
      case CodecOutcome::kRefused:
        if (!may_refuse) report(revision, "the message cannot be encoded: " + answer.why);
        return;
      case CodecOutcome::kDone: break;
    }
    if (!same_encoding(bytes_, members_, answer.bytes, revision, vector_.direction, rule)) {
      report(revision, "the message is not encoded to the vector's bytes");
    }
  }

  const MessageVector& vector_;
  const CodecUnderTest& codec_;
  std::vector<Disagreement>& out_;
  std::vector<std::byte> bytes_;
  std::string message_;  // JSON form; empty if the vector has none
  JsonMembers members_;  // of message_
};

// One event as text, so that the expected and the real ones can be compared and shown.
std::string event_text(std::string_view kind, std::span<const std::byte> payload,
                       std::string_view detail) {
  std::size_t hash = 1469598103934665603ULL;  // FNV-1a, for payloads that are too long to show
  for (const std::byte b : payload)
    hash = (hash ^ std::to_integer<std::size_t>(b)) * 1099511628211ULL;
  return fmt::format("{} of {} bytes [{:x}] {}", kind, payload.size(), hash, detail);
}

std::string text_of(const ExpectedFrameEvent& event) {
  const std::vector<std::byte> payload = event.payload.expand();
  const std::string code = event.code ? std::to_string(*event.code) : "no code";
  switch (event.kind) {
    case EventKind::kMessage: return event_text("message", payload, "");
    case EventKind::kPing: return event_text("ping", payload, "");
    case EventKind::kPong: return event_text("pong", payload, "");
    case EventKind::kClose: return event_text("close", payload, code);
    case EventKind::kViolation: return event_text("violation", {}, code + " " + event.why);
  }
  return "";
}

std::string text_of(const FrameEvent& event) {
  const std::string code = event.close_code ? std::to_string(*event.close_code) : "no code";
  switch (event.kind) {
    case FrameEventKind::kNeedMore: return "";
    case FrameEventKind::kMessage: return event_text("message", event.payload, "");
    case FrameEventKind::kPing: return event_text("ping", event.payload, "");
    case FrameEventKind::kPong: return event_text("pong", event.payload, "");
    case FrameEventKind::kClose: return event_text("close", event.payload, code);
    case FrameEventKind::kViolation:
      return event_text("violation", {},
                        fmt::format("{} {}", close_code(event.violation), name(event.violation)));
  }
  return "";
}

std::vector<std::string> decoded_events(std::span<const std::byte> octets, std::size_t piece_size) {
  std::vector<std::string> events;
  FrameDecoder decoder;
  while (!octets.empty() && !decoder.ended()) {
    auto piece =
        octets.first(piece_size == 0 ? octets.size() : std::min(piece_size, octets.size()));
    octets = octets.subspan(piece.size());
    while (!decoder.ended()) {
      const FrameEvent event = decoder.next(piece);
      if (event.kind == FrameEventKind::kNeedMore) break;
      events.push_back(text_of(event));
    }
  }
  return events;
}

}  // namespace

std::size_t check_vector(const MessageVector& vector, const CodecUnderTest& codec,
                         std::vector<Disagreement>& out) {
  MessageCheck check(vector, codec, out);
  std::size_t count = 0;
  for (const Revision revision : vector.revisions) count += check.check(revision) ? 1 : 0;
  return count;
}

void check_annotation(const MessageVector& vector, std::vector<Disagreement>& out) {
  const std::vector<std::byte> bytes = vector.bytes.expand();
  for (const Revision revision : vector.revisions) {
    const auto report = [&](std::string_view message) {
      out.push_back({vector.id, fmt::format("in {}: {}", name(revision), message)});
    };
    const Annotation annotation = annotate(bytes, revision, vector.direction);
    std::size_t at = 0;
    for (const AnnotatedField& field : annotation.fields) {
      if (field.begin != at) report("the annotation leaves bytes out");
      at = field.end;
    }
    if (annotation.error.ok() != decode(bytes, revision, vector.direction).ok()) {
      report("annotation and decoding disagree");
    }
  }
}

void check_frames(const FrameVector& vector, std::vector<Disagreement>& out) {
  const std::vector<std::byte> octets = vector.bytes.expand();
  std::vector<std::string> expected;
  for (const ExpectedFrameEvent& event : vector.events) expected.push_back(text_of(event));
  for (const std::size_t piece_size : kPieceSizes) {
    if (octets.size() > kMaxForSmallPieces && piece_size > 0 && piece_size < 1000) continue;
    const std::vector<std::string> events = decoded_events(octets, piece_size);
    if (events == expected) continue;
    out.push_back(
        {vector.id, fmt::format("in pieces of {} bytes: expects [{}], got [{}]", piece_size,
                                fmt::join(expected, ", "), fmt::join(events, ", "))});
  }
}

}  // namespace wsapi
