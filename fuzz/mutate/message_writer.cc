// SPDX-License-Identifier: Apache-2.0

#include "fuzz/mutate/message_writer.h"

#include "codec/little_endian.h"
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

Revision revision_of(const MessageInfo& info, bool choice) noexcept {
  Revision chosen = kReferenceRevision;
  bool is_chosen = false;
  for (const Revision revision : kRevisions) {
    if (!in_revision(info, revision) || (is_chosen && choice)) continue;
    chosen = revision;
    is_chosen = true;
  }
  return chosen;
}

void Ids::add_all(const MessageLayout& layout, Octets bytes) noexcept {
  for (const FieldLayout& field : layout.fields()) {
    if (field.shape.form != WireForm::kInteger) continue;
    const auto octets = std::as_bytes(bytes.subspan(field.offset, field.size));
    add(static_cast<std::uint32_t>(load_little_endian(octets)));
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

void MessageWriter::field(EditBuffer& out, WireType type, Revision revision) noexcept {
  const WireShape shape = wire_shape(type, revision);
  const std::size_t width = shape.head_size;
  if (shape.form == WireForm::kInteger) return little_endian(out, integer(), width);
  if (shape.form == WireForm::kRaw) {
    const std::uint64_t seed = rng_.below(4);
    for (std::size_t i = 0; i < width; ++i) out.append(static_cast<std::uint8_t>(seed * i));
    return;
  }
  if (!shape.ends_in_nul) {
    const std::size_t count = rng_.one_in(16) ? 255 : rng_.below(5);
    little_endian(out, count, width);
    for (std::size_t i = 0; i < count; ++i) {
      out.append(static_cast<std::uint8_t>(rng_.one_in(2) ? kVersion1 : rng_.below(256)));
    }
    return;
  }
  if (shape.is_nullable && rng_.one_in(2)) return little_endian(out, 0, width);
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

void MessageWriter::message(EditBuffer& out, const MessageInfo& info, Revision revision) noexcept {
  out.append(static_cast<std::uint8_t>(info.operation));
  for (const FieldInfo& info_of_field : info.fields) {
    // Another identifier is no offer: only a field mutation makes one.
    if (info_of_field.name == "identifier") {
      const std::size_t width = wire_shape(info_of_field.type, revision).head_size;
      little_endian(out, kVersionOfferIdentifier, width);
    } else {
      field(out, info_of_field.type, revision);
    }
  }
}

void MessageWriter::message(EditBuffer& out) noexcept {
  const MessageInfo& info = rng_.of(message_infos());
  message(out, info, revision_of(info, rng_.one_in(2)));
}

}  // namespace wsapi::fuzz
WSAPI_FUZZ_NOT_UNDER_TEST_END
