// SPDX-License-Identifier: Apache-2.0
#pragma once

// Messages to bytes: into a WriteBuf, from the message's one description (messages.h).

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <vector>

#include "codec/error.h"
#include "codec/field_codec.h"
#include "codec/message.h"
#include "codec/result.h"
#include "codec/write_buf.h"

namespace wsapi {

// The most that a message takes of a WriteBuf in any revision of the wire format.
template <WsapiMessage Message, WireFormat kFormat>
inline constexpr field_codec::BufferCost kGreatestCost = [] {
  field_codec::BufferCost cost{.part_count = 1, .scalar_size = 1};  // the operation
  all_fields<Message, kFormat>([&]<typename Value>(const Field<Message, Value>&) {
    field_codec::BufferCost field;
    for (const Revision revision : kRevisions) {
      if (format_of(revision) != kFormat) continue;
      const auto one = field_codec::cost_of(kWireTypeOf<Value>, revision);
      field.part_count = std::max(field.part_count, one.part_count);
      field.scalar_size = std::max(field.scalar_size, one.scalar_size);
    }
    cost.part_count += 2 * field.part_count;  // scalars that follow begin a part
    cost.scalar_size += field.scalar_size;
    return true;
  });
  return cost;
}();

[[nodiscard]] constexpr Error not_in_revision() noexcept {
  return {.code = ErrorCode::kNotInRevision, .offset = 0, .field = "operation"};
}

// Operation and fields, in the order of the wire. The revision is one of the wire format.
template <WireFormat kFormat, WsapiMessage Message, field_codec::FieldWriter Writer>
[[nodiscard, gnu::always_inline]] inline Error put_message(const Message& message,
                                                           Revision revision,
                                                           Writer& out) noexcept {
  // Not in an Error before it is known to be one: it would be written field by field and read as a
  // whole, for which the processor waits.
  ErrorCode code = out.put_u8(static_cast<std::uint8_t>(kFieldListOf<Message, kFormat>.operation));
  std::string_view name = "operation";
  const bool done =
      code == ErrorCode::kNone &&
      all_fields<Message, kFormat>([&](const auto& field) __attribute__((always_inline)) {
        code = field_codec::write(out, revision, message.*field.member);
        name = field.name;
        return code == ErrorCode::kNone;
      });
  return done ? Error{} : Error{.code = code, .offset = 0, .field = name};
}

// The same in the wire format of the revision. Errors: not-in-revision, and those of encode.
template <WsapiMessage Message, field_codec::FieldWriter Writer>
[[nodiscard, gnu::always_inline]] inline Error put_message(const Message& message,
                                                           Revision revision,
                                                           Writer& out) noexcept {
  return with_format<Message>(
      revision, not_in_revision(), [&](auto format) __attribute__((always_inline)) {
        return put_message<format()>(message, revision, out);
      });
}

// Bytes of the message on the wire, without a frame's header; 0 where the revision does not have
// it.
template <WsapiMessage Message>
[[nodiscard]] constexpr std::size_t encoded_size(const Message& message,
                                                 Revision revision) noexcept {
  return with_format<Message>(revision, std::size_t{0}, [&](auto format) {
    std::size_t size = 1;  // the operation
    all_fields<Message, format()>([&](const auto& field) {
      size += field_codec::size_of(message.*field.member, revision);
      return true;
    });
    return size;
  });
}

// Puts `header`, copied, and the message after what `out` holds, which has room for both. The ids
// fit.
template <WireFormat kFormat, WriteBuf::Texts kTexts, WsapiMessage Message>
[[nodiscard, gnu::always_inline]] inline Error append_message(std::span<const std::byte> header,
                                                              const Message& message,
                                                              Revision revision,
                                                              WriteBuf& out) noexcept {
  WriteBuf::Appender<kTexts> appender(out);
  appender.putbuf(header);
  const Error error = put_message<kFormat>(message, revision, appender);
  error.ok() ? appender.commit() : appender.abandon();
  return error;
}

// Whether each id of the message is as narrow as the revision has it.
template <WireFormat kFormat, WsapiMessage Message>
[[nodiscard, gnu::always_inline]] inline bool ids_fit(const Message& message,
                                                      Revision revision) noexcept {
  std::uint32_t bits = 0;  // of all narrow ids together
  all_fields<Message, kFormat>([&]<typename Value>(
      const Field<Message, Value>& field) __attribute__((always_inline)) {
    if constexpr (field_codec::IdValue<Value>) {
      const bool narrow = wire_shape(kWireTypeOf<Value>, revision).head_size == 2;
      if (narrow) bits |= (message.*field.member).value;
    }
    return true;
  });
  return bits <= std::numeric_limits<std::uint16_t>::max();
}

// The same where there may be no room for the greatest cost; each put looks for itself.
template <WireFormat kFormat, WsapiMessage Message>
[[nodiscard, gnu::noinline]] Error put_checked(std::span<const std::byte> header,
                                               const Message& message, Revision revision,
                                               WriteBuf& out) noexcept {
  const WriteBuf::Mark before = out.mark();
  Error error{.code = out.putbuf(header), .offset = 0, .field = "operation"};
  if (error.ok()) error = put_message<kFormat>(message, revision, out);
  if (!error.ok()) out.rollback(before);
  return error;
}

template <WireFormat kFormat, WsapiMessage Message>
[[nodiscard, gnu::always_inline]] inline Error append_message(std::span<const std::byte> header,
                                                              const Message& message,
                                                              Revision revision,
                                                              WriteBuf& out) noexcept {
  constexpr field_codec::BufferCost kCost = kGreatestCost<Message, kFormat>;
  const bool has_room = out.has_room(kCost.part_count, kCost.scalar_size + header.size());
  if (has_room && ids_fit<kFormat>(message, revision)) [[likely]] {
    return append_message<kFormat, WriteBuf::Texts::kReferenced>(header, message, revision, out);
  }
  return put_checked<kFormat>(header, message, revision, out);
}

// Puts the message after what `out` holds already. Its texts, uuid and lists are referenced: the
// message and what it points at must outlive `out`. On failure the error names the field, and
// `out` is as it was. Errors: not-in-revision, too-many-parts, scalar-buffer-full,
// string-too-long, too-many-versions, value-out-of-range.
template <WsapiMessage Message>
[[nodiscard, gnu::always_inline]] inline Error encode(const Message& message, Revision revision,
                                                      WriteBuf& out) noexcept {
  return with_format<Message>(
      revision, not_in_revision(), [&](auto format) __attribute__((always_inline)) {
        return append_message<format()>({}, message, revision, out);
      });
}

// The same in a final, unmasked binary frame of its own: so that many small messages go with one
// writev, as many as there is room for. Errors as encode.
template <WsapiMessage Message>
[[nodiscard, gnu::always_inline]] inline Error encode_framed(const Message& message,
                                                             Revision revision,
                                                             WriteBuf& out) noexcept {
  return with_format<Message>(
      revision, not_in_revision(), [&](auto format) __attribute__((always_inline)) {
        FrameHeader header;
        header.payload_size = encoded_size(message, revision);
        std::array<std::byte, kMaxFrameHeaderSize> bytes;
        const auto head =
            std::span<const std::byte>(bytes).first(encode_frame_header(header, bytes));
        const std::size_t size = head.size() + static_cast<std::size_t>(header.payload_size);
        if (size <= out.max_copied_size() && out.has_room(1, size) &&
            ids_fit<format()>(message, revision)) {
          return append_message<format(), WriteBuf::Texts::kCopied>(head, message, revision, out);
        }
        return append_message<format()>(head, message, revision, out);
      });
}

[[nodiscard]] Error encode(const AnyMessage& message, Revision revision, WriteBuf& out) noexcept;

// The message in one piece of memory.
[[nodiscard]] Result<std::vector<std::byte>> encode_to_bytes(const AnyMessage& message,
                                                             Revision revision);

// All bytes of the parts, in order.
[[nodiscard]] std::vector<std::byte> gather(std::span<const iovec> parts);

}  // namespace wsapi
