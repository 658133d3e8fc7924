// SPDX-License-Identifier: Apache-2.0
//
// The forms of a message for readers: JSON, and the annotated dump. Input: text that may be the
// JSON form of a message; the same bytes are decoded and annotated as if they were a message.

#include <algorithm>

#include "codec/annotate.h"
#include "codec/decode.h"
#include "codec/json_form.h"
#include "fuzz/check.h"
#include "fuzz/exact_memory.h"
#include "fuzz/under_test.h"

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
namespace wsapi::fuzz {
namespace {

constexpr std::size_t kMaxColumns = 100;
constexpr std::size_t kMaxFields = 6;        // of a message
constexpr std::size_t kMaxLinesOfField = 4;  // the last says how much was left out
// An operation, each field with a length of its own, and what was not decoded.
constexpr std::size_t kMaxLines = (1 + 2 * kMaxFields + 1) * kMaxLinesOfField;

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

void check_error(const Error& error) {
  const std::string text = to_string(error);
  check(!name(error.code).empty() && name(error.code) != name(ErrorCode::kNone),
        "a failure has a reason");
  check(is_printable(text) && text.starts_with(name(error.code)), "an error can be told");
}

// What has a name is found by it, and by nothing else.
void check_names(std::string_view text) {
  if (const auto revision = parse_revision(text)) {
    check(name(*revision) == text, "a revision is found by its name");
  }
  if (const auto direction = parse_direction(text)) {
    check(name(*direction) == text && name(opposite(*direction)) != text &&
              opposite(opposite(*direction)) == *direction,
          "a direction is found by its name");
  }
  if (const MessageInfo* const info = find_message(text)) {
    check(info->name == text, "a message is found by its name");
  }
}

void check_json(std::string_view text) {
  const auto first = from_json(text);
  if (!first) {
    check(first.error().offset <= text.size(), "an error lies within the text");
    check_error(first.error());
    return;
  }
  const bool legacy = first->format == format_of(Revision::kLegacy);
  const Revision revision = legacy ? Revision::kLegacy : kReferenceRevision;
  const std::string written = to_json(first->message, revision);
  check(is_printable(written), "the JSON form is printable ASCII");
  const auto second = from_json(written);
  check(second.ok(), "what was written as JSON can be read");
  check(second->message == first->message && second->format == first->format,
        "the JSON form gives the same message again");
  check(to_json(second->message, revision) == written, "a message has one JSON form");
}

void check_message(std::span<const std::byte> bytes, Revision revision, Direction direction) {
  const auto decoded = decode(bytes, revision, direction);
  if (!decoded) return check_error(decoded.error());
  const auto again = from_json(to_json(decoded->message, revision));
  check(again.ok() && again->message == decoded->message,
        "the JSON form gives the same message again");
}

void check_annotation(std::span<const std::byte> bytes, Revision revision, Direction direction) {
  const Annotation annotation = annotate(bytes, revision, direction);
  std::size_t end = 0;
  for (const AnnotatedField& field : annotation.fields) {
    check(field.begin == end && field.end >= field.begin, "fields follow each other without gaps");
    end = field.end;
  }
  check(end <= bytes.size(), "fields lie within the input");
  const std::string text = to_text(annotation, bytes);
  std::size_t columns = 0;
  std::size_t lines = 0;
  for (const char c : text) {
    if (c == '\n') {
      ++lines;
      columns = 0;
      continue;
    }
    check(c >= ' ' && c <= '~', "an annotation is printable ASCII");
    check(++columns <= kMaxColumns, "no line is longer than the limit");
  }
  check(columns == 0 && lines <= kMaxLines, "the last line ends, and there are not too many");
}

}  // namespace
}  // namespace wsapi::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wsapi;
  static fuzz::ExactMemory memory;
  const auto bytes = memory.copy(fuzz::as_bytes(data, size));
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  fuzz::check_names(text);
  fuzz::check_json(text);
  const std::uint64_t hash = fuzz::hash_of(bytes);
  const Revision chosen_revision = kRevisions[hash % kRevisions.size()];
  const Direction chosen_direction = kDirections[hash / 8 % kDirections.size()];
  for (const Revision revision : kRevisions) {
    for (const Direction direction : kDirections) {
      const bool chosen = revision == chosen_revision && direction == chosen_direction;
      if (!fuzz::is_read(chosen)) continue;
      fuzz::check_message(bytes, revision, direction);
      fuzz::check_annotation(bytes, revision, direction);
    }
  }
  return 0;
}
WSAPI_FUZZ_NOT_UNDER_TEST_END
