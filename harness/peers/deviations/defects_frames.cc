// SPDX-License-Identifier: Apache-2.0
//
// How frames are misread.

#include <algorithm>

#include "harness/peers/deviations/changes.h"
#include "harness/peers/deviations/defects.h"

namespace wsapi {
namespace {

using namespace changes;
using enum FrameFate;

constexpr std::uint64_t kWrapsAt32 = std::uint64_t{1} << 32U;

// The frames that begin or continue a fragmented message.
bool is_fragment(const FrameHeader& header) {
  return !is_control(header) && (!header.fin || header.opcode == code(Opcode::kContinuation));
}

Change close_at_header_if(bool (*is_meant)(const FrameHeader&), std::uint16_t close_code) {
  return on_header([is_meant, close_code](Deviant& d, FrameHeader& header) {
    if (!is_meant(header)) return kPassed;
    d.close(close_code);
    return kDropped;
  });
}

// Lengths that a receiver takes for others where `is_meant`.
Change misread_length(std::uint64_t (*read)(const FrameHeader&)) {
  return on_header([read](Deviant&, FrameHeader& header) {
    header.payload_size = read(header);
    return kPassed;
  });
}

std::uint64_t swapped_16(std::uint64_t size) { return (size & 0xff) << 8U | size >> 8U; }

// own.text holds the mask key of the frame that comes; empty where it has none.
Change keep_mask_key() {
  return on_header([](Deviant& d, FrameHeader& header) {
    d.own.text.clear();
    if (header.mask) d.own.text.assign(reinterpret_cast<const char*>(header.mask->data()), 4);
    return kPassed;
  });
}

std::vector<Deviation> masking_defects() {
  return {
      {"mask-not-removed", "frames-masking", "A masked payload is taken as it stands on the wire.",
       edit_header([](FrameHeader& header) { header.mask.reset(); })},
      {"mask-key-first-octet-only", "frames-masking",
       "Each octet of a masked payload is unmasked with the first octet of the key.",
       edit_header([](FrameHeader& header) {
         if (header.mask) header.mask->fill(header.mask->front());
       })},
      {"mask-key-reversed", "frames-masking",
       "The octets of the mask key are used in reverse order.",
       edit_header([](FrameHeader& header) {
         if (header.mask) std::ranges::reverse(*header.mask);
       })},
      {"mask-phase-lost-between-reads",
       "frames-masking",
       "Unmasking starts with the first octet of the key again after each read.",
       keep_mask_key() +
           on_payload([](Deviant& d, std::span<std::byte> octets, std::uint64_t offset) {
             if (d.own.text.empty()) return;
             for (std::size_t i = 0; i < octets.size(); ++i) {
               const char right = d.own.text[(offset + i) % 4];
               const char used = d.own.text[i % 4];
               octets[i] ^= static_cast<std::byte>(right ^ used);
             }
           }),
       {"frames-pieces"}},
      {"masked-frames-refused", "frames-masking", "A masked frame is answered by CLOSE 1002.",
       close_at_header_if([](const FrameHeader& header) { return header.mask.has_value(); }, 1002)},
      {"unmasked-frames-refused", "frames-masking",
       "An unmasked binary frame after the first is answered by CLOSE 1002.",
       on_header([](Deviant& d, FrameHeader& header) {
         if (header.mask || is_control(header) || ++d.own.count == 1) return kPassed;
         d.close(1002);
         return kDropped;
       })},
      {"zero-mask-key-is-none", "frames-masking",
       "A frame whose mask key is 0 is dropped as if it were broken.",
       drop_header_if([](const FrameHeader& header) { return header.mask == MaskKey{}; })},
      {"masked-long-payload-cut",
       "frames-masking",
       "Octets of a masked payload beyond the first 125 are not unmasked.",
       keep_mask_key() +
           on_payload([](Deviant& d, std::span<std::byte> octets, std::uint64_t offset) {
             if (d.own.text.empty()) return;
             for (std::size_t i = 0; i < octets.size(); ++i) {
               if (offset + i < 125) continue;
               octets[i] ^= static_cast<std::byte>(d.own.text[(offset + i) % 4]);
             }
           }),
       {"frames-length"}},
      {"masked-control-not-unmasked",
       "frames-masking",
       "The payload of a masked PING is echoed still masked.",
       edit_header([](FrameHeader& header) {
         if (header.opcode == code(Opcode::kPing)) header.mask.reset();
       }),
       {"control-ping"}},
  };
}

std::vector<Deviation> fragment_defects() {
  return {
      {"no-fragmentation",
       "frames-fragmentation",
       "Each fragment is taken for a message of its own, so that a fragmented message is lost.",
       edit_fragments([](Deviant&, FrameHeader& header) {
         header.fin = true;
         header.opcode = code(Opcode::kBinary);
         return kPassed;
       }),
       {"frames-violation"}},
      {"fragment-stops-connection", "frames-fragmentation",
       "After the first fragment nothing more is read from the connection.",
       on_header([](Deviant& d, FrameHeader& header) {
         d.own.flag = d.own.flag || is_fragment(header);
         return d.own.flag ? kDropped : kPassed;
       })},
      {"third-fragment-lost", "frames-fragmentation",
       "Of a message in more than two fragments, those between the first two and the last are "
       "lost.",
       edit_fragments([](Deviant& d, FrameHeader& header) {
         d.own.count = header.opcode == code(Opcode::kContinuation) ? d.own.count + 1 : 0;
         return d.own.count > 1 && !header.fin ? kDropped : kPassed;
       })},
      {"empty-fragment-ends-message", "frames-fragmentation", "An empty fragment ends the message.",
       edit_fragments([](Deviant& d, FrameHeader& header) {
         const bool continues = header.opcode == code(Opcode::kContinuation);
         if (!continues) d.own.flag = false;
         if (continues && d.own.flag) return kDropped;  // of the message that was ended too early
         if (!header.fin && header.payload_size == 0) {
           header.fin = true;
           d.own.flag = true;
         }
         return kPassed;
       })},
      {"control-resets-fragments",
       "frames-fragmentation",
       "A control frame between fragments throws away what has come of the message.",
       // own: count is 1 inside a message, flag: it is spoiled, text: of which frame a payload is.
       on_header([](Deviant& d, FrameHeader& header) {
         d.own.text = is_control(header) ? "control" : "data";
         if (is_control(header)) {
           d.own.flag = d.own.flag || d.own.count > 0;
         } else {
           d.own.flag = d.own.flag && header.opcode == code(Opcode::kContinuation);
           d.own.count = header.fin ? 0 : 1;
         }
         return kPassed;
       }) + on_payload([](Deviant& d, std::span<std::byte> octets, std::uint64_t) {
         if (d.own.flag && d.own.text == "data") std::ranges::fill(octets, std::byte{0xff});
       }),
       {"control-ping", "control-pong"}},
      {"ping-inside-fragments-refused",
       "control-ping",
       "A PING between fragments is answered by CLOSE 1002.",
       on_header([](Deviant& d, FrameHeader& header) {
         if (header.opcode == code(Opcode::kPing) && d.own.flag) {
           d.close(1002);
           return kDropped;
         }
         if (!is_control(header)) d.own.flag = !header.fin;
         return kPassed;
       }),
       {"frames-fragmentation"}},
      {"fragments-unbounded", "frames-limit",
       "The limit holds for each frame, and not for the fragments of a message together.",
       options([](ReferenceServerOptions& o) {
         o.frame_limits.max_payload_size = std::uint64_t{64} << 20U;
       }) + on_header([](Deviant& d, FrameHeader& header) {
         if (header.payload_size <= kDefaultMaxPayloadSize) return kPassed;
         d.close(1009);
         return kDropped;
       })},
      {"new-message-inside-fragments-served", "frames-violation",
       "A new data frame inside a fragmented message is taken for its next fragment.",
       edit_fragments([](Deviant& d, FrameHeader& header) {
         if (d.own.flag) header.opcode = code(Opcode::kContinuation);
         d.own.flag = !header.fin;
         return kPassed;
       })},
      {"new-message-inside-fragments-dropped", "frames-violation",
       "A new data frame inside a fragmented message is passed over.",
       edit_fragments([](Deviant& d, FrameHeader& header) {
         if (d.own.flag && header.opcode != code(Opcode::kContinuation)) return kDropped;
         d.own.flag = !header.fin;
         return kPassed;
       })},
      {"continuation-alone-dropped", "frames-violation",
       "A continuation with nothing to continue is passed over.",
       edit_fragments([](Deviant& d, FrameHeader& header) {
         if (!d.own.flag && header.opcode == code(Opcode::kContinuation)) return kDropped;
         d.own.flag = !header.fin;
         return kPassed;
       })},
      {"continuation-alone-is-message", "frames-violation",
       "A continuation with nothing to continue is taken for a message.",
       edit_fragments([](Deviant& d, FrameHeader& header) {
         if (!d.own.flag && header.opcode == code(Opcode::kContinuation)) {
           header.opcode = code(Opcode::kBinary);
         }
         d.own.flag = !header.fin;
         return kPassed;
       })},
      {"fragments-at-most-sixteen", "frames-fragmentation",
       "A message in more than 16 fragments is refused by CLOSE 1009.",
       options([](ReferenceServerOptions& o) { o.frame_limits.max_fragments = 16; })},
  };
}

std::vector<Deviation> length_defects() {
  return {
      {"length-16-little-endian", "frames-length", "A 16-bit length is read as little endian.",
       misread_length([](const FrameHeader& header) {
         return header.length_form == LengthForm::k16Bit ? swapped_16(header.payload_size)
                                                         : header.payload_size;
       })},
      {"length-64-cut-to-32", "frames-length",
       "Of a 64-bit length only the lower 32 bits are read.",
       misread_length([](const FrameHeader& header) { return header.payload_size % kWrapsAt32; })},
      {"length-64-cut-to-16", "frames-length",
       "Of a 64-bit length only the lower 16 bits are read.",
       misread_length([](const FrameHeader& header) { return header.payload_size & 0xffff; })},
      {"length-plus-header-wraps-32", "frames-length",
       "The sum of header and length wraps at 32 bits, and the frame is taken for an empty one.",
       misread_length([](const FrameHeader& header) {
         const std::uint64_t size = header.payload_size;
         const std::uint64_t head = 10;
         return size < kWrapsAt32 && size + head >= kWrapsAt32 ? 0 : size;
       })},
      {"length-plus-mask-wraps-32", "frames-length",
       "The sum of a length and the size of the mask wraps at 32 bits.",
       misread_length([](const FrameHeader& header) {
         const std::uint64_t size = header.payload_size;
         return header.mask && size < kWrapsAt32 && size + 4 >= kWrapsAt32 ? 0 : size;
       })},
      {"length-plus-header-wraps-64", "frames-length",
       "The sum of header and length wraps at 64 bits, and the frame is taken for an empty one.",
       misread_length([](const FrameHeader& header) {
         return header.payload_size + 14 < header.payload_size ? 0 : header.payload_size;
       })},
      {"length-signed", "frames-length",
       "A length with its highest bit set is negative, and the frame is passed over.",
       misread_length([](const FrameHeader& header) {
         return (header.payload_size >> 63U) != 0 ? 0 : header.payload_size;
       })},
      {"long-length-refused",
       "frames-length",
       "A length that is longer than it need be is answered by CLOSE 1002.",
       close_at_header_if(
           [](const FrameHeader& header) {
             const std::uint64_t size = header.payload_size;
             return (header.length_form == LengthForm::k16Bit && size < 126) ||
                    (header.length_form == LengthForm::k64Bit && size <= 0xffff);
           },
           1002),
       {"peers-frame-lengths"}},
      {"length-64-refused", "frames-length",
       "A frame with a 64-bit length is answered by CLOSE 1009.",
       close_at_header_if(
           [](const FrameHeader& header) { return header.length_form == LengthForm::k64Bit; },
           1009)},
      {"limit-off-by-one", "frames-limit", "A message of exactly the limit is refused.",
       options([](ReferenceServerOptions& o) { --o.frame_limits.max_payload_size; })},
      {"limit-of-65535", "frames-limit", "A message of more than 65,535 octets is refused.",
       options([](ReferenceServerOptions& o) { o.frame_limits.max_payload_size = 65'535; })},
      {"limit-not-enforced", "frames-limit", "A message of up to 64 MiB is taken.",
       options([](ReferenceServerOptions& o) {
         o.frame_limits.max_payload_size = std::uint64_t{64} << 20U;
       })},
      {"too-long-passed-over", "frames-limit",
       "A frame over the limit is read and thrown away; the connection stays.",
       drop_header_if([](const FrameHeader& header) {
         return header.payload_size > kDefaultMaxPayloadSize && header.payload_size < kWrapsAt32;
       })},
      {"message-of-127-octets-lost", "frames-length", "A message of 127 octets is lost.",
       drop_header_if([](const FrameHeader& header) { return header.payload_size == 127; })},
  };
}

}  // namespace

std::vector<Deviation> frame_defects() {
  std::vector<Deviation> all;
  for (const auto part : {masking_defects, fragment_defects, length_defects}) {
    std::ranges::move(part(), std::back_inserter(all));
  }
  return all;
}

}  // namespace wsapi
