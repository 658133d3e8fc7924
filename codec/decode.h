// SPDX-License-Identifier: Apache-2.0
#pragma once

// Bytes to messages, from the message's one description (messages.h). Decoding is total: any bytes,
// in any revision and direction, give a message or an error. Nothing is copied but the uuid; the
// message's texts and lists are views into the input, which must outlive it.

#include <cstddef>
#include <span>

#include "codec/error.h"
#include "codec/field_codec.h"
#include "codec/message.h"
#include "codec/read_buf.h"
#include "codec/result.h"

namespace wsapi {

struct Decoded {
  AnyMessage message;
  std::size_t size = 0;  // bytes of the message; those behind it are no error (section 7)
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
  Message message;
  const Error error = decode_fields(in, revision, message, [](const auto&...) {});
  if (!error.ok()) return error;
  return message;
}

// Any message of that direction. The error's offset is that of the field that failed (for a string:
// of its length). Errors: empty-message, unknown-operation, wrong-direction, truncated,
// string-length-zero, length-beyond-end, string-without-nul.
[[nodiscard]] Result<Decoded> decode(std::span<const std::byte> bytes, Revision revision,
                                     Direction direction);

}  // namespace wsapi
