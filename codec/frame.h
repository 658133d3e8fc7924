// SPDX-License-Identifier: Apache-2.0
#pragma once

// WebSocket frames (RFC 6455 section 5), as the transport of WSAPI uses them: no opening handshake,
// masked and unmasked frames in both directions, binary messages only (protocol section 1).
// Encoding writes whatever it is told to, wrong frames included; FrameDecoder is strict and
// incremental. All integers of a frame are big-endian.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace wsapi {

// RFC 6455 section 5.2. A frame holds a raw nibble, since undefined opcodes can be sent, too.
enum class Opcode : std::uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10,
};

// How the payload size is written. The forms with a fixed width are for tests of receivers: a
// sender uses the minimal one.
enum class LengthForm : std::uint8_t { kMinimal, k16Bit, k64Bit };

using MaskKey = std::array<std::byte, 4>;

// The default is the header of one final, unmasked binary frame.
struct FrameHeader {
  bool fin = true;
  std::uint8_t rsv = 0;                                              // three bits, RSV1 the highest
  std::uint8_t opcode = static_cast<std::uint8_t>(Opcode::kBinary);  // four bits
  std::optional<MaskKey> mask = {};
  std::uint64_t payload_size = 0;  // bytes; any value, so that senseless ones can be sent
  LengthForm length_form = LengthForm::kMinimal;

  friend bool operator==(const FrameHeader&, const FrameHeader&) = default;
};

inline constexpr std::size_t kMaxFrameHeaderSize = 14;              // bytes: 2 + 8 + 4
inline constexpr std::uint64_t kDefaultMaxPayloadSize = 1'048'500;  // bytes, protocol section 1
inline constexpr std::size_t kMaxControlPayloadSize = 125;          // bytes, RFC 6455 section 5.5
inline constexpr std::uint32_t kDefaultMaxFragments = 65'536;

// Writes the header to the front of `out` and returns its size in bytes. Bits of rsv and opcode
// that do not fit are dropped. A size that does not fit the 16-bit form is written in the 64-bit
// form.
std::size_t encode_frame_header(const FrameHeader& header,
                                std::span<std::byte, kMaxFrameHeaderSize> out) noexcept;

// XORs `in` with the key into `out` (RFC 6455 section 5.3); the same again unmasks. `phase` is the
// offset of in[0] in the payload of its frame. `out` is at least as long as `in`; the two are the
// same memory or do not overlap.
void apply_mask(std::span<const std::byte> in, std::span<std::byte> out, MaskKey mask,
                std::uint64_t phase) noexcept;

// A whole frame: `header` with the size of `payload` instead of its own, and the payload, masked
// where the header has a mask.
[[nodiscard]] std::vector<std::byte> encode_frame(FrameHeader header,
                                                  std::span<const std::byte> payload);

// Unmasked control frames (RFC 6455 section 5.5). Nothing is checked, so that wrong ones can be
// made: a payload may be too long, and a code one that must not be on the wire.
[[nodiscard]] std::vector<std::byte> ping_frame(std::span<const std::byte> payload);
[[nodiscard]] std::vector<std::byte> pong_frame(std::span<const std::byte> payload);
// Without a code its payload is empty.
[[nodiscard]] std::vector<std::byte> close_frame(std::optional<std::uint16_t> code = {});

// Why a stream of frames cannot be read further. In brackets the code to close with.
enum class FrameViolation : std::uint8_t {
  kRsvBits,                   // an RSV bit is set, no extension having been agreed on (1002)
  kUnknownOpcode,             // 3 to 7, 11 to 15 (1002)
  kControlTooLong,            // a control frame of more than 125 bytes, or one whose length takes
                              // more than 7 bits (1002)
  kControlFragmented,         // a control frame without FIN (1002)
  kClosePayloadOneByte,       // half a close code (1002)
  kCloseCodeInvalid,          // a code that must not be on the wire (1002)
  kContinuationWithoutStart,  // a continuation with nothing to continue (1002)
  kDataInsideFragmented,      // a new data frame before the last message was complete (1002)
  kTextMessage,               // WSAPI messages are binary (1003)
  kMessageTooLong,            // a frame, or its message with it, exceeds the limit (1009)
  kTooManyFragments,          // a message in more frames than the limit (1009)
};

// The stable kebab-case name, such as "rsv-bits".
[[nodiscard]] std::string_view name(FrameViolation violation) noexcept;

// The code of the CLOSE that answers it: 1002, 1003 or 1009.
[[nodiscard]] std::uint16_t close_code(FrameViolation violation) noexcept;

// Whether a CLOSE may carry this code (RFC 6455 section 7.4): not below 1000, not the codes that
// are reserved (1004, 1005, 1006, 1015) or left undefined (1016 to 2999). From 3000 on, codes
// belong to libraries and applications; the RFC forbids none above 4999 either.
[[nodiscard]] bool is_valid_close_code(std::uint16_t code) noexcept;

struct FrameLimits {
  // In bytes: of one frame's payload, and of all payloads of a fragmented message together.
  std::uint64_t max_payload_size = kDefaultMaxPayloadSize;
  // Frames of one message, the first included; bounds the chain of empty fragments.
  std::uint32_t max_fragments = kDefaultMaxFragments;

  friend bool operator==(const FrameLimits&, const FrameLimits&) = default;
};

enum class FrameEventKind : std::uint8_t {
  kNeedMore,  // all input was consumed, and no event is complete
  kMessage,   // a whole binary message, which may be empty
  kPing,
  kPong,
  kClose,      // the end of the stream
  kViolation,  // the end of the stream, too
};

// What FrameDecoder::next found.
struct FrameEvent {
  FrameEventKind kind = FrameEventKind::kNeedMore;
  // kMessage, kPing, kPong: the payload, unmasked. kClose: the reason, after the code. Valid
  // until the decoder is used again, moved or destroyed, and as long as the input lives.
  std::span<const std::byte> payload = {};
  std::optional<std::uint16_t> close_code = {};         // kClose: absent where it was empty
  FrameViolation violation = FrameViolation::kRsvBits;  // kViolation only
  // Observations about the frame, or about any of the frames of a message.
  std::uint32_t fragments = 0;  // kMessage: its number of frames
  bool masked = false;
  bool non_minimal_length = false;  // accepted (protocol section 8), but worth a remark
};

// Finds the messages and control frames in a stream that comes in pieces of any size. The events
// do not depend on where it is cut.
//
//   std::span<const std::byte> input = received;
//   for (FrameEvent event = decoder.next(input); event.kind != FrameEventKind::kNeedMore;
//        event = decoder.next(input)) { ...; stop after kClose and kViolation }
//
// Each check is made with the first byte that allows it: a header that breaks a rule is a
// violation although its payload, or the rest of the header, has not come.
//
// A whole unfragmented, unmasked frame inside the input becomes a view of the input. Everything
// else is gathered in memory that never exceeds the limit and grows with the bytes received, not
// with the size that a header claims.
class FrameDecoder {
 public:
  // A gathered message of up to this size leaves its memory for the next one.
  static constexpr std::size_t kRetainedCapacity = 65'536;  // bytes

  explicit FrameDecoder(FrameLimits limits = {}) noexcept : limits_(limits) {}
  // Moved, not copied. One that was moved from can only be assigned to or destroyed.
  FrameDecoder(FrameDecoder&&) noexcept = default;
  FrameDecoder& operator=(FrameDecoder&&) noexcept = default;

  // Consumes bytes from the front of `input` up to and including the next event. After kClose or
  // kViolation the decoder has ended: it consumes all input and reports that event again, then
  // without the reason. Throws nothing but std::bad_alloc.
  [[nodiscard]] FrameEvent next(std::span<const std::byte>& input);

  // The stream may end between messages only. Inside a frame: some of its bytes are in, not all.
  [[nodiscard]] bool mid_frame() const noexcept { return header_size_ > 0; }
  // Inside a fragmented message: its first frame is complete, its last one is not.
  [[nodiscard]] bool mid_message() const noexcept { return message_.fragments > 0; }
  // After kClose or kViolation.
  [[nodiscard]] bool ended() const noexcept { return end_.kind != FrameEventKind::kNeedMore; }

  // Memory held for gathered payloads, in bytes.
  [[nodiscard]] std::size_t capacity() const noexcept { return gathered_.capacity(); }

 private:
  // Bytes that are appended to without being cleared first.
  class Buffer {
   public:
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
      return {bytes_.get(), size_};
    }
    // Room for `size` more bytes; the capacity doubles, up to `max_capacity` where that suffices.
    std::span<std::byte> append(std::size_t size, std::uint64_t max_capacity);
    void clear() noexcept { size_ = 0; }
    void release() noexcept;

   private:
    std::unique_ptr<std::byte[]> bytes_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
  };

  struct Frame {
    bool fin = false;
    Opcode opcode = Opcode::kContinuation;
    bool masked = false;
    bool non_minimal_length = false;
    MaskKey mask{};
    std::uint64_t payload_size = 0;
    std::uint64_t received_size = 0;  // of the payload
    std::uint8_t length_end = 0;      // header bytes up to and including the length
  };

  // Complete frames of the message in course; what is gathered belongs to it.
  struct Message {
    std::uint32_t fragments = 0;
    bool masked = false;
    bool non_minimal_length = false;
  };

  using Check = std::optional<FrameViolation>;
  [[nodiscard]] bool begins_with_small_message(std::span<const std::byte> input) const noexcept;
  [[nodiscard]] bool header_complete() const noexcept;
  Check take_header_byte(std::byte byte) noexcept;
  Check take_first_byte(std::uint8_t byte) noexcept;
  Check take_second_byte(std::uint8_t byte) noexcept;
  Check check_length() noexcept;
  bool take_payload(std::span<const std::byte>& input, std::span<const std::byte>& payload);
  std::span<std::byte> room_for(std::size_t size);
  FrameEvent end_frame(std::span<const std::byte> payload) noexcept;
  FrameEvent end_control(const Frame& frame, std::span<const std::byte> payload) noexcept;
  FrameEvent end(FrameEvent event) noexcept;

  FrameLimits limits_;
  std::uint8_t header_size_ = 0;  // bytes of the current frame's header; 0 between frames
  Frame frame_;
  Message message_;
  bool gathered_is_given_out_ = false;  // by the last event
  Buffer gathered_;
  std::array<std::byte, kMaxControlPayloadSize> control_{};
  FrameEvent end_;  // kNeedMore until the stream has ended
};

}  // namespace wsapi
