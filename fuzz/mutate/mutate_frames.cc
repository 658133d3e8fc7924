// SPDX-License-Identifier: Apache-2.0

#include "fuzz/mutate/frame_places.h"
#include "fuzz/mutate/mutate.h"
#include "fuzz/mutate/mutate_internal.h"
#include "fuzz/under_test.h"

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
namespace wsapi::fuzz {
namespace {

constexpr std::size_t kBaseHeaderSize = 2;
constexpr std::size_t kMaskSize = 4;
constexpr std::uint8_t kFinBit = 0x80;

std::uint64_t big_endian(Octets bytes) {
  std::uint64_t value = 0;
  for (const std::uint8_t b : bytes) value = value << 8U | b;
  return value;
}

// The frame that begins at `begin`; false where it is not whole.
bool read_frame(Octets stream, std::size_t begin, FramePlace& out) noexcept {
  const Octets bytes = stream.subspan(begin);
  if (bytes.size() < kBaseHeaderSize) return false;
  const unsigned bits = bytes[1] & 0x7fU;
  const std::size_t length_size = bits == 127 ? 8 : bits == 126 ? 2 : 0;
  const std::size_t mask_size = (bytes[1] & 0x80U) != 0 ? kMaskSize : 0;
  const std::size_t header_size = kBaseHeaderSize + length_size + mask_size;
  if (bytes.size() < header_size) return false;
  const std::uint64_t size =
      length_size == 0 ? bits : big_endian(bytes.subspan(kBaseHeaderSize, length_size));
  if (size > bytes.size() - header_size) return false;
  out = {.begin = begin, .header = {}, .header_size = header_size};
  out.header.fin = (bytes[0] & kFinBit) != 0;
  out.header.rsv = bytes[0] >> 4U & 7U;
  out.header.opcode = bytes[0] & 15U;
  out.header.payload_size = size;
  constexpr std::array kForms{LengthForm::kMinimal, LengthForm::k16Bit, LengthForm::k64Bit};
  out.header.length_form = kForms[length_size == 0 ? 0 : length_size == 2 ? 1 : 2];
  if (mask_size > 0) {
    out.header.mask.emplace();
    const auto mask = std::as_bytes(bytes.subspan(header_size - kMaskSize, kMaskSize));
    std::ranges::copy(mask, out.header.mask->begin());
  }
  return true;
}

bool is_data(const FramePlace& place) noexcept {
  return place.header.opcode <= static_cast<std::uint8_t>(Opcode::kBinary);
}

class StreamMutator {
 public:
  StreamMutator(EditBuffer& stream, Rng& rng) noexcept
      : stream_(stream), rng_(rng), writer_(rng, ids_), places_(stream.bytes()) {
    collect_ids();
  }

  void mutate() noexcept {
    constexpr std::size_t kMany = 6;  // streams that only grow become slow and say nothing new
    if (frames().empty()) return insert_message();
    if (frames().size() > kMany && rng_.one_in(3)) return erase_some();
    switch (rng_.below(18)) {
      case 0: return insert_message();
      case 1: return insert_message();
      case 2: return duplicate();
      case 3: return stream_.erase(some_frame().begin, some_frame().size());
      case 4: return swap();
      case 5: return fragment();
      case 6: return change_mask();
      case 7: return insert_control();
      case 8: return wrong_header();
      case 9: return wrong_length();
      case 10: return offer_in_front();
      case 11: return truncate();
      case 12:
        return rewrite(some_frame(), [&](FrameHeader& header) {
          header.length_form = rng_.one_in(2) ? LengthForm::k16Bit : LengthForm::k64Bit;
        });
      default: return mutate_payload();
    }
  }

 private:
  [[nodiscard]] std::span<const FramePlace> frames() const noexcept { return places_.all(); }
  // The same frame until the next mutation.
  const FramePlace& some_frame() noexcept {
    if (chosen_ == nullptr) chosen_ = &rng_.of(frames());
    return *chosen_;
  }
  [[nodiscard]] Octets payload_of(const FramePlace& place) const noexcept {
    return Octets(stream_.bytes()).subspan(place.payload_begin(), place.payload_size());
  }
  // In front of a frame, or behind the last one.
  std::size_t some_boundary() noexcept {
    return rng_.one_in(frames().size() + 1) ? places_.end() : some_frame().begin;
  }

  // Of a few messages, so that others may refer to what they name.
  void collect_ids() noexcept {
    constexpr std::size_t kMaxLookedAt = 3;
    if (frames().empty()) return;
    for (std::size_t i = 0; i < kMaxLookedAt; ++i) {
      const FramePlace& place = rng_.of(frames());
      if (!is_data(place) || place.header.mask) continue;
      const LocatedMessage located = locate_any(payload_of(place), rng_.one_in(2));
      ids_.add_all(located.layout, payload_of(place));
    }
  }

  static void append_frame(EditBuffer& out, FrameHeader header, Octets payload) noexcept {
    header.payload_size = payload.size();
    std::array<std::byte, kMaxFrameHeaderSize> bytes;
    const std::size_t size = encode_frame_header(header, bytes);
    if (out.room() < size + payload.size()) return;
    for (const std::byte b : std::span(bytes).first(size)) {
      out.append(std::to_integer<std::uint8_t>(b));
    }
    const std::size_t begin = out.size();
    out.append(payload);
    if (!header.mask) return;
    const auto body = std::as_writable_bytes(out.bytes().subspan(begin));
    apply_mask(body, body, *header.mask, 0);
  }

  // The payload, unmasked, in memory of its own.
  EditBuffer unmasked(const FramePlace& place, std::size_t max_size) noexcept {
    EditBuffer payload = scratch(Scratch::kMessage, max_size);
    payload.append(payload_of(place));
    if (place.header.mask) {
      const auto bytes = std::as_writable_bytes(payload.bytes());
      apply_mask(bytes, bytes, *place.header.mask, 0);
    }
    return payload;
  }

  void put_frame(const FramePlace& place, const FrameHeader& header, Octets payload) noexcept {
    EditBuffer frame = scratch(Scratch::kFrame, place.size() + stream_.room());
    append_frame(frame, header, payload);
    if (frame.size() > 0) stream_.replace(place.begin, place.size(), frame.bytes());
  }

  void mutate_payload() noexcept {
    const FramePlace& place = some_frame();
    EditBuffer payload = unmasked(place, place.payload_size() + stream_.room());
    mutate_one_message(payload, rng_, ids_);
    put_frame(place, place.header, payload.bytes());
  }

  // The same payload behind another header.
  template <typename Change>
  void rewrite(const FramePlace& place, Change&& change) noexcept {
    const EditBuffer payload = unmasked(place, place.payload_size());
    FrameHeader header = place.header;
    change(header);
    put_frame(place, header, payload.bytes());
  }

  [[nodiscard]] MaskKey some_mask() noexcept {
    MaskKey mask{};
    if (rng_.one_in(4)) return mask;
    for (std::byte& b : mask) b = static_cast<std::byte>(rng_.next());
    return mask;
  }
  void change_mask() noexcept {
    rewrite(some_frame(), [&](FrameHeader& header) {
      if (header.mask) {
        header.mask.reset();
      } else {
        header.mask = some_mask();
      }
    });
  }

  void insert_frame(std::size_t at, const FrameHeader& header, Octets payload) noexcept {
    EditBuffer frame = scratch(Scratch::kFrame, stream_.room());
    append_frame(frame, header, payload);
    stream_.insert(at, frame.bytes());
  }

  void insert_message() noexcept {
    EditBuffer payload = scratch(Scratch::kMessage, stream_.room());
    writer_.message(payload);
    FrameHeader header;
    if (rng_.one_in(4)) header.mask = some_mask();
    insert_frame(frames().empty() ? 0 : some_boundary(), header, payload.bytes());
  }

  void offer_in_front() noexcept {
    EditBuffer payload = scratch(Scratch::kMessage, stream_.room());
    writer_.message(payload, *info_of<VersionOffer>(kReferenceRevision), kReferenceRevision);
    insert_frame(0, {}, payload.bytes());
  }

  void insert_control() noexcept {
    constexpr std::array kOpcodes{Opcode::kPing, Opcode::kPong, Opcode::kPing, Opcode::kClose};
    constexpr std::array<std::uint16_t, 8> kCodes{1000, 1001, 1002, 1005, 1009, 999, 3000, 65535};
    EditBuffer payload = scratch(Scratch::kMessage, kMaxControlPayloadSize + 2);
    FrameHeader header;
    header.opcode = static_cast<std::uint8_t>(rng_.of(std::span<const Opcode>(kOpcodes)));
    header.fin = !rng_.one_in(16);
    if (header.opcode == static_cast<std::uint8_t>(Opcode::kClose) && rng_.one_in(2)) {
      const std::uint16_t code = rng_.of(std::span<const std::uint16_t>(kCodes));
      payload.append(static_cast<std::uint8_t>(code >> 8U));
      payload.append(static_cast<std::uint8_t>(code));
    }
    if (rng_.one_in(8)) {
      payload.append(0x03);  // of a CLOSE, half a code
    } else if (rng_.one_in(8)) {
      while (payload.size() < kMaxControlPayloadSize + rng_.below(2)) payload.append('p');
    } else if (rng_.one_in(2)) {
      writer_.text(payload);
    }
    if (rng_.one_in(4)) header.mask = some_mask();
    insert_frame(some_boundary(), header, payload.bytes());
  }

  void duplicate() noexcept {
    EditBuffer copy = scratch(Scratch::kFrame, stream_.room());
    copy.append(Octets(stream_.bytes()).subspan(some_frame().begin, some_frame().size()));
    chosen_ = nullptr;
    stream_.insert(some_boundary(), copy.bytes());
  }

  // All frames from one to another, or to the end of the stream.
  void erase_some() noexcept {
    const std::size_t begin = some_frame().begin;
    const std::size_t other = rng_.of(frames()).end();
    const std::size_t end = other > begin ? other : stream_.size();
    stream_.erase(begin, end - begin);
  }

  // A frame with the one behind it.
  void swap() noexcept {
    const FramePlace& first = some_frame();
    if (first.end() >= places_.end()) return duplicate();
    const FramePlace& second = *(&first + 1);
    const auto both = stream_.bytes().subspan(first.begin, first.size() + second.size());
    std::ranges::rotate(both, both.begin() + static_cast<std::ptrdiff_t>(first.size()));
  }

  // In two, sometimes with a control frame in between.
  void fragment() noexcept {
    const FramePlace& place = some_frame();
    const EditBuffer payload = unmasked(place, place.payload_size());
    const std::size_t at = rng_.below(payload.size() + 1);
    EditBuffer frames = scratch(Scratch::kFrame, place.size() + stream_.room());
    FrameHeader header = place.header;
    header.fin = false;
    append_frame(frames, header, payload.bytes().first(at));
    if (rng_.one_in(4)) {
      append_frame(frames, {.opcode = static_cast<std::uint8_t>(Opcode::kPing)}, {});
    }
    header.fin = place.header.fin;
    header.opcode = static_cast<std::uint8_t>(Opcode::kContinuation);
    append_frame(frames, header, payload.bytes().subspan(at));
    stream_.replace(place.begin, place.size(), frames.bytes());
  }

  // FIN, RSV bits or opcode, in place.
  void wrong_header() noexcept {
    std::uint8_t& first = stream_.bytes()[some_frame().begin];
    switch (rng_.below(3)) {
      case 0: first ^= kFinBit; return;
      case 1: first ^= static_cast<std::uint8_t>(1U << (4 + rng_.below(3))); return;
      default: first = static_cast<std::uint8_t>((first & 0xf0U) | rng_.below(16));
    }
  }

  // Of a frame whose payload stays as it is.
  void wrong_length() noexcept {
    constexpr std::array<std::uint64_t, 8> kLengths{
        0,          126,  0xffff, 0x10000, kDefaultMaxPayloadSize, kDefaultMaxPayloadSize + 1,
        1ULL << 63, ~0ULL};
    const FramePlace& place = some_frame();
    FrameHeader header = place.header;
    header.payload_size = place.payload_size() + (rng_.one_in(2) ? 1 : std::uint64_t(-1));
    if (rng_.one_in(2)) header.payload_size = rng_.of(std::span<const std::uint64_t>(kLengths));
    std::array<std::byte, kMaxFrameHeaderSize> bytes;
    const std::size_t size = encode_frame_header(header, bytes);
    std::array<std::uint8_t, kMaxFrameHeaderSize> octets;
    std::ranges::transform(bytes, octets.begin(), std::to_integer<std::uint8_t>);
    stream_.replace(place.begin, place.header_size, Octets(octets).first(size));
  }

  void truncate() noexcept {
    const FramePlace& place = some_frame();
    stream_.truncate(rng_.one_in(2) ? place.end() : place.begin + rng_.below(place.size()));
  }

  EditBuffer& stream_;
  Rng& rng_;
  Ids ids_;
  MessageWriter writer_;
  FramePlaces places_;
  const FramePlace* chosen_ = nullptr;
};

}  // namespace

FramePlaces::FramePlaces(Octets stream) noexcept {
  std::size_t begin = 0;
  while (count_ < kMaxCount && read_frame(stream, begin, places_[count_])) {
    begin = places_[count_++].end();
  }
}

std::size_t mutate_frames(std::uint8_t* data, std::size_t size, std::size_t max_size,
                          unsigned seed) {
  Rng rng(seed);
  if (mutators_are_off() || rng.one_in(kMutationsPerRaw)) {
    return LLVMFuzzerMutate(data, size, max_size);
  }
  EditBuffer stream(std::span(data, max_size), size);
  StreamMutator(stream, rng).mutate();
  return stream.size();
}

std::size_t cross_frames(const std::uint8_t* first, std::size_t first_size,
                         const std::uint8_t* second, std::size_t second_size, std::uint8_t* out,
                         std::size_t max_size, unsigned seed) {
  Rng rng(seed);
  if (!rng.one_in(kCrossesPerCross)) {
    const std::size_t size = std::min(first_size, max_size);
    std::copy_n(first, size, out);
    return mutate_frames(out, size, max_size, seed);
  }
  const Octets head(first, first_size);
  const Octets tail(second, second_size);
  const auto boundary = [&](Octets stream) {
    const FramePlaces places(stream);
    return places.all().empty() ? rng.below(stream.size() + 1) : rng.of(places.all()).begin;
  };
  EditBuffer joined(std::span(out, max_size), 0);
  joined.append(head.first(std::min(boundary(head), max_size)));
  const Octets end = tail.subspan(boundary(tail));
  joined.append(end.first(std::min(end.size(), joined.room())));
  return joined.size();
}

}  // namespace wsapi::fuzz
WSAPI_FUZZ_NOT_UNDER_TEST_END
