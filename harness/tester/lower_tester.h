// SPDX-License-Identifier: Apache-2.0
#pragma once

// The lower tester's end of one connection: writes frames, right ones and wrong ones, and reads
// what the implementation under test sends, event by event. Everything that passes goes into the
// case's transcript.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "codec/frame.h"
#include "codec/revision.h"
#include "harness/net/clock.h"
#include "harness/net/wire.h"
#include "harness/record/transcript.h"
#include "harness/result/verdict.h"
#include "harness/suite/script.h"

namespace wsapi {

// What came from the IUT.
struct Received {
  enum class Kind : std::uint8_t {
    kMessage,    // payload of a binary message
    kPong,       // its payload
    kClose,      // a CLOSE frame; its code and reason
    kEnd,        // end of stream
    kReset,      // connection broken
    kTimeout,    // nothing before the deadline
    kViolation,  // octets that are no frames; `detail` says why
    kError,      // trouble on our side; `detail` says which
  };
  Kind kind = Kind::kError;
  std::vector<std::byte> payload;
  std::optional<std::uint16_t> close_code;
  std::string detail;

  [[nodiscard]] bool ended() const noexcept {
    return kind == Kind::kClose || kind == Kind::kEnd || kind == Kind::kReset;
  }
};

// In words: "a CLOSE frame with code 1002".
[[nodiscard]] std::string to_string(const Received& received);

// What has become of the IUT, if this is the last that came.
[[nodiscard]] Fate fate_of(const Received& received) noexcept;

// What the connections of a case share.
struct CaseRecorder {
  explicit CaseRecorder(Clock& time, Direction to_iut = Direction::kToServer)
      : clock(time), start(time.now()), transcript(to_iut) {}

  // Since the case began.
  [[nodiscard]] std::chrono::microseconds now() const {
    return std::chrono::duration_cast<std::chrono::microseconds>(clock.now() - start);
  }

  Clock& clock;
  Deadline start;
  Transcript transcript;
};

// The octets of one message in frames of that shape.
[[nodiscard]] std::vector<std::byte> frames_of(std::span<const std::byte> payload,
                                               const FrameShape& shape);

class LowerTester {
 public:
  // `recorder` must outlive it.
  LowerTester(std::string name, std::unique_ptr<Wire> wire, CaseRecorder& recorder);
  LowerTester(const LowerTester&) = delete;
  LowerTester& operator=(const LowerTester&) = delete;

  // One write, which is a part of that action (Transcript::next_action). False where the IUT takes
  // no more octets; what comes next shows why.
  [[nodiscard]] asio::awaitable<bool> write(std::span<const std::byte> octets, std::uint32_t action,
                                            bool is_frame, Deadline deadline);
  // Octets as they are, in one write.
  [[nodiscard]] asio::awaitable<bool> send_stream(std::span<const std::byte> octets,
                                                  Deadline deadline);
  // Whole frames, in one write.
  [[nodiscard]] asio::awaitable<bool> send_frames(std::vector<std::byte> octets, Deadline deadline);
  // One message in a single frame, in one write.
  [[nodiscard]] asio::awaitable<bool> send_message(std::span<const std::byte> payload,
                                                   Deadline deadline);

  // The next thing that comes. PINGs are answered and passed over.
  [[nodiscard]] asio::awaitable<Received> receive(Deadline deadline);

  // Waits until the IUT has taken from the connection what was sent, as far as the system tells
  // (Wire::unread_by_peer); at most up to the deadline.
  [[nodiscard]] asio::awaitable<void> wait_until_read(Deadline deadline);

  // The answer to a barrier needs an id that nothing else on the connection uses.
  [[nodiscard]] std::uint32_t next_barrier_number() noexcept { return barrier_number_++; }

  void end(EndOurSide::How how);
  // CLOSE frame or end of stream have been seen, or we have closed.
  [[nodiscard]] bool ended() const noexcept { return ended_; }
  // Whether any octet has ever come.
  [[nodiscard]] bool has_received() const noexcept { return has_received_; }
  // Whether what was sent ends inside a frame.
  [[nodiscard]] bool has_sent_part_of_frame() const noexcept { return sent_.mid_frame(); }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  asio::awaitable<std::optional<Received>> next_event(Deadline deadline);
  void note(Transcript::Kind kind, std::string detail = {});
  Received note_end(const ReadOutcome& read);

  std::string name_;
  std::unique_ptr<Wire> wire_;
  CaseRecorder& recorder_;
  std::uint32_t connection_;
  FrameDecoder sent_;
  FrameDecoder received_;
  std::vector<std::byte> buffer_;
  std::span<const std::byte> unread_;
  std::uint32_t barrier_number_ = 0;
  bool ended_ = false;
  bool has_received_ = false;
};

}  // namespace wsapi
