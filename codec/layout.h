// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where each field of a message lies in its bytes: for whoever shows, cuts or changes them. Derived
// from the message's one description (messages.h) and the rules of the wire types (wire_types.h).
// Nothing is allocated.

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "codec/message.h"
#include "codec/revision.h"
#include "codec/wire_types.h"

namespace wsapi {

// All offsets are in bytes from the start of the message.
struct FieldLayout {
  std::string_view name;
  WireType type{};
  WireShape shape{};
  std::size_t offset = 0;  // of the integer, of the raw bytes, or of the length or count in front
  std::size_t size = 0;    // of all of it, with length and NUL

  [[nodiscard]] std::size_t end() const noexcept { return offset + size; }
  // Of a text or list, what comes after the length or count; of all others, the field itself.
  [[nodiscard]] std::size_t content_offset() const noexcept {
    return offset + (is_counted() ? shape.head_size : 0);
  }
  [[nodiscard]] std::size_t content_size() const noexcept {  // without the NUL
    return end() - content_offset() - (nul_offset() ? 1 : 0);
  }
  // The last byte that a text's length counts, whatever it is; none where the length is 0.
  [[nodiscard]] std::optional<std::size_t> nul_offset() const noexcept {
    if (!is_text() || size == shape.head_size) return std::nullopt;
    return end() - 1;
  }
  [[nodiscard]] bool is_text() const noexcept { return shape.ends_in_nul; }
  [[nodiscard]] bool is_counted() const noexcept { return shape.form == WireForm::kCounted; }
};

struct MessageLayout {
  const MessageInfo* info = nullptr;  // none where the operation is none
  std::array<FieldLayout, kMaxFields> field_array{};
  std::size_t field_count = 0;

  [[nodiscard]] std::span<const FieldLayout> fields() const noexcept {
    return std::span(field_array).first(field_count);
  }
  // Whether every field of the message is there.
  [[nodiscard]] bool complete() const noexcept {
    return info != nullptr && field_count == info->fields.size();
  }
  // The first byte after the fields that are there.
  [[nodiscard]] std::size_t end() const noexcept {
    return field_count == 0 ? (info == nullptr ? 0 : 1) : field_array[field_count - 1].end();
  }
};

// The fields up to the first for which the bytes do not suffice. Only sizes are looked at: a text
// of length 0 where there must be one, and a text without its NUL, are laid out as well.
[[nodiscard]] MessageLayout layout_of(std::span<const std::byte> bytes, Revision revision,
                                      Direction direction) noexcept;
// The same for a message that is known, whatever the operation byte is; its format is that of the
// revision.
[[nodiscard]] MessageLayout layout_of(std::span<const std::byte> bytes, Revision revision,
                                      const MessageInfo& info) noexcept;

}  // namespace wsapi
