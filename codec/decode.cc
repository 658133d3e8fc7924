// SPDX-License-Identifier: Apache-2.0

#include "codec/decode.h"

#include "codec/slack_reader.h"

namespace wsapi {
namespace {

using detail::Decoder;
using detail::DecoderTable;

// The fewest bytes of a message, with its operation.
template <WsapiMessage Message, Revision kRevision>
constexpr std::size_t kMinSize = [] {
  std::size_t size = 1;
  all_fields<Message, format_of(kRevision)>([&]<typename Value>(const Field<Message, Value>&) {
    size += field_codec::min_size_of<Value>(kRevision);
    return true;
  });
  return size;
}();

// What is wrong with a message of which SlackReader says no more than that it is wrong.
template <WsapiMessage Message, Revision kRevision>
[[gnu::cold, gnu::noinline]] Result<Decoded> decode_with_error(std::span<const std::byte> bytes) {
  Result<Decoded> result(std::in_place, std::in_place_type<Message>);
  ReadBuf in(bytes, 1);
  auto& message = *std::get_if<Message>(&result->message);
  const Error error = decode_fields(in, kRevision, message);
  if (!error.ok()) return error;
  result->size = in.offset();
  return result;
}

// The operation byte has been looked at. The message is made where the caller wants it.
template <WsapiMessage Message, Revision kRevision>
[[gnu::flatten]] Result<Decoded> decode_message(std::span<const std::byte> bytes) {
  constexpr std::size_t kLeast = kMinSize<Message, kRevision>;
  Result<Decoded> result(std::in_place, std::in_place_type<Message>);
  if (bytes.size() < kLeast) [[unlikely]] {
    result = decode_with_error<Message, kRevision>(bytes);
    return result;
  }
  auto& message = *std::get_if<Message>(&result->message);
  SlackReader in(bytes.subspan(1), kLeast - 1);
  const bool good = all_fields<Message, format_of(kRevision)>(
      [&](const auto& field) { return in.template read<kRevision>(message.*field.member); });
  if (good) [[likely]] {
    result->size = bytes.size() - in.spare();
  } else {
    result = decode_with_error<Message, kRevision>(bytes);
  }
  return result;
}

template <ErrorCode kCode>
Result<Decoded> refuse_operation(std::span<const std::byte>) {
  return Error{.code = kCode, .offset = 0, .field = "operation"};
}

template <Revision kRevision, Direction kDirection>
consteval DecoderTable make_table() {
  DecoderTable table{};
  table.fill(&refuse_operation<ErrorCode::kUnknownOperation>);
  any_message_type([&]<typename Message>(std::type_identity<Message>) {
    if constexpr (in_revision<Message>(kRevision)) {
      constexpr char kOperation = kFieldListOf<Message, format_of(kRevision)>.operation;
      Decoder& decoder = table[static_cast<std::uint8_t>(kOperation)];
      if (Message::kDirection == kDirection) {
        decoder = &decode_message<Message, kRevision>;
      } else if (decoder == &refuse_operation<ErrorCode::kUnknownOperation>) {
        decoder = &refuse_operation<ErrorCode::kWrongDirection>;
      }
    }
    return false;
  });
  return table;
}

template <Revision kRevision>
consteval std::array<DecoderTable, kDirections.size()> make_tables() {
  return {make_table<kRevision, Direction::kToServer>(),
          make_table<kRevision, Direction::kToClient>()};
}

}  // namespace

// In the order of the enumerations.
constexpr std::array<std::array<DecoderTable, kDirections.size()>, kRevisions.size()>
    detail::kDecoders{make_tables<Revision::kLegacy>(), make_tables<Revision::k2020_01>(),
                      make_tables<Revision::k2020_03>()};

}  // namespace wsapi
