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
#include "harness/tester/frame_cursor.h"

namespace wsapi {

// What came from the IUT.
struct Received {
  enum class Kind : std::uint8_t {
    kMessage,    // payload of a binary message
    kPong,       // its payload
    kClose,      // a CLOSE frame; its code, right or not, and reason
    kEnd,        // end of stream
    kReset,      // connection broken
    kTimeout,    // nothing before the deadline
    kViolation,  // a frame that breaks a rule: `detail` says which, the payload is its octets
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

// In words: "a CLOSE frame with code 1002". Of a message that it is one.
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

// What was sent last on a connection, but for known-good requests of the suite's own.
struct LastSent {
  std::optional<std::vector<std::byte>> message;  // its payload
  std::string other;                              // in words; both are empty where there is nothing
};

// A frame of which a part was sent.
struct SentPart {
  std::uint64_t count = 0;            // octets
  std::optional<std::uint64_t> size;  // of the whole frame; empty inside its header
};

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
  // Whole frames of a known-good request, in one write.
  [[nodiscard]] asio::awaitable<bool> send_frames(std::vector<std::byte> octets, Deadline deadline);
  // One message in a single frame, in one write.
  [[nodiscard]] asio::awaitable<bool> send_message(std::span<const std::byte> payload,
                                                   Deadline deadline);

  // The next thing that comes. PINGs are answered and passed over; where a part of a frame has been
  // sent, the last one is answered when the frame is complete (RFC 6455, 5.5.3).
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
  // Where what was sent ends inside a frame: how far.
  [[nodiscard]] std::optional<SentPart> sent_part() const noexcept;
  [[nodiscard]] const LastSent& last_sent() const noexcept { return last_sent_; }
  // Messages that were sent since anything was read.
  [[nodiscard]] std::size_t messages_since_read() const noexcept { return messages_since_read_; }
  // How our side was ended, if it was.
  [[nodiscard]] std::optional<EndOurSide::How> our_end() const noexcept { return our_end_; }
  // Whether the connection has a version: VERSION SET has come.
  [[nodiscard]] bool is_negotiated() const noexcept { return is_negotiated_; }
  void set_negotiated() noexcept { is_negotiated_ = true; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  asio::awaitable<bool> write_octets(std::span<const std::byte> octets, std::uint32_t action,
                                     bool is_frame, Deadline deadline);
  void follow_sent(std::span<const std::byte> octets, bool is_known_good);
  void remember(const FrameEvent& event);
  asio::awaitable<std::optional<Received>> next_event(Deadline deadline);
  asio::awaitable<void> answer_ping(std::vector<std::byte> payload, Deadline deadline);
  Received note_violation(const FrameEvent& event);
  void note(Transcript::Kind kind, std::string detail = {});
  Received note_end(const ReadOutcome& read);

  std::string name_;
  std::unique_ptr<Wire> wire_;
  CaseRecorder& recorder_;
  std::uint32_t connection_;
  FrameDecoder sent_;
  FrameCursor sent_cursor_;
  FrameDecoder received_;
  FrameCursor received_cursor_;
  std::vector<std::byte> buffer_;
  std::span<const std::byte> unread_;
  std::optional<std::vector<std::byte>> unanswered_ping_;  // its payload
  LastSent last_sent_;
  std::size_t messages_since_read_ = 0;
  std::optional<EndOurSide::How> our_end_;
  std::uint32_t barrier_number_ = 0;
  bool is_negotiated_ = false;
  bool ended_ = false;
  bool has_received_ = false;
  bool is_stuck_ = false;  // the IUT did not take all octets of a write in time
};

}  // namespace wsapi
