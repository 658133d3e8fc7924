// SPDX-License-Identifier: Apache-2.0

#include "harness/tester/lower_tester.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "codec/hex.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

constexpr std::size_t kReadSize = 16384;      // bytes asked for at a time
constexpr std::size_t kLargePayload = 65536;  // bytes; answers to megabytes are as large
constexpr std::uint64_t kMaxReceivedPayload = 4U << 20U;
constexpr std::size_t kMaxShownPayload = 64;  // characters

constexpr std::chrono::microseconds kFirstLook{50};  // at the send queue; then twice as long each
constexpr std::chrono::microseconds kLongestLook{2000};

}  // namespace

LowerTester::LowerTester(std::string name, std::unique_ptr<Wire> wire, CaseRecorder& recorder)
    : name_(std::move(name)),
      wire_(std::move(wire)),
      recorder_(recorder),
      connection_(recorder.transcript.open(name_, recorder.now())),
      sent_(FrameLimits{.max_payload_size = kMaxReceivedPayload}),
      received_(FrameLimits{.max_payload_size = kMaxReceivedPayload}),
      buffer_(kReadSize) {}

void LowerTester::note(Transcript::Kind kind, std::string detail) {
  recorder_.transcript.add(connection_, kind, recorder_.now(), std::move(detail));
}

asio::awaitable<bool> LowerTester::write_octets(std::span<const std::byte> octets,
                                                std::uint32_t action, bool is_frame,
                                                Deadline deadline) {
  // What came after octets that were not all taken would stand in the middle of them.
  if (is_stuck_) co_return false;
  recorder_.transcript.add_sent(connection_, action, is_frame, octets, recorder_.now());
  const WriteOutcome outcome = co_await wire_->write_all(octets, deadline);
  if (outcome.status == WriteStatus::kOk) co_return true;
  is_stuck_ = outcome.status == WriteStatus::kTimeout;
  note(Transcript::Kind::kWriteFailed, outcome.error.message());
  co_return false;
}

// A decoder finds the messages; the cursor gives it one frame at a time.
void LowerTester::follow_sent(std::span<const std::byte> octets, bool is_known_good) {
  while (!octets.empty() && !sent_.ended()) {
    auto frame = octets.first(sent_cursor_.advance(octets));
    octets = octets.subspan(frame.size());
    const FrameEvent event = sent_.next(frame);
    if (event.kind == FrameEventKind::kMessage) ++messages_since_read_;
    if (!is_known_good) remember(event);
  }
}

void LowerTester::remember(const FrameEvent& event) {
  last_sent_.message.reset();
  switch (event.kind) {
    case FrameEventKind::kNeedMore: last_sent_.other = "a fragment"; break;
    case FrameEventKind::kMessage:
      last_sent_.message.emplace(event.payload.begin(), event.payload.end());
      break;
    case FrameEventKind::kPing: last_sent_.other = "a PING"; break;
    case FrameEventKind::kPong: last_sent_.other = "a PONG"; break;
    case FrameEventKind::kClose: last_sent_.other = "a CLOSE frame"; break;
    case FrameEventKind::kViolation:
      last_sent_.other =
          fmt::format("a frame that breaks a rule ({})", wsapi::name(event.violation));
      break;
  }
}

asio::awaitable<bool> LowerTester::write(std::span<const std::byte> octets, std::uint32_t action,
                                         bool is_frame, Deadline deadline) {
  follow_sent(octets, false);
  const bool is_written = co_await write_octets(octets, action, is_frame, deadline);
  if (unanswered_ping_ && !sent_part()) {
    co_await answer_ping(std::exchange(unanswered_ping_, std::nullopt).value(), deadline);
  }
  co_return is_written;
}

asio::awaitable<bool> LowerTester::send_stream(std::span<const std::byte> octets,
                                               Deadline deadline) {
  return write(octets, recorder_.transcript.next_action(), false, deadline);
}

asio::awaitable<bool> LowerTester::send_frames(std::vector<std::byte> octets, Deadline deadline) {
  follow_sent(octets, true);
  co_return co_await write_octets(octets, recorder_.transcript.next_action(), true, deadline);
}

asio::awaitable<bool> LowerTester::send_message(std::span<const std::byte> payload,
                                                Deadline deadline) {
  const std::vector<std::byte> octets = frames_of(payload, FrameShape{});
  co_return co_await write(octets, recorder_.transcript.next_action(), true, deadline);
}

std::optional<SentPart> LowerTester::sent_part() const noexcept {
  if (sent_cursor_.at_boundary()) return std::nullopt;
  return SentPart{sent_cursor_.count(), sent_cursor_.size()};
}

std::vector<std::byte> frames_of(std::span<const std::byte> payload, const FrameShape& shape) {
  FrameHeader header{.mask = shape.mask};
  std::vector<std::byte> octets;
  auto rest = payload;
  for (const std::size_t size : shape.fragments) {
    header.fin = false;
    const auto fragment = encode_frame(header, rest.first(std::min(size, rest.size())));
    octets.insert(octets.end(), fragment.begin(), fragment.end());
    rest = rest.subspan(std::min(size, rest.size()));
    header.opcode = static_cast<std::uint8_t>(Opcode::kContinuation);
  }
  header.fin = true;
  const auto last = encode_frame(header, rest);
  octets.insert(octets.end(), last.begin(), last.end());
  return octets;
}

asio::awaitable<void> LowerTester::wait_until_read(Deadline deadline) {
  Clock& clock = recorder_.clock;
  std::chrono::microseconds pause = kFirstLook;
  while (wire_->unread_by_peer().value_or(0) > 0 && clock.now() < deadline) {
    co_await clock.sleep_for(pause);
    pause = std::min(2 * pause, kLongestLook);
  }
}

Received LowerTester::note_end(const ReadOutcome& read) {
  Received out{.kind = Received::Kind::kError, .payload = {}, .close_code = {}, .detail = {}};
  switch (read.status) {
    case ReadStatus::kEnd:
      ended_ = true;
      note(Transcript::Kind::kPeerEnded);
      out.kind = Received::Kind::kEnd;
      break;
    case ReadStatus::kReset:
      ended_ = true;
      note(Transcript::Kind::kPeerReset);
      out.kind = Received::Kind::kReset;
      break;
    case ReadStatus::kTimeout:
      note(Transcript::Kind::kDeadlinePassed);
      out.kind = Received::Kind::kTimeout;
      break;
    case ReadStatus::kData:
    case ReadStatus::kError:
      out.detail = read.error.message();
      note(Transcript::Kind::kReadFailed, out.detail);
      break;
  }
  return out;
}

asio::awaitable<void> LowerTester::answer_ping(std::vector<std::byte> payload, Deadline deadline) {
  if (sent_part()) {
    unanswered_ping_ = std::move(payload);
  } else if (!sent_.ended()) {
    (void)co_await send_frames(pong_frame(payload), deadline);
  }
}

Received LowerTester::note_violation(const FrameEvent& event) {
  ended_ = true;
  // A CLOSE whose code must not be on the wire ends the connection all the same.
  if (event.violation == FrameViolation::kCloseCodeInvalid) {
    return {.kind = Received::Kind::kClose,
            .payload = {},
            .close_code = received_cursor_.close_code(),
            .detail = std::string{wsapi::name(event.violation)}};
  }
  const auto head = received_cursor_.head();
  return {.kind = Received::Kind::kViolation,
          .payload = {head.begin(), head.end()},
          .close_code = {},
          .detail = std::string{wsapi::name(event.violation)}};
}

// The next event of the octets that are there; std::nullopt where there is none, or only a PING.
asio::awaitable<std::optional<Received>> LowerTester::next_event(Deadline deadline) {
  auto frame = unread_.first(received_cursor_.advance(unread_));
  unread_ = unread_.subspan(frame.size());
  const FrameEvent event = received_.next(frame);
  Received out{.kind = Received::Kind::kMessage,
               .payload = {event.payload.begin(), event.payload.end()},
               .close_code = event.close_code,
               .detail = {}};
  switch (event.kind) {
    case FrameEventKind::kNeedMore: co_return std::nullopt;
    case FrameEventKind::kMessage: co_return out;
    case FrameEventKind::kPing:
      co_await answer_ping(std::move(out.payload), deadline);
      co_return std::nullopt;
    case FrameEventKind::kPong: out.kind = Received::Kind::kPong; co_return out;
    case FrameEventKind::kClose:
      out.kind = Received::Kind::kClose;
      ended_ = true;
      co_return out;
    case FrameEventKind::kViolation: co_return note_violation(event);
  }
  co_return std::nullopt;
}

asio::awaitable<Received> LowerTester::receive(Deadline deadline) {
  messages_since_read_ = 0;
  while (true) {
    // A peer that never stops sending PINGs does not keep us for ever.
    const bool late = recorder_.clock.now() > deadline;
    while (!unread_.empty() && !late) {
      std::optional<Received> event = co_await next_event(deadline);
      if (event) co_return std::move(*event);
    }
    ReadOutcome read{.status = ReadStatus::kTimeout, .byte_count = 0, .error = {}};
    if (!late) read = co_await wire_->read_some(buffer_, deadline);
    if (read.status != ReadStatus::kData) co_return note_end(read);
    has_received_ = true;
    recorder_.transcript.add_received(connection_, std::span(buffer_).first(read.byte_count),
                                      recorder_.now());
    // No view into the buffer is left when it grows: nothing has been read out of it yet.
    if (read.byte_count == buffer_.size()) buffer_.resize(kLargePayload);
    unread_ = std::span(buffer_).first(read.byte_count);
  }
}

void LowerTester::end(EndOurSide::How how) {
  our_end_ = how;
  if (how == EndOurSide::How::kShutdown) {
    wire_->shutdown_send();
    note(Transcript::Kind::kShutDown);
    return;
  }
  if (how == EndOurSide::How::kReset) {
    wire_->reset();
  } else {
    wire_->close();
  }
  note(how == EndOurSide::How::kReset ? Transcript::Kind::kReset : Transcript::Kind::kClosed);
  ended_ = true;
}

std::string to_string(const Received& received) {
  using Kind = Received::Kind;
  switch (received.kind) {
    case Kind::kMessage: return received.payload.empty() ? "an empty message" : "a message";
    case Kind::kPong:
      if (received.payload.empty()) return "an empty PONG";
      return fmt::format("a PONG with payload {}",
                         printable(to_hex(received.payload), kMaxShownPayload));
    case Kind::kClose:
      if (!received.close_code) return "a CLOSE frame without a code";
      return fmt::format("a CLOSE frame with {}code {}",
                         received.detail.empty() ? "" : "the invalid ", *received.close_code);
    case Kind::kEnd: return "the end of the stream";
    case Kind::kReset: return "a reset of the connection";
    case Kind::kTimeout: return "nothing";
    case Kind::kViolation: return "octets that are no frame (" + received.detail + ")";
    case Kind::kError: return "an error of the test system (" + printable(received.detail) + ")";
  }
  return "";
}

Fate fate_of(const Received& received) noexcept {
  using Kind = Received::Kind;
  switch (received.kind) {
    case Kind::kMessage:
    case Kind::kPong:
    case Kind::kViolation: return Fate::kReplied;
    case Kind::kClose:
    case Kind::kEnd: return Fate::kOrderlyClose;
    case Kind::kReset: return Fate::kReset;
    case Kind::kTimeout: return Fate::kHang;
    case Kind::kError: return Fate::kNotObserved;
  }
  return Fate::kNotObserved;
}

}  // namespace wsapi
