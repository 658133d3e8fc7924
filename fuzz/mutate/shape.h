// SPDX-License-Identifier: Apache-2.0
#pragma once

// The messages as tables of wire fields, made by the compiler from their one description
// (codec/messages.h), so that a new message is mutated without a line here.

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "codec/message.h"
#include "fuzz/mutate/edit_buffer.h"
#include "fuzz/under_test.h"

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
namespace wsapi::fuzz {

enum class WireKind : std::uint8_t { kInteger, kText, kNullText, kObject, kUuid, kList };

struct FieldShape {
  WireKind kind = WireKind::kInteger;
  std::string_view name;
  // Bytes of the integer, of the raw bytes, or of the length or count in front; by revision.
  std::array<std::uint8_t, kRevisions.size()> width{};
};

inline constexpr std::size_t kMaxFields = 8;

struct MessageShape {
  const MessageInfo* info = nullptr;
  std::array<FieldShape, kMaxFields> fields{};
  std::size_t field_count = 0;

  [[nodiscard]] std::span<const FieldShape> all() const noexcept {
    return std::span(fields).first(field_count);
  }
};

// Every message, in the order of AnyMessage.
[[nodiscard]] std::span<const MessageShape> shapes() noexcept;

// Those that begin with this operation, in any revision and direction: none, or up to two.
[[nodiscard]] std::span<const MessageShape* const> shapes_of(std::uint8_t operation) noexcept;

// A field in the bytes of a message.
struct FieldPlace {
  const FieldShape* shape = nullptr;
  std::size_t begin = 0;
  std::size_t width = 0;  // of the integer, or of the length or count in front
  std::size_t size = 0;   // with the width

  [[nodiscard]] std::size_t end() const noexcept { return begin + size; }
};

struct Layout {
  const MessageShape* shape = nullptr;
  Revision revision = kReferenceRevision;
  std::array<FieldPlace, kMaxFields> fields{};
  std::size_t field_count = 0;  // fewer than in the shape where the bytes are wrong

  [[nodiscard]] bool complete() const noexcept { return field_count == shape->field_count; }
  [[nodiscard]] std::span<const FieldPlace> all() const noexcept {
    return std::span(fields).first(field_count);
  }
  [[nodiscard]] std::size_t end() const noexcept {
    return field_count == 0 ? 1 : fields[field_count - 1].end();
  }
};

// Where the fields of a message lie in `bytes`, which begin with its operation: up to the first
// that does not fit. Texts need no NUL for that.
[[nodiscard]] Layout locate(const MessageShape& shape, Revision revision, Octets bytes) noexcept;

// A revision that has the message: for version 1, the one or the other, by `choice`.
[[nodiscard]] Revision revision_of(const MessageShape& shape, bool choice) noexcept;

}  // namespace wsapi::fuzz
WSAPI_FUZZ_NOT_UNDER_TEST_END
