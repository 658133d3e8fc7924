// SPDX-License-Identifier: Apache-2.0
#pragma once

// SlackReader reads a message that is probably good, with one comparison for each field whose size
// is in the message, and none for the others. It knows how many bytes the message has beyond the
// fewest that its fields can take: the spare. A field of fixed size is always there; a text or a
// list takes its bytes out of the spare, or there are not enough. What is wrong with a message that
// it refuses is for ReadBuf to say: the two accept the same messages (protocol section 2).

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "codec/little_endian.h"
#include "codec/wire_types.h"

namespace wsapi {

class SlackReader {
 public:
  // From the first of at least `min_size` bytes, which all fields together take at least.
  SlackReader(std::span<const std::byte> bytes, std::size_t min_size) noexcept
      : at_(bytes.data()), spare_(bytes.size() - min_size) {}

  [[nodiscard]] std::size_t spare() const noexcept { return spare_; }

  // Each returns whether the field is good, and only then moves behind it.
  template <std::unsigned_integral Integer>
  [[nodiscard]] bool read(Integer& out) noexcept {
    out = take<Integer>();
    return true;
  }
  [[nodiscard]] bool read(std::string_view& out) noexcept {
    return read_text(std::size_t{take<std::uint32_t>()} - 1, out);
  }
  [[nodiscard]] bool read(Object& out) noexcept { return read(out.text); }
  [[nodiscard]] bool read(NullString& out) noexcept {
    const std::size_t length = take<std::uint32_t>();
    if (length == 0) {
      out.reset();
      return true;
    }
    // Its NUL is not among the fewest bytes of this type.
    if (length > spare_ || at_[length - 1] != std::byte{0}) return false;
    out = text(length - 1);
    spare_ -= length;
    return true;
  }
  [[nodiscard]] bool read(Uuid& out) noexcept {
    std::memcpy(out.bytes.data(), at_, out.bytes.size());
    at_ += out.bytes.size();
    return true;
  }
  [[nodiscard]] bool read(VersionList& out) noexcept {
    const std::size_t count = take<std::uint8_t>();
    if (count > spare_) return false;
    out.versions = {at_, count};
    at_ += count;
    spare_ -= count;
    return true;
  }

 private:
  template <std::unsigned_integral Integer>
  Integer take() noexcept {
    const auto value = load_little_endian<Integer>(at_);
    at_ += sizeof(Integer);
    return value;
  }

  // A text of `size` bytes and its NUL, which is no spare byte. Length 0 comes as a size that no
  // memory has.
  bool read_text(std::size_t size, std::string_view& out) noexcept {
    if (size > spare_ || at_[size] != std::byte{0}) return false;
    out = text(size);
    spare_ -= size;
    return true;
  }

  // Moves behind the text and its NUL.
  std::string_view text(std::size_t size) noexcept {
    const std::string_view text(reinterpret_cast<const char*>(at_), size);
    at_ += size + 1;
    return text;
  }

  const std::byte* at_;
  std::size_t spare_;
};

}  // namespace wsapi
