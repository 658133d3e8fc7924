// SPDX-License-Identifier: Apache-2.0
#pragma once

// What WriteBuf must be, looked at flatly: each part with its bytes, and one number of scalars.
// Nothing fast, and nothing shared with WriteBuf but the rules (protocol section 6).

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "codec/encode.h"

#include "fuzz/check.h"
#include "fuzz/under_test.h"

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
namespace wsapi::fuzz {

class WritebufModel {
 public:
  // `capacity` for scalars, in bytes, at most kMaxCapacity.
  WritebufModel(std::size_t capacity, std::size_t max_copied_size)
      : capacity_(capacity), max_copied_size_(max_copied_size) {}
  static constexpr std::size_t kMaxCapacity = 1024;

  [[nodiscard]] ErrorCode put(std::span<const std::byte> bytes);
  [[nodiscard]] ErrorCode putbuf(std::span<const std::byte> bytes);
  [[nodiscard]] ErrorCode put_u8(std::uint8_t value) { return put_integer(value, 1); }
  [[nodiscard]] ErrorCode put_u16(std::uint16_t value) { return put_integer(value, 2); }
  [[nodiscard]] ErrorCode put_u32(std::uint32_t value) { return put_integer(value, 4); }
  [[nodiscard]] ErrorCode put_string(std::string_view text);
  [[nodiscard]] ErrorCode put_nullstring(std::optional<std::string_view> text);
  void clear() { part_count_ = scalar_size_ = 0; }

  template <WsapiMessage Message>
  [[nodiscard]] Error encode(const Message& message, Revision revision, bool framed) {
    if (!in_revision<Message>(revision)) return not_in_revision();
    const WritebufModel before = *this;
    Error error;
    if (framed) {
      error = {.code = put_header(encoded_size(message, revision)), .field = "operation"};
    }
    if (error.ok()) error = put_message(message, revision, *this);
    copies_ = false;
    check(!error.ok() || !has_too_wide_id(message, revision),
          "an id that is wider than the revision has it is refused");
    if (error.ok()) return {};
    *this = before;
    return error;
  }

  // `out` has the same parts, with the same bytes.
  void check_same(WriteBuf& out) const;

  friend bool operator==(const WritebufModel& a, const WritebufModel& b);

 private:
  struct Part {
    const std::byte* referenced = nullptr;  // null: scalars, from scalar_begin on
    std::size_t scalar_begin = 0;
    std::size_t size = 0;

    friend bool operator==(const Part&, const Part&) = default;
  };

  // Section 5, said a second time: which ids the revision has in 16 bits.
  template <WsapiMessage Message>
  static bool has_too_wide_id(const Message& message, Revision revision) {
    return !with_format<Message>(revision, true, [&](auto format) {
      return all_fields<Message, format()>([&]<typename Value>(const Field<Message, Value>& field) {
        if constexpr (std::is_same_v<Value, DescriptionId>) {
          return revision != Revision::k2020_03 || message.*field.member <= 0xffff;
        } else if constexpr (std::is_same_v<Value, Id>) {
          return revision == Revision::kLegacy || message.*field.member <= 0xffff;
        }
        return true;
      });
    });
  }

  [[nodiscard]] ErrorCode put_integer(std::uint64_t value, std::size_t width);
  // Of a final, unmasked binary frame; whether the message is copied after it is decided here.
  [[nodiscard]] ErrorCode put_header(std::size_t payload_size);
  [[nodiscard]] std::span<const std::byte> bytes_of(const Part& part) const;

  std::size_t capacity_;
  std::size_t max_copied_size_;
  bool copies_ = false;
  std::size_t part_count_ = 0;
  std::size_t scalar_size_ = 0;
  std::array<Part, 32> parts_;
  std::array<std::byte, kMaxCapacity> scalars_;
};

}  // namespace wsapi::fuzz
WSAPI_FUZZ_NOT_UNDER_TEST_END
