// SPDX-License-Identifier: Apache-2.0

#include "harness/tester/lower_tester.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "codec/decode.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

constexpr std::size_t kReadSize = 16384;      // bytes asked for at a time
constexpr std::size_t kLargePayload = 65536;  // bytes; answers to megabytes are as large
constexpr std::uint64_t kMaxReceivedPayload = 4U << 20U;

// "CALL", or why the bytes are no message; for the log.
std::string title_of(std::span<const std::byte> payload, Revision revision, Direction direction) {
  const auto decoded = decode(payload, revision, direction);
  if (decoded) return std::string{info_of(decoded->message).title};
  return std::string{name(decoded.error().code)};
}

std::string title_of_sent(std::span<const std::byte> payload, Revision revision) {
  std::string title = title_of(payload, revision, Direction::kToServer);
  if (title != name(ErrorCode::kWrongDirection)) return title;
  return title_of(payload, revision, Direction::kToClient) + " (misdirected)";
}

}  // namespace

void ConformanceLog::add(std::string_view connection, char direction,
                         std::span<const std::byte> bytes, std::string note) {
  if (entries_.size() == kMaxEntries) {
    ++left_out_;
    return;
  }
  const auto time = std::chrono::steady_clock::now() - start_;
  const auto head = bytes.first(std::min(bytes.size(), kMaxHeadSize));
  entries_.push_back(
      {.time_us = std::chrono::duration_cast<std::chrono::microseconds>(time).count(),
       .connection = std::string{connection},
       .direction = direction,
       .size = bytes.size(),
       .head = {head.begin(), head.end()},
       .note = std::move(note)});
}

LowerTester::LowerTester(std::string name, Stream stream, Revision revision, ConformanceLog& log,
                         CorpusExport* corpus)
    : name_(std::move(name)),
      stream_(std::move(stream)),
      revision_(revision),
      log_(log),
      corpus_(corpus),
      decoder_(FrameLimits{.max_payload_size = kMaxReceivedPayload}),
      buffer_(kReadSize) {
  log_.add(name_, '-', {}, "connected");
}

LowerTester::~LowerTester() {
  if (corpus_ != nullptr) corpus_->add(sent_.bytes(), received_.bytes());
}

asio::awaitable<bool> LowerTester::send_stream(std::span<const std::byte> bytes,
                                               std::size_t piece_size, Deadline deadline) {
  if (corpus_ != nullptr) sent_.add(bytes);
  const std::size_t step = piece_size == 0 ? std::max<std::size_t>(bytes.size(), 1) : piece_size;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    const auto piece = bytes.subspan(at, std::min(step, bytes.size() - at));
    const WriteOutcome outcome = co_await stream_.write_all(piece, deadline);
    if (outcome.status == WriteStatus::kOk) continue;
    log_.add(name_, '-', {}, "the peer takes no more bytes: " + outcome.error.message());
    co_return false;
  }
  co_return true;
}

asio::awaitable<bool> LowerTester::send_message(std::span<const std::byte> payload,
                                                const FrameShape& shape, Deadline deadline) {
  log_.add(name_, '>', payload, title_of_sent(payload, revision_));
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
  co_return co_await send_stream(octets, shape.piece_size, deadline);
}

Received LowerTester::note_end(Received::Kind kind, std::string note) {
  ended_ = true;
  log_.add(name_, '<', {}, std::move(note));
  return Received{.kind = kind, .payload = {}, .close_code = std::nullopt, .detail = {}};
}

// An event out of the octets that are there; std::nullopt where there is none, or only a PING.
asio::awaitable<std::optional<Received>> LowerTester::take_event(Deadline deadline) {
  const FrameEvent event = decoder_.next(unread_);
  Received out{.kind = Received::Kind::kMessage,
               .payload = {event.payload.begin(), event.payload.end()},
               .close_code = event.close_code,
               .detail = {}};
  switch (event.kind) {
    case FrameEventKind::kNeedMore: co_return std::nullopt;
    case FrameEventKind::kMessage:
      log_.add(name_, '<', out.payload, title_of(out.payload, revision_, Direction::kToClient));
      co_return out;
    case FrameEventKind::kPing: {
      log_.add(name_, '<', out.payload, "PING");
      const std::vector<std::byte> pong = pong_frame(out.payload);
      (void)co_await send_stream(pong, 0, deadline);
      co_return std::nullopt;
    }
    case FrameEventKind::kPong:
      log_.add(name_, '<', out.payload, "PONG");
      out.kind = Received::Kind::kPong;
      co_return out;
    case FrameEventKind::kClose:
      out.kind = Received::Kind::kClose;
      ended_ = true;
      log_.add(name_, '<', out.payload,
               out.close_code ? fmt::format("CLOSE {}", *out.close_code) : "CLOSE without code");
      co_return out;
    case FrameEventKind::kViolation:
      out.kind = Received::Kind::kViolation;
      out.detail = wsapi::name(event.violation);
      ended_ = true;
      log_.add(name_, '<', {}, "frame violation: " + out.detail);
      co_return out;
  }
  co_return std::nullopt;
}

asio::awaitable<Received> LowerTester::receive(Deadline deadline) {
  while (true) {
    // A peer that never stops sending PINGs does not keep us for ever.
    const bool late = std::chrono::steady_clock::now() > deadline;
    while (!unread_.empty() && !late) {
      std::optional<Received> event = co_await take_event(deadline);
      if (event) co_return std::move(*event);
    }
    ReadOutcome read{.status = ReadStatus::kTimeout, .byte_count = 0, .error = {}};
    if (!late) read = co_await stream_.read_some(buffer_, deadline);
    switch (read.status) {
      case ReadStatus::kData:
        has_received_ = true;
        unread_ = std::span(buffer_).first(read.byte_count);
        if (corpus_ != nullptr) received_.add(unread_);
        break;
      case ReadStatus::kEnd: co_return note_end(Received::Kind::kEnd, "end of stream");
      case ReadStatus::kReset: co_return note_end(Received::Kind::kReset, "connection reset");
      case ReadStatus::kTimeout:
        log_.add(name_, '-', {}, "deadline passed");
        co_return Received{
            .kind = Received::Kind::kTimeout, .payload = {}, .close_code = {}, .detail = {}};
      case ReadStatus::kError:
        co_return Received{.kind = Received::Kind::kError,
                           .payload = {},
                           .close_code = {},
                           .detail = read.error.message()};
    }
    if (read.byte_count == buffer_.size() && buffer_.size() < kLargePayload) {
      // The views into the buffer are gone before it grows: nothing has been taken out of it yet.
      buffer_.resize(kLargePayload);
      unread_ = std::span(buffer_).first(read.byte_count);
    }
  }
}

void LowerTester::end(EndOurSide::How how) {
  switch (how) {
    case EndOurSide::How::kClose: stream_.close(); break;
    case EndOurSide::How::kReset: stream_.reset(); break;
    case EndOurSide::How::kShutdown: stream_.shutdown_send(); return;
  }
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
