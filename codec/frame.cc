// SPDX-License-Identifier: Apache-2.0

#include "codec/frame.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace wsapi {
namespace {

// RFC 6455 section 5.2: the fields of the first two bytes.
constexpr std::uint8_t kFinBit = 0x80;
constexpr std::uint8_t kRsvBits = 0x70;
constexpr std::uint8_t kOpcodeBits = 0x0f;
constexpr std::uint8_t kControlBit = 0x08;
constexpr std::uint8_t kMaskBit = 0x80;
constexpr std::uint8_t kLengthBits = 0x7f;
constexpr std::uint8_t kLength16 = 126;  // in the length bits: 16 bits of length follow
constexpr std::uint8_t kLength64 = 127;  // 64 bits follow
constexpr std::uint64_t kMax16BitSize = 0xffff;

constexpr std::uint8_t kBaseHeaderSize = 2;
constexpr std::size_t kCloseCodeSize = 2;
constexpr std::size_t kFirstCapacity = 256;  // bytes

// Masking works on blocks that are loaded whole before they are stored, so that they fit a vector
// register whether or not input and output are the same memory. Measured with g++ 12 and clang 19:
// larger blocks are slower, they go through the stack.
constexpr std::size_t kWordsPerBlock = 2;
using Word = std::uint64_t;
using Block = std::array<Word, kWordsPerBlock>;

template <typename T>
T load(std::span<const std::byte> from) noexcept {
  T value;
  std::memcpy(&value, from.data(), sizeof(T));
  return value;
}

template <typename T>
void store(std::span<std::byte> to, const T& value) noexcept {
  std::memcpy(to.data(), &value, sizeof(T));
}

constexpr bool is_control(Opcode opcode) noexcept {
  return (static_cast<std::uint8_t>(opcode) & kControlBit) != 0;
}

void put_big_endian(std::uint64_t value, std::span<std::byte> out) noexcept {
  for (std::size_t i = out.size(); i-- > 0; value >>= 8) out[i] = static_cast<std::byte>(value);
}

}  // namespace

std::size_t encode_frame_header(const FrameHeader& header,
                                std::span<std::byte, kMaxFrameHeaderSize> out) noexcept {
  const bool fits_7_bits = header.payload_size <= kMaxControlPayloadSize;
  const bool fits_16_bits = header.payload_size <= kMax16BitSize;
  std::uint8_t length_bits = kLength64;
  std::size_t length_size = 8;
  if (header.length_form == LengthForm::kMinimal && fits_7_bits) {
    length_bits = static_cast<std::uint8_t>(header.payload_size);
    length_size = 0;
  } else if (header.length_form != LengthForm::k64Bit && fits_16_bits) {
    length_bits = kLength16;
    length_size = 2;
  }
  out[0] = static_cast<std::byte>((header.fin ? kFinBit : 0) | ((header.rsv << 4) & kRsvBits) |
                                  (header.opcode & kOpcodeBits));
  out[1] = static_cast<std::byte>((header.mask ? kMaskBit : 0) | length_bits);
  put_big_endian(header.payload_size, out.subspan(kBaseHeaderSize, length_size));
  std::size_t size = kBaseHeaderSize + length_size;
  if (header.mask) {
    store(out.subspan(size), *header.mask);
    size += header.mask->size();
  }
  return size;
}

void apply_mask(std::span<const std::byte> in, std::span<std::byte> out, MaskKey mask,
                std::uint64_t phase) noexcept {
  assert(out.size() >= in.size());
  std::array<std::byte, sizeof(Word)> repeated;
  for (std::size_t i = 0; i < repeated.size(); ++i) repeated[i] = mask[(phase + i) % mask.size()];
  const Word key = load<Word>(repeated);
  std::size_t i = 0;
  for (; in.size() - i >= sizeof(Block); i += sizeof(Block)) {
    Block block = load<Block>(in.subspan(i));
    for (Word& word : block) word ^= key;
    store(out.subspan(i), block);
  }
  for (; in.size() - i >= sizeof(Word); i += sizeof(Word)) {
    store(out.subspan(i), load<Word>(in.subspan(i)) ^ key);
  }
  for (; i < in.size(); ++i) out[i] = in[i] ^ repeated[i % repeated.size()];
}

std::vector<std::byte> encode_frame(FrameHeader header, std::span<const std::byte> payload) {
  header.payload_size = payload.size();
  std::array<std::byte, kMaxFrameHeaderSize> head;
  const std::size_t head_size = encode_frame_header(header, head);
  std::vector<std::byte> frame;
  frame.reserve(head_size + payload.size());
  frame.assign(head.begin(), std::next(head.begin(), static_cast<std::ptrdiff_t>(head_size)));
  frame.insert(frame.end(), payload.begin(), payload.end());
  if (header.mask) {
    const auto body = std::span(frame).subspan(head_size);
    apply_mask(body, body, *header.mask, 0);
  }
  return frame;
}

std::vector<std::byte> ping_frame(std::span<const std::byte> payload) {
  return encode_frame({.opcode = static_cast<std::uint8_t>(Opcode::kPing)}, payload);
}

std::vector<std::byte> pong_frame(std::span<const std::byte> payload) {
  return encode_frame({.opcode = static_cast<std::uint8_t>(Opcode::kPong)}, payload);
}

std::vector<std::byte> close_frame(std::optional<std::uint16_t> code) {
  const FrameHeader header{.opcode = static_cast<std::uint8_t>(Opcode::kClose)};
  if (!code.has_value()) return encode_frame(header, {});
  const std::array payload{static_cast<std::byte>(*code >> 8U),
                           static_cast<std::byte>(*code & 0xffU)};
  return encode_frame(header, payload);
}

std::string_view name(FrameViolation violation) noexcept {
  switch (violation) {
    case FrameViolation::kRsvBits: return "rsv-bits";
    case FrameViolation::kUnknownOpcode: return "unknown-opcode";
    case FrameViolation::kControlTooLong: return "control-too-long";
    case FrameViolation::kControlFragmented: return "control-fragmented";
    case FrameViolation::kClosePayloadOneByte: return "close-payload-one-byte";
    case FrameViolation::kCloseCodeInvalid: return "close-code-invalid";
    case FrameViolation::kContinuationWithoutStart: return "continuation-without-start";
    case FrameViolation::kDataInsideFragmented: return "data-inside-fragmented";
    case FrameViolation::kTextMessage: return "text-message";
    case FrameViolation::kMessageTooLong: return "message-too-long";
    case FrameViolation::kTooManyFragments: break;
  }
  return "too-many-fragments";
}

std::uint16_t close_code(FrameViolation violation) noexcept {
  switch (violation) {
    case FrameViolation::kTextMessage: return 1003;
    case FrameViolation::kMessageTooLong:
    case FrameViolation::kTooManyFragments: return 1009;
    default: return 1002;
  }
}

bool is_valid_close_code(std::uint16_t code) noexcept {
  const bool reserved = code == 1004 || code == 1005 || code == 1006;
  const bool defined = code >= 1000 && code <= 1014 && !reserved;
  return defined || code >= 3000;
}

std::span<std::byte> FrameDecoder::Buffer::append(std::size_t size, std::uint64_t max_capacity) {
  const std::size_t needed = size_ + size;
  if (needed > capacity_) {
    const std::size_t doubled = std::max(2 * capacity_, kFirstCapacity);
    const auto allowed = static_cast<std::size_t>(std::min<std::uint64_t>(doubled, max_capacity));
    const std::size_t capacity = std::max(needed, allowed);
    auto bytes = std::make_unique_for_overwrite<std::byte[]>(capacity);
    std::ranges::copy(this->bytes(), bytes.get());
    bytes_ = std::move(bytes);
    capacity_ = capacity;
  }
  const std::size_t before = std::exchange(size_, needed);
  return std::span(bytes_.get(), capacity_).subspan(before, size);
}

void FrameDecoder::Buffer::release() noexcept {
  bytes_.reset();
  size_ = capacity_ = 0;
}

FrameEvent FrameDecoder::next(std::span<const std::byte>& input) {
  if (std::exchange(gathered_is_given_out_, false)) {
    gathered_.clear();
    if (gathered_.capacity() > kRetainedCapacity) gathered_.release();
  }
  if (ended()) {
    input = {};
    return end_;
  }
  if (begins_with_small_message(input)) {
    const std::size_t size = std::to_integer<std::size_t>(input[1]);
    const auto payload = input.subspan(kBaseHeaderSize, size);
    input = input.subspan(kBaseHeaderSize + size);
    return {.kind = FrameEventKind::kMessage, .payload = payload, .fragments = 1};
  }
  // Every turn consumes input or returns.
  while (true) {
    while (!header_complete()) {
      if (input.empty()) return {};
      const Check check = take_header_byte(input.front());
      input = input.subspan(1);
      if (check) return end({.kind = FrameEventKind::kViolation, .violation = *check});
    }
    std::span<const std::byte> payload;
    if (!take_payload(input, payload)) return {};
    const FrameEvent event = end_frame(payload);
    if (event.kind != FrameEventKind::kNeedMore) return event;
  }
}

// What nearly every frame is: a whole message, unmasked, its length in the second byte. It is taken
// in one step; the result is the same as that of the general way.
bool FrameDecoder::begins_with_small_message(std::span<const std::byte> input) const noexcept {
  constexpr std::byte kFirstByte{kFinBit | static_cast<std::uint8_t>(Opcode::kBinary)};
  if (header_size_ > 0 || mid_message() || input.size() < kBaseHeaderSize) return false;
  const std::size_t size = std::to_integer<std::size_t>(input[1]);  // with the bit of the mask
  return input[0] == kFirstByte && size < kLength16 && size <= limits_.max_payload_size &&
         size <= input.size() - kBaseHeaderSize;
}

bool FrameDecoder::header_complete() const noexcept {
  return header_size_ >= kBaseHeaderSize &&
         header_size_ == frame_.length_end + (frame_.masked ? frame_.mask.size() : 0);
}

FrameDecoder::Check FrameDecoder::take_header_byte(std::byte byte) noexcept {
  const auto value = std::to_integer<std::uint8_t>(byte);
  const std::uint8_t index = header_size_++;
  if (index == 0) return take_first_byte(value);
  if (index == 1) return take_second_byte(value);
  if (index >= frame_.length_end) {
    frame_.mask[index - std::size_t{frame_.length_end}] = byte;
    return {};
  }
  frame_.payload_size = frame_.payload_size << 8 | value;
  return header_size_ == frame_.length_end ? check_length() : Check{};
}

FrameDecoder::Check FrameDecoder::take_first_byte(std::uint8_t byte) noexcept {
  frame_ = {.fin = (byte & kFinBit) != 0, .opcode = static_cast<Opcode>(byte & kOpcodeBits)};
  if ((byte & kRsvBits) != 0) return FrameViolation::kRsvBits;
  switch (frame_.opcode) {
    case Opcode::kContinuation:
      if (!mid_message()) return FrameViolation::kContinuationWithoutStart;
      if (message_.fragments >= limits_.max_fragments) return FrameViolation::kTooManyFragments;
      return {};
    case Opcode::kBinary:
      if (mid_message()) return FrameViolation::kDataInsideFragmented;
      return {};
    case Opcode::kText:
      return mid_message() ? FrameViolation::kDataInsideFragmented : FrameViolation::kTextMessage;
    case Opcode::kClose:
    case Opcode::kPing:
    case Opcode::kPong:
      if (!frame_.fin) return FrameViolation::kControlFragmented;
      return {};
  }
  return FrameViolation::kUnknownOpcode;
}

FrameDecoder::Check FrameDecoder::take_second_byte(std::uint8_t byte) noexcept {
  const std::uint8_t length = byte & kLengthBits;
  frame_.masked = (byte & kMaskBit) != 0;
  frame_.length_end = kBaseHeaderSize;
  if (length == kLength16) frame_.length_end += 2;
  if (length == kLength64) frame_.length_end += 8;
  if (frame_.length_end > kBaseHeaderSize) {
    return is_control(frame_.opcode) ? Check{FrameViolation::kControlTooLong} : Check{};
  }
  frame_.payload_size = length;
  if (frame_.opcode == Opcode::kClose && length == 1) return FrameViolation::kClosePayloadOneByte;
  return check_length();
}

// With the last byte of the length. What is gathered never exceeds the limit, so nothing can wrap.
FrameDecoder::Check FrameDecoder::check_length() noexcept {
  if (is_control(frame_.opcode)) return {};
  const std::uint64_t size = frame_.payload_size;
  const std::uint64_t least = frame_.length_end == kBaseHeaderSize       ? 0
                              : frame_.length_end == kBaseHeaderSize + 2 ? kLength16
                                                                         : kMax16BitSize + 1;
  frame_.non_minimal_length = size < least;
  // RFC 6455 section 5.2: the highest bit is 0, whatever the limit.
  const bool too_long = size >> 63 != 0 || size > limits_.max_payload_size - gathered_.size();
  return too_long ? Check{FrameViolation::kMessageTooLong} : Check{};
}

// True with the last byte of the payload, which is then in `payload`: for a data frame, the payload
// of its whole message so far.
bool FrameDecoder::take_payload(std::span<const std::byte>& input,
                                std::span<const std::byte>& payload) {
  const std::uint64_t missing = frame_.payload_size - frame_.received_size;
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(missing, input.size()));
  const auto taken = input.first(size);
  input = input.subspan(size);
  const bool complete = size == missing;
  const bool alone = frame_.received_size == 0 && complete && !frame_.masked;
  if (alone && (is_control(frame_.opcode) || (frame_.fin && !mid_message()))) {
    payload = taken;
    return true;
  }
  const std::span<std::byte> room = room_for(size);
  if (frame_.masked) {
    apply_mask(taken, room, frame_.mask, frame_.received_size);
  } else {
    std::ranges::copy(taken, room.begin());
  }
  frame_.received_size += size;
  if (!complete) return false;
  if (is_control(frame_.opcode)) {
    payload = std::span(control_).first(static_cast<std::size_t>(frame_.payload_size));
  } else {
    payload = gathered_.bytes();
  }
  return true;
}

// Where the next `size` bytes of the current frame's payload are gathered.
std::span<std::byte> FrameDecoder::room_for(std::size_t size) {
  if (is_control(frame_.opcode)) {
    return std::span(control_).subspan(static_cast<std::size_t>(frame_.received_size), size);
  }
  return gathered_.append(size, limits_.max_payload_size);
}

// A frame is complete. No event (kNeedMore) if its message is not.
FrameEvent FrameDecoder::end_frame(std::span<const std::byte> payload) noexcept {
  const Frame frame = std::exchange(frame_, {});
  header_size_ = 0;
  if (is_control(frame.opcode)) return end_control(frame, payload);
  ++message_.fragments;
  message_.masked |= frame.masked;
  message_.non_minimal_length |= frame.non_minimal_length;
  if (!frame.fin) return {};
  gathered_is_given_out_ = true;
  const Message message = std::exchange(message_, {});
  return {.kind = FrameEventKind::kMessage,
          .payload = payload,
          .fragments = message.fragments,
          .masked = message.masked,
          .non_minimal_length = message.non_minimal_length};
}

FrameEvent FrameDecoder::end_control(const Frame& frame,
                                     std::span<const std::byte> payload) noexcept {
  FrameEvent event{.payload = payload, .masked = frame.masked};
  if (frame.opcode != Opcode::kClose) {
    event.kind = frame.opcode == Opcode::kPing ? FrameEventKind::kPing : FrameEventKind::kPong;
    return event;
  }
  event.kind = FrameEventKind::kClose;
  if (!payload.empty()) {
    const auto code = static_cast<std::uint16_t>(std::to_integer<unsigned>(payload[0]) << 8 |
                                                 std::to_integer<unsigned>(payload[1]));
    if (!is_valid_close_code(code)) {
      return end(
          {.kind = FrameEventKind::kViolation, .violation = FrameViolation::kCloseCodeInvalid});
    }
    event.close_code = code;
    event.payload = payload.subspan(kCloseCodeSize);
  }
  return end(event);
}

// Nothing more is read: no frame and no message is in course, and no memory is held.
FrameEvent FrameDecoder::end(FrameEvent event) noexcept {
  header_size_ = 0;
  message_ = {};
  gathered_.release();
  end_ = event;
  end_.payload = {};
  return event;
}

}  // namespace wsapi
