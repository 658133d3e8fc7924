// SPDX-License-Identifier: Apache-2.0
//
// One message, of any revision and direction: decode, the fast way and the careful one, encode,
// decode again. Input: the bytes of a message, as the payload of a frame has them; which revision
// they are read in, see is_read().

#include <cstring>
#include <variant>

#include "codec/decode.h"
#include "codec/encode.h"
#include "fuzz/check.h"
#include "fuzz/exact_memory.h"
#include "fuzz/under_test.h"

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
namespace wsapi::fuzz {
namespace {

using Bytes = std::span<const std::byte>;

// The parts hold `head` and then `body`, and nothing else. Comparing touches every byte of every
// view.
bool holds(std::span<const iovec> parts, Bytes head, Bytes body) {
  for (const iovec& part : parts) {
    Bytes piece(static_cast<const std::byte*>(part.iov_base), part.iov_len);
    const std::size_t of_head = std::min(piece.size(), head.size());
    if (!same_bytes(piece.first(of_head), head.first(of_head))) return false;
    head = head.subspan(of_head);
    piece = piece.subspan(of_head);
    if (piece.size() > body.size() || !same_bytes(piece, body.first(piece.size()))) return false;
    body = body.subspan(piece.size());
  }
  return head.empty() && body.empty();
}

template <WsapiMessage Message>
void check_framed(const Message& message, Revision revision, Bytes bytes, WriteBuf& out) {
  out.clear();
  FrameHeader header;
  header.payload_size = bytes.size();
  static std::array<std::byte, kMaxFrameHeaderSize> head;
  const std::size_t head_size = encode_frame_header(header, head);
  check(encode_framed(message, revision, out).ok(), "what was decoded can be framed");
  check(holds(out.parts(), Bytes(head).first(head_size), bytes),
        "a framed message is the same bytes behind the header of their size");
}

// By itself, and behind a frame's header: by reference, or copied.
template <WsapiMessage Message>
void check_encoding(const Message& message, Revision revision, Bytes bytes, std::uint64_t hash) {
  static WriteBuf plain;
  plain.clear();
  check(encode(message, revision, plain).ok(), "what was decoded can be encoded");
  check(holds(plain.parts(), {}, bytes), "what was decoded is encoded to the same bytes");

  static std::array<std::byte, 512> memory;
  static WriteBuf referenced;
  static WriteBuf copied(memory, memory.size());
  if (is_read(hash % 2 == 0)) check_framed(message, revision, bytes, referenced);
  if (is_read(hash % 2 != 0)) check_framed(message, revision, bytes, copied);
}

// In a buffer that is nearly full it is all there, behind what was, or nothing of it is.
template <WsapiMessage Message>
[[gnu::noinline]] void check_full_buffer(const Message& message, Revision revision, Bytes bytes,
                                         std::uint64_t hash) {
  static const auto kBefore = [] {
    std::array<std::byte, WriteBuf::kMaxParts + WriteBuf::kScalarCapacity> filler{};
    filler.fill(std::byte{0xa5});
    return filler;
  }();
  const std::size_t part_count = WriteBuf::kMaxParts - hash % 10;
  const std::size_t scalar_size = WriteBuf::kScalarCapacity - (hash >> 8U) % 24;
  const Bytes before = Bytes(kBefore).first(part_count - 1 + scalar_size);
  const bool scalars_first = (hash >> 16U) % 2 == 0;
  static WriteBuf out;
  out.clear();
  const auto put_scalars = [&] {
    check(out.putbuf(before.first(scalar_size)) == ErrorCode::kNone, "there is room for scalars");
  };
  if (scalars_first) put_scalars();
  for (std::size_t i = 1; i < part_count; ++i) {
    check(out.put(before.first(1)) == ErrorCode::kNone, "there is room for parts");
  }
  if (!scalars_first) put_scalars();
  const Error error = encode(message, revision, out);
  check(error.ok() || error.code == ErrorCode::kTooManyParts ||
            error.code == ErrorCode::kScalarBufferFull,
        "nothing but room can be missing");
  check(holds(out.parts(), before, error.ok() ? bytes : Bytes{}),
        "a message is in a buffer as a whole, or not at all");
}

// Every byte of a message says something.
void check_changed_byte(const AnyMessage& message, Bytes bytes, Revision revision,
                        Direction direction, std::uint64_t hash) {
  static ExactMemory memory;
  const std::span<std::byte> changed = memory.room(bytes.size());
  std::memcpy(changed.data(), bytes.data(), bytes.size());
  changed[(hash >> 8U) % bytes.size()] ^= static_cast<std::byte>(1U << (hash >> 5U & 7U));
  const auto other = decode(changed, revision, direction);
  check(!other || !(other->message == message), "other bytes are another message");
}

// A message does not depend on the bytes behind it.
void check_alone(const Decoded& decoded, Bytes bytes, Revision revision, Direction direction) {
  static ExactMemory memory;
  const auto alone = decode(memory.copy(bytes.first(decoded.size)), revision, direction);
  check(alone.ok() && alone->message == decoded.message && alone->size == decoded.size,
        "a message is the same without the bytes behind it");
}

// decode() is the fast way; the careful one, of a known type, says the same. Never inlined: it
// would become a part of std::visit, which is measured.
template <WsapiMessage Message>
[[gnu::noinline]] void check_message(const Message& message, std::size_t size, Bytes bytes,
                                     Revision revision, std::uint64_t hash) {
  const auto careful = decode_as<Message>(bytes, revision);
  check(careful.ok() && *careful == message, "the careful way decodes the same message");
  check_encoding(message, revision, bytes.first(size), hash);
  if (is_read((hash >> 20U & 1U) != 0)) {
    check_full_buffer(message, revision, bytes.first(size), hash >> 21U);
  }
}

template <WsapiMessage Message>
[[gnu::noinline]] void check_failure_of(const Error& error, Bytes bytes, Revision revision) {
  const auto careful = decode_as<Message>(bytes, revision);
  check(!careful.ok() && careful.error() == error, "the careful way fails in the same way");
}

void check_decoded(const Decoded& decoded, Bytes bytes, Revision revision, Direction direction,
                   std::uint64_t hash) {
  check(decoded.size <= bytes.size(), "a message is no longer than the input");
  const MessageInfo* const info = info_of(decoded.message, revision);
  check(info != nullptr && info->direction == direction,
        "a message is of the direction and the revision that were asked for");
  std::visit(
      [&](const auto& message) { check_message(message, decoded.size, bytes, revision, hash); },
      decoded.message);
  if (decoded.size < bytes.size()) check_alone(decoded, bytes, revision, direction);
  check_changed_byte(decoded.message, bytes.first(decoded.size), revision, direction, hash);
}

void check_failure(const Error& error, Bytes bytes, Revision revision, Direction direction) {
  check(error.offset <= bytes.size(), "an error lies within the input");
  if (error.field == "operation") return;
  any_message_type([&]<typename Message>(std::type_identity<Message>) {
    if (Message::kDirection != direction || !has_operation_of<Message>(bytes, revision)) {
      return false;
    }
    check_failure_of<Message>(error, bytes, revision);
    return true;
  });
}

// Asked for by its type, a message is refused where it is of another revision or operation.
void check_other_type(Bytes bytes, Revision revision) {
  const auto offer = decode_as<VersionOffer>(bytes, revision);
  if (offer) return;
  ErrorCode expected = offer.error().code;
  if (bytes.empty()) expected = ErrorCode::kEmptyMessage;
  if (!bytes.empty() && !has_operation_of<VersionOffer>(bytes, revision)) {
    expected = ErrorCode::kUnknownOperation;
  }
  if (!in_revision<VersionOffer>(revision)) expected = ErrorCode::kNotInRevision;
  check(offer.error().code == expected, "the refusal of another message says why");
}

void check_result(const Result<Decoded>& result, Bytes bytes, Revision revision,
                  Direction direction, std::uint64_t hash) {
  if (result) {
    check_decoded(*result, bytes, revision, direction, hash);
  } else {
    check_failure(result.error(), bytes, revision, direction);
  }
}

// The two revisions of version 1 say the same of every other message.
void check_version_1(Bytes bytes, Direction direction) {
  if (has_operation_of<Description>(bytes, kReferenceRevision)) return;
  const auto older = decode(bytes, Revision::k2020_01, direction);
  const auto newer = decode(bytes, Revision::k2020_03, direction);
  const bool same = older && newer ? older->size == newer->size && older->message == newer->message
                                   : !older && !newer && older.error() == newer.error();
  check(same, "the revisions of version 1 differ in DESCRIPTION alone");
}

}  // namespace
}  // namespace wsapi::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wsapi;
  static fuzz::ExactMemory memory;
  const auto bytes = memory.copy(fuzz::as_bytes(data, size));
  const std::uint64_t hash = fuzz::hash_of(bytes);
  const Revision chosen = kRevisions[(hash >> 40U) % kRevisions.size()];
  for (const Revision revision : kRevisions) {
    if (!fuzz::is_read(revision == chosen)) continue;
    fuzz::check_other_type(bytes, revision);
    for (const Direction direction : kDirections) {
      fuzz::check_result(decode(bytes, revision, direction), bytes, revision, direction, hash);
    }
  }
  if (fuzz::is_read((hash >> 8U & 15U) == 0)) {
    for (const Direction direction : kDirections) fuzz::check_version_1(bytes, direction);
  }
  return 0;
}
WSAPI_FUZZ_NOT_UNDER_TEST_END
