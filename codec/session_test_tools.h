// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the tests of both kinds of session share: messages written in hexadecimal, a sink that
// collects them, and looks at events.

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "codec/encode.h"
#include "codec/hex.h"
#include "codec/revision.h"
#include "codec/session.h"
#include "codec/test_bytes.h"

namespace wsapi::test {

using Messages = std::vector<std::string>;

// Messages in one way of writing: without white space.
inline Messages messages(std::initializer_list<std::string_view> texts) {
  Messages list;
  for (const std::string_view text : texts) list.push_back(to_hex(from_hex(text).value()));
  return list;
}

// A `string` of the wire (protocol section 2).
inline std::string wire_string(std::string_view text) {
  const auto length = static_cast<std::uint32_t>(text.size() + 1);
  std::vector<std::byte> bytes;
  for (int shift = 0; shift < 32; shift += 8) {
    bytes.push_back(static_cast<std::byte>((length >> shift) & 0xff));
  }
  for (const char c : text) bytes.push_back(static_cast<std::byte>(c));
  bytes.push_back(std::byte{0});
  return to_hex(bytes);
}

class RecordingSink final : public MessageSink {
 public:
  void send(WriteBuf& message) override {
    sent_.push_back(to_hex(gather(message.parts())));
    if (end_ && --sends_to_end_ == 0) end_();
  }

  Messages take() { return std::exchange(sent_, {}); }
  // Ends the session within the count-th send from now on, as a failing connection does.
  template <typename Session>
  void end_at(Session& session, int count) {
    end_ = [&session] { session.end(); };
    sends_to_end_ = count;
  }

 private:
  Messages sent_;
  std::function<void()> end_;
  int sends_to_end_ = 0;
};

// 4 GiB of zeros that take no memory as long as nobody writes to them.
class HugeText {
 public:
  HugeText() : memory_(mmap(nullptr, kSize, PROT_READ, kFlags, -1, 0)) {}
  ~HugeText() {
    if (mapped()) munmap(memory_, kSize);
  }
  HugeText(const HugeText&) = delete;
  HugeText& operator=(const HugeText&) = delete;
  [[nodiscard]] bool mapped() const { return memory_ != MAP_FAILED; }
  [[nodiscard]] std::string_view text() const { return {static_cast<const char*>(memory_), kSize}; }

 private:
  static constexpr std::size_t kSize = std::numeric_limits<std::uint32_t>::max();
  static constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  void* memory_;
};

// For the events of both kinds of session.
template <typename Kind, typename Event>
bool is(const Event& event) {
  return std::holds_alternative<Kind>(event);
}

template <typename Event>
ErrorCode ignored_code(const Event& event) {
  const auto* ignored = std::get_if<Ignored>(&event);
  return ignored == nullptr ? ErrorCode::kNone : ignored->error.code;
}

inline constexpr std::array kVersion1Revisions{Revision::k2020_01, Revision::k2020_03};

}  // namespace wsapi::test
