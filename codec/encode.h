// SPDX-License-Identifier: Apache-2.0
#pragma once

// Messages to bytes: into a WriteBuf, from the message's one description (messages.h).

#include <cstddef>
#include <vector>

#include "codec/error.h"
#include "codec/field_codec.h"
#include "codec/message.h"
#include "codec/result.h"
#include "codec/write_buf.h"

namespace wsapi {

// The most that a message takes of a WriteBuf.
template <WsapiMessage Message>
inline constexpr field_codec::Need kGreatestNeed = [] {
  field_codec::Need need{.part_count = 1, .scalar_size = 1};  // the operation
  all_fields<Message>([&]<typename Value>(const Field<Message, Value>&) {
    const field_codec::Need field = field_codec::need_of<Value>();
    need.part_count += 2 * field.part_count;  // scalars that follow begin a part
    need.scalar_size += field.scalar_size;
    return true;
  });
  return need;
}();

// Operation and fields, in the order of the wire.
template <WsapiMessage Message, field_codec::FieldWriter Writer>
[[nodiscard]] Error put_message(const Message& message, Revision revision, Writer& out) noexcept {
  Error error{.code = out.put_u8(static_cast<std::uint8_t>(Message::kInfo.operation)),
              .offset = 0,
              .field = "operation"};
  const bool done = error.ok() && all_fields<Message>([&](const auto& field) {
                      error.code = field_codec::write(out, revision, message.*field.member);
                      error.field = field.name;
                      return error.ok();
                    });
  return done ? Error{} : error;
}

// Puts the message behind what `out` holds already. Its texts, uuid and lists are referenced: the
// message and what it points at must outlive `out`. On failure the error names the field, and
// `out` is as it was. Errors: not-in-revision, too-many-parts, scalar-buffer-full,
// string-too-long, too-many-versions, value-out-of-range.
template <WsapiMessage Message>
[[nodiscard, gnu::flatten]] Error encode(const Message& message, Revision revision,
                                         WriteBuf& out) noexcept {
  if (!in_revision(Message::kInfo, revision)) {
    return {.code = ErrorCode::kNotInRevision, .offset = 0, .field = "operation"};
  }
  constexpr field_codec::Need kNeed = kGreatestNeed<Message>;
  if (out.has_room(kNeed.part_count, kNeed.scalar_size)) [[likely]] {
    WriteBuf::Appender appender(out);
    const Error error = put_message(message, revision, appender);
    error.ok() ? appender.commit() : appender.abandon();
    return error;
  }
  const WriteBuf::Mark before = out.mark();
  const Error error = put_message(message, revision, out);
  if (!error.ok()) out.rollback(before);
  return error;
}

[[nodiscard]] Error encode(const AnyMessage& message, Revision revision, WriteBuf& out) noexcept;

// The message in one piece of memory.
[[nodiscard]] Result<std::vector<std::byte>> encode_to_bytes(const AnyMessage& message,
                                                             Revision revision);

// All bytes of the parts, in order.
[[nodiscard]] std::vector<std::byte> gather(std::span<const iovec> parts);

}  // namespace wsapi
