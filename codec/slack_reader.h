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
#include <type_traits>

#include "codec/little_endian.h"
#include "codec/read_buf.h"
#include "codec/wire_types.h"

namespace wsapi {

class SlackReader {
 public:
  // From the first of at least `min_size` bytes, which all fields together take at least.
  SlackReader(std::span<const std::byte> bytes, std::size_t min_size) noexcept
      : at_(bytes.data()), spare_(bytes.size() - min_size) {}

  [[nodiscard]] std::size_t spare() const noexcept { return spare_; }

  // Whether the field is good; only then it moves past it.
  template <Revision kRevision, typename Value>
  [[nodiscard]] bool read(Value& out) noexcept {
    constexpr WireShape kShape = wire_shape(kWireTypeOf<Value>, kRevision);
    if constexpr (kShape.form == WireForm::kInteger) {
      out = static_cast<Value>(read_integer<kShape.head_size>());
    } else if constexpr (kShape.form == WireForm::kRaw) {
      std::memcpy(out.bytes.data(), at_, kShape.head_size);
      at_ += kShape.head_size;
    } else {
      return read_counted<kRevision>(out);
    }
    return true;
  }

 private:
  template <std::size_t kSize>
  std::uint32_t read_integer() noexcept {
    static_assert(kSize == 1 || kSize == 2 || kSize == 4);
    using Two = std::conditional_t<kSize == 2, std::uint16_t, std::uint32_t>;
    using Integer = std::conditional_t<kSize == 1, std::uint8_t, Two>;
    const auto value = load_little_endian<Integer>(at_);
    at_ += kSize;
    return value;
  }

  template <Revision kRevision, typename Value>
  bool read_counted(Value& out) noexcept {
    constexpr WireShape kShape = wire_shape(kWireTypeOf<Value>, kRevision);
    const std::size_t count = read_integer<kShape.head_size>();
    if constexpr (kShape.is_nullable) {
      if (count == 0) {
        out.reset();
        return true;
      }
    }
    // A NUL that every value has is among the fewest bytes, and not in the spare. Count 0 of such
    // a text comes as a size that no memory has.
    const std::size_t more = count - (kShape.min_size() - kShape.head_size);
    if (more > spare_) return false;
    if constexpr (kShape.ends_in_nul) {
      if (at_[count - 1] != std::byte{0}) return false;
    }
    assign({at_, count - (kShape.ends_in_nul ? 1 : 0)}, out);
    at_ += count;
    spare_ -= more;
    return true;
  }

  static void assign(std::span<const std::byte> from, std::string_view& to) noexcept {
    to = as_text(from);
  }
  static void assign(std::span<const std::byte> from, Object& to) noexcept {
    assign(from, to.text);
  }
  static void assign(std::span<const std::byte> from, NullString& to) noexcept {
    assign(from, to.emplace());
  }
  static void assign(std::span<const std::byte> from, OptionalString& to) noexcept {
    assign(from, to.text);
  }
  static void assign(std::span<const std::byte> from, VersionList& to) noexcept {
    to.versions = from;
  }

  const std::byte* at_;
  std::size_t spare_;
};

}  // namespace wsapi
