// SPDX-License-Identifier: Apache-2.0

#include "harness/codecs/vector_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "codec/annotate.h"
#include "codec/decode.h"
#include "codec/encode.h"
#include "codec/frame.h"
#include "codec/json_form.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;
using EventKind = ExpectedFrameEvent::Kind;

// Bytes fed to the frame decoder at a time; 0: all at once. Megabytes go only through the larger.
constexpr std::array<std::size_t, 5> kPieceSizes{0, 1, 2, 7, 4096};
constexpr std::size_t kMaxForSmallPieces = 100'000;

class MessageCheck {
 public:
  MessageCheck(const MessageVector& vector, std::vector<Disagreement>& out)
      : vector_(vector), out_(out), bytes_(vector.bytes.expand()) {
    if (vector.message) message_ = expand_message(*vector.message);
  }

  void check(Revision revision) {
    const auto decoded = decode(bytes_, revision, vector_.direction);
    check_annotation(revision, decoded.ok());
    if (!decoded) {
      check_refused(decoded.error());
    } else if (vector_.vector_class == VectorClass::kInvalid) {
      report(revision, "is invalid, but is decoded as " + printable(to_json(decoded->message)));
    } else {
      check_decoded(*decoded, revision);
    }
    if (!message_.empty() && vector_.canonical) check_encoded(revision);
  }

 private:
  void report(Revision revision, std::string message) {
    out_.push_back({vector_.id, fmt::format("in {}: {}", name(revision), message)});
  }

  void check_refused(const Error& error) {
    const std::string got = to_string(error);
    if (vector_.vector_class == VectorClass::kValid) {
      out_.push_back({vector_.id, "is valid, but is refused: " + got});
    }
    const auto& expected = vector_.error;
    if (!expected) return;
    const bool same = expected->code == name(error.code) && expected->offset == error.offset &&
                      expected->field == error.field;
    if (same) return;
    out_.push_back(
        {vector_.id, fmt::format("expects {} at offset {} in field {}, got {}", expected->code,
                                 expected->offset, expected->field, got)});
  }

  void check_decoded(const Decoded& decoded, Revision revision) {
    if (message_.empty()) {
      report(revision, "is decoded, but the vector has no message");
      return;
    }
    const std::string got = to_json(decoded.message);
    if (Json::parse(got) != Json::parse(message_)) {
      report(revision,
             fmt::format("is decoded as {} instead of {}", printable(got), printable(message_)));
    }
    if (vector_.canonical && decoded.size != bytes_.size()) {
      report(revision, fmt::format("{} of {} bytes were decoded", decoded.size, bytes_.size()));
    }
    const auto again = encode_to_bytes(decoded.message, revision);
    if (!again || !std::ranges::equal(*again, std::span(bytes_).first(decoded.size))) {
      report(revision, "what was decoded is not encoded to the same bytes");
    }
  }

  void check_encoded(Revision revision) {
    const auto message = from_json(message_);
    if (!message) {
      report(revision, "the message cannot be read: " + to_string(message.error()));
      return;
    }
    const auto encoded = encode_to_bytes(message->message, revision);
    if (!encoded) {
      report(revision, "the message cannot be encoded: " + to_string(encoded.error()));
    } else if (*encoded != bytes_) {
      report(revision, "the message is not encoded to the vector's bytes");
    }
  }

  // The dump accounts for every byte, and stops where decoding stops.
  void check_annotation(Revision revision, bool whole) {
    const Annotation annotation = annotate(bytes_, revision, vector_.direction);
    std::size_t at = 0;
    for (const AnnotatedField& field : annotation.fields) {
      if (field.begin != at) report(revision, "the annotation leaves bytes out");
      at = field.end;
    }
    if (annotation.error.ok() != whole) report(revision, "annotation and decoding disagree");
  }

  const MessageVector& vector_;
  std::vector<Disagreement>& out_;
  std::vector<std::byte> bytes_;
  std::string message_;  // JSON form; empty where there is none
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

void check_vector(const MessageVector& vector, std::vector<Disagreement>& out) {
  MessageCheck check(vector, out);
  for (const Revision revision : vector.revisions) check.check(revision);
}

void check_vector(const FrameVector& vector, std::vector<Disagreement>& out) {
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
