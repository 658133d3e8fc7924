// SPDX-License-Identifier: Apache-2.0

#include "codec/annotate.h"

#include <algorithm>

#include "codec/decode.h"
#include "codec/hex.h"
#include "codec/json_form.h"
#include "codec/layout.h"
#include "codec/little_endian.h"
#include "codec/read_buf.h"

namespace wsapi {
namespace {

constexpr std::size_t kBytesPerLine = 12;  // 35 columns
constexpr std::size_t kMaxLines = 3;       // of one field
constexpr std::size_t kOffsetColumns = 7;
constexpr std::size_t kLabelColumns = 18;
constexpr std::size_t kValueColumns = 34;  // with all the above and three gaps of 2: 100
constexpr std::size_t kMaxValueText = 64;  // bytes of a text that are turned into JSON

// A text may be a megabyte: only its beginning is shown, so only that is converted. It is not cut
// within a character: half of one is not UTF-8, and would turn the whole into hexadecimal.
std::string_view beginning(std::string_view text) {
  constexpr std::size_t kMaxTrailBytes = 3;
  if (text.size() <= kMaxValueText) return text;
  for (std::size_t size = kMaxValueText; size >= kMaxValueText - kMaxTrailBytes; --size) {
    if ((static_cast<unsigned char>(text[size]) & 0xc0) != 0x80) return text.substr(0, size);
  }
  return text.substr(0, kMaxValueText);
}

std::string value_text(const FieldLayout& field, std::span<const std::byte> bytes) {
  const auto content = bytes.subspan(field.content_offset(), field.content_size());
  std::string out;
  switch (field.shape.form) {
    case WireForm::kInteger: return std::to_string(load_little_endian(content));
    case WireForm::kRaw: {
      Uuid uuid;
      std::ranges::copy(content, uuid.bytes.begin());
      append_json_value(out, uuid);
      return out;
    }
    case WireForm::kCounted: break;
  }
  if (!field.is_text()) {
    append_json_value(out, VersionList{content});
  } else if (!field.nul_offset()) {
    return "null";
  } else {
    append_json_value(out, beginning(as_text(content)));
  }
  return out;
}

void add_field(Annotation& out, const FieldLayout& field, std::span<const std::byte> bytes) {
  const std::string name{field.name};
  std::size_t begin = field.offset;
  if (field.is_text()) {
    begin = field.content_offset();
    out.fields.push_back(
        {field.offset, begin, name + " length", std::to_string(field.end() - begin)});
  }
  out.fields.push_back({begin, field.end(), name, value_text(field, bytes)});
}

std::string shortened(std::string text, std::size_t columns) {
  constexpr std::string_view kDots = "...";
  if (text.size() <= columns) return text;
  text.resize(columns - kDots.size());
  return text.append(kDots);
}

std::string padded(std::string text, std::size_t columns) {
  if (text.size() < columns) text.resize(columns, ' ');
  return text;
}

// One line: an offset, what is there (bytes, or a remark on them), and what it means.
void append_line(std::string& out, std::size_t offset, std::string shown,
                 std::string_view meaning) {
  constexpr std::size_t kShownColumns = kBytesPerLine * 3 - 1;
  const std::string digits = std::to_string(offset);
  std::string line(kOffsetColumns - std::min(kOffsetColumns, digits.size()), ' ');
  line.append(digits).append("  ");
  line.append(padded(std::move(shown), kShownColumns)).append("  ").append(meaning);
  line.erase(line.find_last_not_of(' ') + 1);
  out.append(line).append("\n");
}

std::string meaning_of(std::string_view label, std::string_view value) {
  return padded(shortened(std::string{label}, kLabelColumns), kLabelColumns) + "  " +
         shortened(std::string{value}, kValueColumns);
}

// The lines of bytes [begin, end), at least one: the first with label and value. Instead of the
// bytes beyond kMaxLines there is one line that says how many they are.
void append_lines(std::string& out, std::span<const std::byte> bytes, std::size_t begin,
                  std::size_t end, std::string_view label, std::string_view value) {
  std::string meaning = meaning_of(label, value);
  for (std::size_t line = 0; line == 0 || begin < end; ++line) {
    if (line == kMaxLines) {
      append_line(out, begin, "... " + std::to_string(end - begin) + " more bytes", {});
      return;
    }
    const std::size_t size = std::min(kBytesPerLine, end - begin);
    append_line(out, begin, to_hex(bytes.subspan(begin, size), " "), meaning);
    meaning.clear();
    begin += size;
  }
}

}  // namespace

Annotation annotate(std::span<const std::byte> bytes, Revision revision, Direction direction) {
  Annotation out;
  const auto decoded = decode(bytes, revision, direction);
  if (!decoded) out.error = decoded.error();
  const MessageLayout layout = layout_of(bytes, revision, direction);
  if (layout.info == nullptr) return out;
  out.fields.push_back({0, 1, "operation", std::string{layout.info->title}});
  for (const FieldLayout& field : layout.fields()) {
    if (!decoded && field.offset >= out.error.offset) break;
    add_field(out, field, bytes);
  }
  return out;
}

std::string to_text(const Annotation& annotation, std::span<const std::byte> bytes) {
  std::string out;
  std::size_t end = 0;
  for (const AnnotatedField& field : annotation.fields) {
    append_lines(out, bytes, field.begin, field.end, field.label, field.value);
    end = field.end;
  }
  if (!annotation.error.ok()) {
    const std::string why =
        std::string{name(annotation.error.code)} + " (" + std::string{annotation.error.field} + ")";
    append_lines(out, bytes, end, bytes.size(), "not decoded", why);
  } else if (end < bytes.size()) {
    append_lines(out, bytes, end, bytes.size(), "after the message", "");
  }
  return out;
}

}  // namespace wsapi
