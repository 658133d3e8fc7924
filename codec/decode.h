// SPDX-License-Identifier: Apache-2.0
#pragma once

// Bytes to messages, from the message's one description (messages.h). Decoding is total: any bytes,
// in any revision and direction, give a message or an error. Nothing is copied but the uuid; the
// message's texts and lists are views into the input, which must outlive it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
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
  std::size_t size;  // bytes of the message; those after it are no error (section 7)
};

// Decodes the fields of a message whose operation byte `in` has passed; the message is of the
// revision. The error says at which field `in` has stopped.
template <WsapiMessage Message>
[[nodiscard, gnu::always_inline]] inline Error decode_fields(ReadBuf& in, Revision revision,
                                                             Message& message) {
  // Not in an Error before it is known to be one, as in put_message.
  ErrorCode code = ErrorCode::kNone;
  std::size_t begin = 0;
  std::string_view name;
  const bool done = with_format<Message>(
      revision, false, [&](auto format) __attribute__((always_inline)) {
        return all_fields<Message, format()>([&](const auto& field) __attribute__((always_inline)) {
          begin = in.offset();
          name = field.name;
          code = field_codec::read(in, revision, message.*field.member);
          return code == ErrorCode::kNone;
        });
      });
  return done ? Error{} : Error{.code = code, .offset = begin, .field = name};
}

// The id right after the operation, as wide as the revision has it, of a message that need not be
// whole; std::nullopt where the bytes do not suffice.
template <field_codec::IdValue IdType>
[[nodiscard]] std::optional<std::uint32_t> leading_id(std::span<const std::byte> message,
                                                      Revision revision) {
  if (message.empty()) return std::nullopt;
  ReadBuf in(message, 1);
  IdType id;
  if (field_codec::read(in, revision, id) != ErrorCode::kNone) return std::nullopt;
  return id;
}

// One message of which only the type is asked for. Errors as decode, and not-in-revision.
template <WsapiMessage Message>
[[nodiscard]] Result<Message> decode_as(std::span<const std::byte> bytes, Revision revision) {
  // One result for every end, so that the message is made where the caller wants it.
  Result<Message> result(std::in_place);
  const auto refuse = [&](ErrorCode code) {
    result = Error{.code = code, .offset = 0, .field = "operation"};
  };
  if (!in_revision<Message>(revision)) {
    refuse(ErrorCode::kNotInRevision);
  } else if (bytes.empty()) {
    refuse(ErrorCode::kEmptyMessage);
  } else if (!has_operation_of<Message>(bytes, revision)) {
    refuse(ErrorCode::kUnknownOperation);
  } else {
    ReadBuf in(bytes, 1);
    const Error error = decode_fields(in, revision, result.value());
    if (!error.ok()) result = error;
  }
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
