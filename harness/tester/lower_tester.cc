// SPDX-License-Identifier: Apache-2.0

#include "harness/tester/lower_tester.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/text/printable.h"

namespace wsapi {
namespace {

constexpr std::size_t kReadSize = 16384;      // bytes asked for at a time
constexpr std::size_t kLargePayload = 65536;  // bytes; answers to megabytes are as large
constexpr std::uint64_t kMaxReceivedPayload = 4U << 20U;

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

asio::awaitable<bool> LowerTester::write(std::span<const std::byte> octets, std::uint32_t action,
                                         bool is_frame, Deadline deadline) {
  recorder_.transcript.add_sent(connection_, action, is_frame, octets, recorder_.now());
  auto rest = octets;
  while (!rest.empty() && !sent_.ended()) (void)sent_.next(rest);
  const WriteOutcome outcome = co_await wire_->write_all(octets, deadline);
  if (outcome.status == WriteStatus::kOk) co_return true;
  note(Transcript::Kind::kWriteFailed, outcome.error.message());
  co_return false;
}

asio::awaitable<bool> LowerTester::send_stream(std::span<const std::byte> octets,
                                               Deadline deadline) {
  return write(octets, recorder_.transcript.next_action(), false, deadline);
}

asio::awaitable<bool> LowerTester::send_frames(std::vector<std::byte> octets, Deadline deadline) {
  co_return co_await write(octets, recorder_.transcript.next_action(), true, deadline);
}

asio::awaitable<bool> LowerTester::send_message(std::span<const std::byte> payload,
                                                Deadline deadline) {
  return send_frames(frames_of(payload, FrameShape{}), deadline);
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

// The next event of the octets that are there; std::nullopt where there is none, or only a PING.
asio::awaitable<std::optional<Received>> LowerTester::next_event(Deadline deadline) {
  const FrameEvent event = received_.next(unread_);
  Received out{.kind = Received::Kind::kMessage,
               .payload = {event.payload.begin(), event.payload.end()},
               .close_code = event.close_code,
               .detail = {}};
  switch (event.kind) {
    case FrameEventKind::kNeedMore: co_return std::nullopt;
    case FrameEventKind::kMessage: co_return out;
    case FrameEventKind::kPing: {
      (void)co_await send_frames(pong_frame(out.payload), deadline);
      co_return std::nullopt;
    }
    case FrameEventKind::kPong: out.kind = Received::Kind::kPong; co_return out;
    case FrameEventKind::kClose:
      out.kind = Received::Kind::kClose;
      ended_ = true;
      co_return out;
    case FrameEventKind::kViolation:
      out.kind = Received::Kind::kViolation;
      out.detail = wsapi::name(event.violation);
      ended_ = true;
      co_return out;
  }
  co_return std::nullopt;
}

asio::awaitable<Received> LowerTester::receive(Deadline deadline) {
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
    case Kind::kMessage: return "a message";
    case Kind::kPong: return "a PONG";
    case Kind::kClose:
      return received.close_code ? fmt::format("a CLOSE frame with code {}", *received.close_code)
                                 : "a CLOSE frame without a code";
    case Kind::kEnd: return "the end of the stream";
    case Kind::kReset: return "a reset of the connection";
    case Kind::kTimeout: return "nothing before the deadline";
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
