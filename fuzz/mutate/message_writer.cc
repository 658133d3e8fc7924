// SPDX-License-Identifier: Apache-2.0

#include "fuzz/mutate/message_writer.h"

#include "fuzz/mutate/words.h"
#include "fuzz/under_test.h"

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
namespace wsapi::fuzz {
namespace {

constexpr std::array<std::uint32_t, 16> kIntegers{
    0,      1,      2,      3,      0x7f,    0x80,       0xff,       0x100,
    0x0fff, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff};

// Around the sizes at which a frame's length, a limit or a buffer changes.
constexpr std::array<std::size_t, 12> kLongSizes{31,  36,  37,  100, 125,  126,
                                                 127, 128, 255, 256, 1000, 65535};

}  // namespace

std::uint64_t load_integer(Octets bytes) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8U | bytes[i];
  return value;
}

void Ids::add_all(const Layout& layout, Octets bytes) noexcept {
  for (const FieldPlace& place : layout.all()) {
    if (place.shape->kind != WireKind::kInteger) continue;
    add(static_cast<std::uint32_t>(load_integer(bytes.subspan(place.begin, place.width))));
  }
}

std::uint32_t MessageWriter::integer() noexcept {
  const auto ids = ids_.all();
  const std::size_t choice = rng_.below(8);
  if (choice < 3 && !ids.empty()) return rng_.of(ids) + (rng_.one_in(4) ? 1 : 0);
  if (choice < 7) return rng_.of(std::span<const std::uint32_t>(kIntegers));
  return static_cast<std::uint32_t>(rng_.next());
}

std::uint32_t MessageWriter::wrong_length(std::uint32_t right) noexcept {
  switch (rng_.below(9)) {
    case 0: return 0;
    case 1: return right - 1;
    case 2: return right + 0x10000;
    case 3: return 0xffffffff;
    case 4: return 0xffffffff - right;  // wraps behind or in front of the length itself
    case 5: return 0x80000000 + right;
    case 6: return right + static_cast<std::uint32_t>(rng_.below(64));
    case 7: return right / 2;
    default: return right + 1;
  }
}

void MessageWriter::little_endian(EditBuffer& out, std::uint64_t value,
                                  std::size_t width) noexcept {
  for (std::size_t i = 0; i < width; ++i) {
    out.append(static_cast<std::uint8_t>(value >> (8 * i)));
  }
}

void MessageWriter::text(EditBuffer& out) noexcept {
  const std::size_t choice = rng_.below(16);
  if (choice == 0) return;
  if (choice == 1) return long_text(out);
  if (choice == 2) {
    for (std::size_t i = 1 + rng_.below(4); i > 0; --i) {
      out.append(static_cast<std::uint8_t>(rng_.next()));
    }
    return;
  }
  for (const char c : rng_.of(std::span<const std::string_view>(kWords))) {
    out.append(static_cast<std::uint8_t>(c));
  }
}

void MessageWriter::long_text(EditBuffer& out) noexcept {
  constexpr std::size_t kRest = 64;  // bytes that are left for what follows
  const std::size_t most = out.room() > kRest ? out.room() - kRest : 0;
  const std::size_t size = std::min(rng_.of(std::span<const std::size_t>(kLongSizes)), most);
  const auto letter = static_cast<std::uint8_t>('a' + rng_.below(26));
  for (std::size_t i = 0; i < size; ++i) out.append(letter);
}

void MessageWriter::field(EditBuffer& out, const FieldShape& shape, Revision revision) noexcept {
  const std::size_t width = shape.width[static_cast<std::size_t>(revision)];
  switch (shape.kind) {
    case WireKind::kInteger: return little_endian(out, integer(), width);
    case WireKind::kUuid: {
      const std::uint64_t seed = rng_.below(4);
      for (std::size_t i = 0; i < width; ++i) out.append(static_cast<std::uint8_t>(seed * i));
      return;
    }
    case WireKind::kList: {
      const std::size_t count = rng_.one_in(16) ? 255 : rng_.below(5);
      out.append(static_cast<std::uint8_t>(count));
      for (std::size_t i = 0; i < count; ++i) {
        out.append(static_cast<std::uint8_t>(rng_.one_in(2) ? kVersion1 : rng_.below(256)));
      }
      return;
    }
    case WireKind::kNullText:
      if (rng_.one_in(2)) return little_endian(out, 0, width);
      [[fallthrough]];
    case WireKind::kText:
    case WireKind::kObject: break;
  }
  const std::size_t begin = out.size();
  little_endian(out, 0, width);
  text(out);
  out.append(0);
  // Now the length is known; the NUL is counted.
  if (out.size() < begin + width) return;
  const std::size_t length = out.size() - begin - width;
  for (std::size_t i = 0; i < width; ++i) {
    out.bytes()[begin + i] = static_cast<std::uint8_t>(length >> (8 * i));
  }
}

void MessageWriter::message(EditBuffer& out, const MessageShape& shape,
                            Revision revision) noexcept {
  out.append(static_cast<std::uint8_t>(shape.info->operation));
  for (const FieldShape& field_shape : shape.all()) {
    const std::size_t width = field_shape.width[static_cast<std::size_t>(revision)];
    // Another identifier is no offer: only a field mutation makes one.
    if (field_shape.name == "identifier") {
      little_endian(out, kVersionOfferIdentifier, width);
    } else {
      field(out, field_shape, revision);
    }
  }
}

void MessageWriter::message(EditBuffer& out) noexcept {
  const MessageShape& shape = rng_.of(shapes());
  message(out, shape, revision_of(shape, rng_.one_in(2)));
}

}  // namespace wsapi::fuzz
WSAPI_FUZZ_NOT_UNDER_TEST_END
