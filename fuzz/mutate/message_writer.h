// SPDX-License-Identifier: Apache-2.0
#pragma once

// Writes fields and messages with values that are likely to matter.

#include <array>

#include "codec/layout.h"
#include "codec/message.h"
#include "fuzz/mutate/edit_buffer.h"
#include "fuzz/mutate/rng.h"
#include "fuzz/under_test.h"

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
namespace wsapi::fuzz {

// Every message in every wire format: a new one is mutated without a line here.
[[nodiscard]] inline std::span<const MessageInfo> message_infos() noexcept { return kMessageInfos; }

// A revision that has the message, by `choice` where there are several.
[[nodiscard]] Revision revision_of(const MessageInfo& info, bool choice) noexcept;

// The integers of an input: ids that other messages may refer to.
class Ids {
 public:
  static constexpr std::size_t kMaxCount = 16;

  void add(std::uint32_t id) noexcept { values_[count_++ % kMaxCount] = id; }
  // Those of a message's fields.
  void add_all(const MessageLayout& layout, Octets bytes) noexcept;
  [[nodiscard]] std::span<const std::uint32_t> all() const noexcept {
    return std::span(values_).first(std::min(count_, kMaxCount));
  }

 private:
  std::array<std::uint32_t, kMaxCount> values_{};
  std::size_t count_ = 0;
};

class MessageWriter {
 public:
  MessageWriter(Rng& rng, const Ids& ids) noexcept : rng_(rng), ids_(ids) {}

  // Each appends to `out`, as far as it has room.
  void message(EditBuffer& out) noexcept;  // any
  void message(EditBuffer& out, const MessageInfo& info, Revision revision) noexcept;
  void field(EditBuffer& out, WireType type, Revision revision) noexcept;
  void text(EditBuffer& out) noexcept;  // the characters alone
  static void little_endian(EditBuffer& out, std::uint64_t value, std::size_t width) noexcept;

  // An id in use, a small number, or one near a limit; more bits than the field may have.
  [[nodiscard]] std::uint32_t integer() noexcept;
  // One that is wrong, or likely to be, where `right` is right.
  [[nodiscard]] std::uint32_t wrong_length(std::uint32_t right) noexcept;

 private:
  void long_text(EditBuffer& out) noexcept;

  Rng& rng_;
  const Ids& ids_;
};

}  // namespace wsapi::fuzz
WSAPI_FUZZ_NOT_UNDER_TEST_END
