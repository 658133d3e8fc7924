// SPDX-License-Identifier: Apache-2.0

#include "codec/decode.h"

#include <array>

namespace wsapi {
namespace {

using Decoder = Result<Decoded> (*)(ReadBuf&, Revision);

template <WsapiMessage Message>
Result<Decoded> decode_message(ReadBuf& in, Revision revision) {
  Decoded decoded{.message = Message{}, .size = 0};
  auto& message = *std::get_if<Message>(&decoded.message);
  const Error error = decode_fields(in, revision, message, [](const auto&...) {});
  if (!error.ok()) return error;
  decoded.size = in.offset();
  return decoded;
}

// The decoder of each operation byte, for one era and direction.
using Table = std::array<Decoder, 256>;

consteval Table make_table(Era era, Direction direction) {
  Table table{};
  any_message_type([&]<typename Message>(std::type_identity<Message>) {
    if (Message::kInfo.era == era && Message::kInfo.direction == direction) {
      table[static_cast<std::uint8_t>(Message::kInfo.operation)] = &decode_message<Message>;
    }
    return false;
  });
  return table;
}

const Table& table_of(Era era, Direction direction) noexcept {
  static constexpr Table kTables[2][2] = {{make_table(Era::kLegacy, Direction::kToServer),
                                           make_table(Era::kLegacy, Direction::kToClient)},
                                          {make_table(Era::kVersion1, Direction::kToServer),
                                           make_table(Era::kVersion1, Direction::kToClient)}};
  return kTables[era == Era::kLegacy ? 0 : 1][direction == Direction::kToServer ? 0 : 1];
}

}  // namespace

Result<Decoded> decode(std::span<const std::byte> bytes, Revision revision, Direction direction) {
  ReadBuf in(bytes);
  std::uint8_t operation = 0;
  if (in.get_u8(operation) != ErrorCode::kNone) {
    return Error{.code = ErrorCode::kEmptyMessage, .offset = 0, .field = "operation"};
  }
  const Era era = era_of(revision);
  if (const Decoder decoder = table_of(era, direction)[operation]) return decoder(in, revision);
  const bool misdirected = table_of(era, opposite(direction))[operation] != nullptr;
  return Error{.code = misdirected ? ErrorCode::kWrongDirection : ErrorCode::kUnknownOperation,
               .offset = 0,
               .field = "operation"};
}

}  // namespace wsapi
