// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the session targets share: the stream of frames that an input is, and a sink that looks at
// each message that a session sends.

#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "codec/decode.h"
#include "codec/encode.h"
#include "codec/frame.h"
#include "codec/session.h"
#include "fuzz/check.h"
#include "fuzz/exact_memory.h"
#include "fuzz/models/plain_message.h"
#include "fuzz/under_test.h"

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
namespace wsapi::fuzz {

inline void check_named(ErrorCode code) {
  check(!name(code).empty() && name(code) != name(ErrorCode::kNone), "a failure has a reason");
}

// Keeps the messages of one operation on the session, decoded: what cannot be decoded must not be
// sent, and nothing must be sent once the session has ended.
class CheckingSink final : public MessageSink {
 public:
  CheckingSink(Revision revision, Direction direction)
      : revision_(revision), direction_(direction) {
    constexpr std::size_t kUsualCount = 4;  // messages of one operation
    bytes_.reserve(kUsualCount);
    sent_.reserve(kUsualCount);
  }

  void send(WriteBuf& message) override {
    check(!ended_, "nothing is sent after the end");
    bytes_.push_back(gather(message.parts()));
    const auto decoded = decode(bytes_.back(), revision_, direction_);
    check(decoded.ok(), "what a session sends is a message of its revision and direction");
    check(decoded->size == bytes_.back().size(), "nothing is sent behind the message");
    sent_.push_back(plain(decoded->message, revision_));
    if (sends_to_end_ > 0 && --sends_to_end_ == 0) {
      ended_ = true;
      end_session_();
    }
  }

  // Called once, within the count-th send from now on, as a failing connection does.
  void end_within(std::size_t count) { sends_to_end_ = count; }
  void on_end(std::function<void()> end_session) { end_session_ = std::move(end_session); }
  // The session has ended by itself, or has been ended.
  void set_ended() { ended_ = true; }
  // Whether the session was ended within a send, or set_ended() was called.
  [[nodiscard]] bool ended() const { return ended_; }

  [[nodiscard]] std::span<const PlainMessage> sent() const { return sent_; }
  // May be moved from: sent() goes on to look at the same memory.
  [[nodiscard]] std::span<std::vector<std::byte>> sent_bytes() { return bytes_; }
  void forget() {
    bytes_.clear();
    sent_.clear();
  }

 private:
  Revision revision_;
  Direction direction_;
  bool ended_ = false;
  std::size_t sends_to_end_ = 0;  // 0: in no send
  std::function<void()> end_session_;
  std::vector<std::vector<std::byte>> bytes_;  // what sent_ looks at
  std::vector<PlainMessage> sent_;
};

// Reads a stream of frames: each message that is whole goes to take(bytes), which returns whether
// to read on. A message lies in memory of its own size, and must not be read after take(): then it
// is poisoned, also while the next lies in the other memory.
template <typename Take>
void for_each_message(std::span<const std::byte> stream, Take&& take) {
  static std::array<ExactMemory, 2> memories;
  std::size_t count = 0;
  const std::size_t size = stream.size();
  FrameDecoder decoder;
  for (;;) {
    const FrameEvent event = decoder.next(stream);
    // Twice what has come, and what a buffer begins with.
    check(decoder.capacity() <= 2 * size + 4096, "memory grows with what has come");
    switch (event.kind) {
      case FrameEventKind::kPing:
      case FrameEventKind::kPong: break;
      case FrameEventKind::kMessage: {
        ExactMemory& memory = memories[count++ % memories.size()];
        const bool more = take(memory.copy(event.payload));
        (void)memory.room(0);
        if (!more) return;
        break;
      }
      case FrameEventKind::kNeedMore:
      case FrameEventKind::kClose:
      case FrameEventKind::kViolation: return;
    }
  }
}

// The revision to read a stream in, which says nothing of it: legacy where its first message is of
// no other; else the size of the stream decides between the two that mostly look the same.
[[nodiscard]] inline Revision revision_of(std::span<const std::byte> stream, Direction direction) {
  const std::size_t size = stream.size();
  FrameDecoder decoder;
  const FrameEvent event = decoder.next(stream);
  if (event.kind == FrameEventKind::kMessage && !event.payload.empty()) {
    const char operation = std::to_integer<char>(event.payload.front());
    if (find_operation(operation, Revision::kLegacy, direction) != nullptr &&
        find_operation(operation, Revision::k2020_03, direction) == nullptr) {
      return Revision::kLegacy;
    }
  }
  return size % 2 == 0 ? Revision::k2020_01 : Revision::k2020_03;
}

}  // namespace wsapi::fuzz
WSAPI_FUZZ_NOT_UNDER_TEST_END
