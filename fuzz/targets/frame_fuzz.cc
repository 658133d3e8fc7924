// SPDX-License-Identifier: Apache-2.0
//
// FrameDecoder: the events of a stream do not depend on where it is cut, and memory keeps to the
// limits. Input: the bytes of a stream of frames. Cuts and limits follow from a hash of it; in one
// of eight, every byte comes by itself.

#include "codec/frame.h"

#include <cstring>
#include <vector>

#include "fuzz/check.h"
#include "fuzz/exact_memory.h"
#include "fuzz/under_test.h"

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
namespace wsapi::fuzz {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::size_t kFirstCapacity = 256;  // bytes, the least that a decoder gathers in
constexpr std::size_t kMaxMasked = 48;       // bytes on which masking is tried

bool is_end(FrameEventKind kind) {
  return kind == FrameEventKind::kClose || kind == FrameEventKind::kViolation;
}

// What a stream gave: the events, and their payloads in one row. Kept from one input to the next,
// so that they take no new memory.
struct Log {
  std::vector<FrameEvent> events;
  std::vector<std::byte> payloads;  // as long as the longest stream
  std::size_t payload_size = 0;
  bool mid_frame = false;
  bool mid_message = false;
};

// Feeds pieces of a stream to a decoder. The first pass over a stream writes the log, the others
// are held against it.
class Pass {
 public:
  Pass(FrameLimits limits, Log& log, bool writes)
      : limits_(limits), decoder_(limits), log_(log), writes_(writes) {
    if (!writes_) return;
    log_.events.clear();
    log_.payload_size = 0;
  }

  // Returns whether the stream goes on after this piece.
  bool feed(Bytes piece) {
    received_ += piece.size();
    while (true) {
      const std::size_t before = piece.size();
      const FrameEvent event = decoder_.next(piece);
      check(piece.size() <= before, "a decoder consumes from the front");
      check_memory();
      if (event.kind == FrameEventKind::kNeedMore) {
        check(piece.empty(), "more is needed only where all was consumed");
        return true;
      }
      check_event(event);
      writes_ ? write(event) : compare(event);
      if (is_end(event.kind)) return false;
    }
  }

  void end() {
    if (writes_) {
      log_.mid_frame = decoder_.mid_frame();
      log_.mid_message = decoder_.mid_message();
    }
    check(log_.mid_frame == decoder_.mid_frame() && log_.mid_message == decoder_.mid_message(),
          "where a stream ended does not depend on the cuts");
    check(writes_ || (event_count_ == log_.events.size() && payload_size_ == log_.payload_size),
          "all events come, however the stream is cut");
    if (!decoder_.ended()) return;
    constexpr std::array kMore{std::byte{0x82}, std::byte{0}};
    Bytes more(kMore);
    const FrameEvent event = decoder_.next(more);
    check(more.empty() && event.kind == log_.events.back().kind && event.payload.empty(),
          "a decoder that has ended consumes all, and says again that it has");
  }

 private:
  void check_memory() const {
    check(decoder_.capacity() <= limits_.max_payload_size, "memory keeps to the limit");
    check(decoder_.capacity() <= std::max(kFirstCapacity, 2 * received_),
          "memory grows with what was received, not with what is claimed");
  }

  void check_event(const FrameEvent& event) const {
    if (event.kind == FrameEventKind::kMessage) {
      check(event.payload.size() <= limits_.max_payload_size, "a message keeps to the limit");
      check(event.fragments >= 1 && event.fragments <= std::max(limits_.max_fragments, 1U),
            "the number of fragments keeps to the limit");
    } else {
      check(event.payload.size() <= kMaxControlPayloadSize, "a control frame is short");
    }
    if (event.kind == FrameEventKind::kViolation) {
      check(!name(event.violation).empty() && is_valid_close_code(close_code(event.violation)),
            "a violation has a name, and a code to close with");
    }
    check(!event.close_code || is_valid_close_code(*event.close_code), "a close code is valid");
  }

  void write(const FrameEvent& event) {
    const auto room = std::span(log_.payloads).subspan(log_.payload_size);
    check(event.payload.size() <= room.size(), "payloads are no longer than the stream");
    if (!event.payload.empty()) {
      std::memcpy(room.data(), event.payload.data(), event.payload.size());
    }
    log_.payload_size += event.payload.size();
    log_.events.push_back(event);
  }

  void compare(const FrameEvent& event) {
    check(event_count_ < log_.events.size(), "no event comes because of a cut");
    const FrameEvent& expected = log_.events[event_count_++];
    const std::size_t size = expected.payload.size();
    check(event.kind == expected.kind && event.payload.size() == size &&
              event.close_code == expected.close_code && event.violation == expected.violation &&
              event.fragments == expected.fragments && event.masked == expected.masked &&
              event.non_minimal_length == expected.non_minimal_length,
          "an event does not depend on the cuts");
    check(same_bytes(event.payload, Bytes(log_.payloads).subspan(payload_size_, size)),
          "a payload does not depend on the cuts");
    payload_size_ += size;
  }

  FrameLimits limits_;
  FrameDecoder decoder_;
  Log& log_;
  bool writes_;
  std::size_t received_ = 0;
  std::size_t event_count_ = 0;
  std::size_t payload_size_ = 0;
};

void check_whole(Bytes stream, FrameLimits limits, Log& log) {
  if (log.payloads.size() < stream.size()) log.payloads.resize(stream.size());
  Pass pass(limits, log, true);
  pass.feed(stream);
  pass.end();
}

// A binary message in one frame with a 64-bit length: one beyond the limit is refused, and none is
// taken for another.
void check_first_length(Bytes stream, FrameLimits limits, const Log& log) {
  constexpr std::size_t kHeaderSize = 2 + 8;
  if (stream.size() < kHeaderSize) return;
  if (stream[0] != std::byte{0x82} || stream[1] != std::byte{127}) return;
  std::uint64_t length = 0;
  for (const std::byte b : stream.subspan(2, 8)) {
    length = length << 8U | std::to_integer<std::uint64_t>(b);
  }
  if (length <= limits.max_payload_size) return;
  check(log.events.size() == 1 && log.events[0].kind == FrameEventKind::kViolation &&
            log.events[0].violation == FrameViolation::kMessageTooLong,
        "a length beyond the limit is refused, however it is written");
}

// Each piece is in memory of its own, which is used again for the next: what a decoder keeps it
// must have copied.
template <typename NextSize>
void check_pieces(Bytes stream, FrameLimits limits, Log& log, NextSize&& next_size) {
  static ExactMemory memory;
  Pass pass(limits, log, false);
  while (!stream.empty()) {
    const std::size_t size = std::min<std::size_t>(next_size(), stream.size());
    if (!pass.feed(memory.copy(stream.first(size)))) break;
    stream = stream.subspan(size);
  }
  pass.end();
}

// Some bytes one by one, then some together, and so on: at most kMaxPieces and one with the rest.
void check_split(Bytes stream, FrameLimits limits, Log& log, std::uint64_t hash) {
  constexpr unsigned kMaxPieces = 6;
  unsigned piece = 0;
  check_pieces(stream, limits, log, [&]() -> std::size_t {
    if (++piece > kMaxPieces) return stream.size();
    const std::uint64_t bits = hash >> (8 * piece);
    return (bits & 1U) == 0 ? 1 : 1 + (bits >> 1U & 31U);
  });
}

FrameLimits small_limits(std::uint64_t hash) {
  constexpr std::array<std::uint64_t, 8> kSizes{0, 1, 5, 29, 125, 126, 300, 700};
  constexpr std::array<std::uint32_t, 4> kFragments{1, 2, 3, 100};
  return {.max_payload_size = kSizes[hash >> 8U & 7U],
          .max_fragments = kFragments[hash >> 16U & 3U]};
}

std::uint64_t big_endian(Bytes bytes) {
  std::uint64_t value = 0;
  for (const std::byte b : bytes) value = value << 8U | std::to_integer<std::uint64_t>(b);
  return value;
}

// Any header, right or wrong, is written so that its bytes say the same again (RFC 6455 5.2).
void check_header(Bytes stream) {
  if (stream.size() < kMaxFrameHeaderSize) return;
  const auto first = std::to_integer<unsigned>(stream[0]);
  const auto second = std::to_integer<unsigned>(stream[1]);
  FrameHeader header{.fin = (first & 0x80U) != 0,
                     .rsv = static_cast<std::uint8_t>(first >> 4U & 7U),
                     .opcode = static_cast<std::uint8_t>(first & 15U)};
  header.payload_size = big_endian(stream.subspan(2, 8)) >> (second & 0x38U);
  header.length_form = static_cast<LengthForm>((second & 7U) % 3);
  if (second >= 0x80) {
    header.mask.emplace();
    std::ranges::copy(stream.subspan(10, 4), header.mask->begin());
  }
  std::array<std::byte, kMaxFrameHeaderSize> bytes;
  const std::size_t size = encode_frame_header(header, bytes);
  const auto bits = std::to_integer<unsigned>(bytes[1]) & 0x7fU;
  const std::size_t length_size = bits == 127 ? 8 : bits == 126 ? 2 : 0;
  const std::size_t mask_size = header.mask ? 4 : 0;
  check(bytes[0] == stream[0], "the first byte of a header is written as it was read");
  check(size == 2 + length_size + mask_size, "a header has the size that its bytes say");
  check((std::to_integer<unsigned>(bytes[1]) >= 0x80) == header.mask.has_value(),
        "the mask bit says whether there is a mask");
  const std::uint64_t length =
      length_size == 0 ? bits : big_endian(Bytes(bytes).subspan(2, length_size));
  check(length == header.payload_size, "the length is written in each of its forms");
  check(!header.mask || same_bytes(Bytes(bytes).subspan(size - 4, 4), *header.mask),
        "the mask is the end of the header");
}

void check_masking(Bytes stream, std::uint64_t hash) {
  if (stream.size() < 4) return;
  MaskKey key;
  std::ranges::copy(stream.first(4), key.begin());
  const Bytes plain = stream.last(std::min(stream.size(), kMaxMasked));
  std::array<std::byte, kMaxMasked> memory;
  const auto masked = std::span(memory).first(plain.size());
  apply_mask(plain, masked, key, hash);
  for (std::size_t i = 0; i < plain.size(); ++i) {
    check(masked[i] == (plain[i] ^ key[(hash + i) % key.size()]), "each byte is masked by its key");
  }
  apply_mask(masked, masked, key, hash);
  check(same_bytes(masked, plain), "masking twice changes nothing");
}

void check_limited(Bytes stream, const FrameLimits& limits, Log& log, std::uint64_t hash) {
  check_whole(stream, limits, log);
  check_first_length(stream, limits, log);
  const bool by_bytes = (hash >> 40U & 7U) == 0;
  if (is_read(!by_bytes)) check_split(stream, limits, log, hash);
  if (is_read(by_bytes)) check_pieces(stream, limits, log, [] { return 1; });
}

// Any payload, in one frame, comes out as it went in.
void check_frame(Bytes stream, bool is_masked) {
  FrameHeader header;
  const Bytes payload = stream.size() > 4 ? stream.subspan(4) : stream;
  if (is_masked && stream.size() > 4) {
    header.mask.emplace();
    std::ranges::copy(stream.first(4), header.mask->begin());
  }
  const std::vector<std::byte> frame = encode_frame(header, payload);
  Bytes input(frame);
  FrameDecoder decoder;
  const FrameEvent event = decoder.next(input);
  check(input.empty() && event.kind == FrameEventKind::kMessage && event.fragments == 1 &&
            event.masked == header.mask.has_value() && !event.non_minimal_length,
        "a frame that was written is one message");
  check(same_bytes(event.payload, payload), "a payload comes out of its frame as it went in");
}

}  // namespace
}  // namespace wsapi::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wsapi;
  static fuzz::ExactMemory memory;
  static fuzz::Log log;
  const auto stream = memory.copy(fuzz::as_bytes(data, size));
  const std::uint64_t hash = fuzz::hash_of(stream);
  const bool small = (hash & 3U) == 0;  // a quarter of the inputs
  if (fuzz::is_read(small)) fuzz::check_limited(stream, fuzz::small_limits(hash), log, hash);
  if (fuzz::is_read(!small)) fuzz::check_limited(stream, FrameLimits{}, log, hash);
  fuzz::check_header(stream);
  if (fuzz::is_read((hash >> 32U & 7U) == 0)) fuzz::check_masking(stream, hash);
  const std::uint64_t framing = hash >> 35U & 31U;
  if (fuzz::is_read(framing == 0)) fuzz::check_frame(stream, false);
  if (fuzz::is_read(framing == 16)) fuzz::check_frame(stream, true);
  return 0;
}
WSAPI_FUZZ_NOT_UNDER_TEST_END
