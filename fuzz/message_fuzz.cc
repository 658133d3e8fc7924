// SPDX-License-Identifier: Apache-2.0
//
// One message, of any revision and direction: decode, the fast way and the careful one, encode,
// decode again. Input: the bytes of a message, as the payload of a frame has them.

#include <variant>

#include "codec/decode.h"
#include "codec/encode.h"
#include "codec/json_form.h"
#include "fuzz/check.h"
#include "fuzz/exact_memory.h"

namespace wsapi::fuzz {
namespace {

using Bytes = std::span<const std::byte>;

// The parts hold these bytes, and nothing else. Comparing touches every byte of every view.
bool holds(std::span<const iovec> parts, Bytes bytes) {
  for (const iovec& part : parts) {
    const std::span piece(static_cast<const std::byte*>(part.iov_base), part.iov_len);
    if (piece.size() > bytes.size()) return false;
    if (!std::ranges::equal(piece, bytes.first(piece.size()))) return false;
    bytes = bytes.subspan(piece.size());
  }
  return bytes.empty();
}

// The message, then the same behind a frame's header: by reference and copied.
template <WsapiMessage Message>
void check_encoding(const Message& message, Revision revision, Bytes bytes) {
  WriteBuf plain;
  check(encode(message, revision, plain).ok(), "what was decoded can be encoded");
  check(holds(plain.parts(), bytes), "what was decoded is encoded to the same bytes");
  check(encoded_size(message, revision) == bytes.size(), "the size is told before encoding");

  FrameHeader header;
  header.payload_size = bytes.size();
  std::array<std::byte, kMaxFrameHeaderSize> header_bytes;
  const Bytes head = Bytes(header_bytes).first(encode_frame_header(header, header_bytes));
  const auto check_framed = [&](WriteBuf& out) {
    check(encode_framed(message, revision, out).ok(), "what was decoded can be framed");
    std::size_t left = head.size();  // the first part may hold more than the header
    check(!out.parts().empty() && out.parts()[0].iov_len >= left, "the header is in one part");
    const std::span first(static_cast<const std::byte*>(out.parts()[0].iov_base),
                          out.parts()[0].iov_len);
    check(std::ranges::equal(first.first(left), head), "the frame has the header of its size");
    check(first.size() - left <= bytes.size() &&
              std::ranges::equal(first.subspan(left), bytes.first(first.size() - left)) &&
              holds(out.parts().subspan(1), bytes.subspan(first.size() - left)),
          "a framed message has the bytes of the message");
  };
  WriteBuf referenced;
  check_framed(referenced);
  static std::array<std::byte, 512> memory;
  WriteBuf copied(memory, memory.size());
  check_framed(copied);
}

// The fast way and the careful one say the same, of the whole input and of the message alone.
template <WsapiMessage Message>
void check_message(const Message& message, std::size_t size, Bytes bytes, Revision revision) {
  const auto careful = decode_as<Message>(bytes, revision);
  check(careful.ok() && *careful == message, "the careful way decodes the same message");
  check_encoding(message, revision, bytes.first(size));
}

void check_json(const AnyMessage& message) {
  const auto again = from_json(to_json(message));
  check(again.ok() && again->message == message, "the JSON form gives the same message again");
}

// Where decoding fails, decode_as of the same operation fails in the same way.
void check_failure(const Error& error, Bytes bytes, Revision revision, Direction direction) {
  check(error.offset <= bytes.size(), "an error lies within the input");
  if (error.field == "operation") return;
  any_message_type([&]<typename Message>(std::type_identity<Message>) {
    if (Message::kInfo.direction != direction || !in_revision(Message::kInfo, revision)) {
      return false;
    }
    if (Message::kInfo.operation != std::to_integer<char>(bytes.front())) return false;
    const auto careful = decode_as<Message>(bytes, revision);
    check(!careful.ok() && careful.error() == error, "the careful way fails in the same way");
    return true;
  });
}

void check_decoding(Bytes bytes, Revision revision, Direction direction, bool with_json) {
  const auto decoded = decode(bytes, revision, direction);
  if (!decoded) return check_failure(decoded.error(), bytes, revision, direction);
  check(decoded->size <= bytes.size(), "a message is no longer than the input");
  const MessageInfo& info = info_of(decoded->message);
  check(info.direction == direction && in_revision(info, revision),
        "a message is of the direction and the revision that were asked for");
  std::visit([&](const auto& message) { check_message(message, decoded->size, bytes, revision); },
             decoded->message);
  if (with_json) check_json(decoded->message);
  if (decoded->size == bytes.size()) return;
  static ExactMemory memory;
  const auto alone = decode(memory.copy(bytes.first(decoded->size)), revision, direction);
  check(alone.ok() && alone->message == decoded->message && alone->size == decoded->size,
        "a message does not depend on the bytes behind it");
}

}  // namespace
}  // namespace wsapi::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wsapi;
  // The JSON form has a target of its own and takes longer than all else here.
  constexpr std::uint64_t kInputsPerJson = 64;
  static fuzz::ExactMemory memory;
  const auto bytes = memory.copy(fuzz::as_bytes(data, size));
  const bool with_json = fuzz::hash_of(bytes) % kInputsPerJson == 0;
  for (const Revision revision : kRevisions) {
    for (const Direction direction : kDirections) {
      fuzz::check_decoding(bytes, revision, direction, with_json);
    }
  }
  return 0;
}
