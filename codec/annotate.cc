// SPDX-License-Identifier: Apache-2.0

#include "codec/annotate.h"

#include <algorithm>
#include <type_traits>

#include "codec/decode.h"
#include "codec/hex.h"
#include "codec/json_form.h"

namespace wsapi {
namespace {

constexpr std::size_t kLengthSize = 4;     // bytes of a string's length (protocol section 2)
constexpr std::size_t kBytesPerLine = 12;  // 35 columns
constexpr std::size_t kMaxLines = 3;       // of one field
constexpr std::size_t kOffsetColumns = 7;
constexpr std::size_t kLabelColumns = 18;
constexpr std::size_t kValueColumns = 34;  // with all the above and three gaps of 2: 100
constexpr std::size_t kMaxValueText = 64;  // bytes of a text that are turned into JSON

template <typename T>
constexpr bool kIsText = std::is_same_v<T, std::string_view> || std::is_same_v<T, NullString> ||
                         std::is_same_v<T, Object>;

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

template <typename T>
std::string value_text(const T& value) {
  std::string out;
  if constexpr (std::is_same_v<T, std::string_view>) {
    append_json_value(out, beginning(value));
  } else if constexpr (std::is_same_v<T, Object>) {
    append_json_value(out, beginning(value.text));
  } else if constexpr (std::is_same_v<T, NullString>) {
    return value ? value_text(*value) : "null";
  } else {
    append_json_value(out, value);
  }
  return out;
}

template <typename T>
void add_field(Annotation& out, std::string_view name, std::size_t begin, std::size_t end,
               const T& value) {
  if constexpr (kIsText<T>) {
    const std::size_t text_begin = begin + kLengthSize;
    out.fields.push_back(
        {begin, text_begin, std::string{name} + " length", std::to_string(end - text_begin)});
    begin = text_begin;
  }
  out.fields.push_back({begin, end, std::string{name}, value_text(value)});
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
  if (bytes.empty()) return out;
  const char operation = std::to_integer<char>(bytes.front());
  const MessageInfo* const info = find_operation(operation, revision, direction);
  if (info == nullptr) return out;
  out.fields.push_back({0, 1, "operation", std::string{info->title}});
  any_message_type([&]<typename Message>(std::type_identity<Message>) {
    if (Message::kInfo.name != info->name) return false;
    ReadBuf in(bytes);
    char skipped = 0;
    Message message;
    return in.get_char(skipped) == ErrorCode::kNone &&
           decode_fields(in, revision, message,
                         [&](std::string_view name, std::size_t begin, std::size_t end,
                             const auto& value) { add_field(out, name, begin, end, value); })
               .ok();
  });
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
    append_lines(out, bytes, end, bytes.size(), "behind the message", "");
  }
  return out;
}

}  // namespace wsapi
