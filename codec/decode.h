// SPDX-License-Identifier: Apache-2.0
#pragma once

// Bytes to messages, from the message's one description (messages.h). Decoding is total: any bytes,
// in any revision and direction, give a message or an error. Nothing is copied but the uuid; the
// message's texts and lists are views into the input, which must outlive it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "codec/error.h"
#include "codec/field_codec.h"
#include "codec/message.h"
#include "codec/read_buf.h"
#include "codec/result.h"

namespace wsapi {

struct Decoded {
  // A default message of that type; its size is for the caller to set.
  template <typename Message>
  explicit Decoded(std::in_place_type_t<Message> type) noexcept : message(type) {}

  AnyMessage message;
  std::size_t size;  // bytes of the message; those behind it are no error (section 7)
};

// Decodes the fields of a message whose operation byte `in` has passed. Calls
// on_field(name, begin, end, value) after each field, with offsets from the start of `in`.
template <WsapiMessage Message, typename OnField>
[[nodiscard]] Error decode_fields(ReadBuf& in, Revision revision, Message& message,
                                  OnField&& on_field) {
  Error error;
  all_fields<Message>([&](const auto& field) {
    const std::size_t begin = in.offset();
    auto& value = message.*field.member;
    const ErrorCode code = field_codec::read(in, revision, value);
    if (code != ErrorCode::kNone) {
      error = {.code = code, .offset = begin, .field = field.name};
      return false;
    }
    on_field(field.name, begin, in.offset(), value);
    return true;
  });
  return error;
}

// One message of which only the type is asked for. Errors as decode, and not-in-revision.
template <WsapiMessage Message>
[[nodiscard]] Result<Message> decode_as(std::span<const std::byte> bytes, Revision revision) {
  if (!in_revision(Message::kInfo, revision)) {
    return Error{.code = ErrorCode::kNotInRevision, .offset = 0, .field = "operation"};
  }
  ReadBuf in(bytes);
  char operation = 0;
  if (in.get_char(operation) != ErrorCode::kNone) {
    return Error{.code = ErrorCode::kEmptyMessage, .offset = 0, .field = "operation"};
  }
  if (operation != Message::kInfo.operation) {
    return Error{.code = ErrorCode::kUnknownOperation, .offset = 0, .field = "operation"};
  }
  Result<Message> result(std::in_place);
  const Error error = decode_fields(in, revision, result.value(), [](const auto&...) {});
  if (!error.ok()) return error;
  return result;
}

namespace detail {

// What decodes a message of at least one byte, by that byte; for each revision and direction.
using Decoder = Result<Decoded> (*)(std::span<const std::byte>);
using DecoderTable = std::array<Decoder, 256>;
extern const std::array<std::array<DecoderTable, kDirections.size()>, kRevisions.size()> kDecoders;

}  // namespace detail

// Any message of that direction. The error's offset is that of the field that failed (for a string:
// of its length). Errors: empty-message, unknown-operation, wrong-direction, truncated,
// string-length-zero, length-beyond-end, string-without-nul.
[[nodiscard]] inline Result<Decoded> decode(std::span<const std::byte> bytes, Revision revision,
                                            Direction direction) {
  if (bytes.empty()) [[unlikely]] {
    return Error{.code = ErrorCode::kEmptyMessage, .offset = 0, .field = "operation"};
  }
  const auto operation = std::to_integer<std::uint8_t>(bytes.front());
  return detail::kDecoders[static_cast<std::size_t>(revision)][static_cast<std::size_t>(direction)]
                          [operation](bytes);
}

}  // namespace wsapi
