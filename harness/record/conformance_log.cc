// SPDX-License-Identifier: Apache-2.0

#include "harness/record/conformance_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "codec/decode.h"
#include "codec/frame.h"

namespace wsapi {
namespace {

using Kind = Transcript::Kind;

// "CALL", or why the bytes are no message.
std::string title_of(std::span<const std::byte> payload, Revision revision, Direction direction) {
  const auto decoded = decode(payload, revision, direction);
  if (decoded) return std::string{info_of(decoded->message, revision)->title};
  return std::string{name(decoded.error().code)};
}

class LogView {
 public:
  LogView(const Transcript& transcript, Revision revision)
      : transcript_(transcript), revision_(revision) {
    for (std::size_t i = 0; i < transcript.connections().size(); ++i) {
      decoders_.emplace_back(FrameLimits{.max_payload_size = Transcript::kMaxOctets});
    }
  }

  ConformanceLog make() && {
    for (const Transcript::Event& event : transcript_.events()) {
      if (event.kind == Kind::kSent && event.is_frame) gather(event);
    }
    for (const Transcript::Event& event : transcript_.events()) show(event);
    log_.add_left_out(transcript_.left_out_events());
    return std::move(log_);
  }

 private:
  void add(const Transcript::Event& event, char direction, std::span<const std::byte> bytes,
           std::string note) {
    log_.add(transcript_.connections()[event.connection], direction, bytes, std::move(note),
             event.time);
  }

  // The octets of an action that was sent in pieces.
  void gather(const Transcript::Event& event) {
    const auto octets = transcript_.octets(event);
    std::vector<std::byte>& all = actions_[event.action];
    all.insert(all.end(), octets.begin(), octets.end());
  }

  void show(const Transcript::Event& event) {
    switch (event.kind) {
      case Kind::kOpened: add(event, '-', {}, "connected"); return;
      case Kind::kSent: show_sent(event); break;
      case Kind::kReceived: show_received(event); break;
      case Kind::kPeerEnded: add(event, '<', {}, "end of stream"); return;
      case Kind::kPeerReset: add(event, '<', {}, "connection reset"); return;
      case Kind::kWriteFailed:
        add(event, '-', {}, "the peer takes no more bytes: " + event.detail);
        return;
      case Kind::kReadFailed: add(event, '-', {}, "reading failed: " + event.detail); return;
      case Kind::kDeadlinePassed: add(event, '-', {}, "deadline passed"); return;
      case Kind::kShutDown: add(event, '-', {}, "we ended our sending"); return;
      case Kind::kClosed: add(event, '-', {}, "we closed the connection"); return;
      case Kind::kReset: add(event, '-', {}, "we reset the connection"); return;
    }
    if (event.left_out == 0) return;
    add(event, '-', {}, fmt::format("{} further bytes were not recorded", event.left_out));
  }

  std::string title_of_sent(std::span<const std::byte> payload) const {
    const Direction to_iut = transcript_.to_iut();
    std::string title = title_of(payload, revision_, to_iut);
    if (title != name(ErrorCode::kWrongDirection)) return title;
    return title_of(payload, revision_, opposite(to_iut)) + " (misdirected)";
  }

  // An action of frames is shown as its messages, at the time of its first piece.
  void show_sent(const Transcript::Event& event) {
    if (!event.is_frame) {
      add(event, '>', transcript_.octets(event), "octets of the stream");
      return;
    }
    const auto action = actions_.find(event.action);
    if (action == actions_.end()) return;
    FrameDecoder decoder(FrameLimits{.max_payload_size = Transcript::kMaxOctets});
    std::span<const std::byte> rest = action->second;
    while (!rest.empty() && !decoder.ended()) {
      const FrameEvent frame = decoder.next(rest);
      if (frame.kind == FrameEventKind::kMessage) {
        add(event, '>', frame.payload, title_of_sent(frame.payload));
      } else if (frame.kind == FrameEventKind::kPing || frame.kind == FrameEventKind::kPong) {
        add(event, '>', frame.payload, frame.kind == FrameEventKind::kPing ? "PING" : "PONG");
      } else {
        add(event, '>', action->second, "octets of the stream");
        break;
      }
    }
    actions_.erase(action);
  }

  void show_received(const Transcript::Event& event) {
    FrameDecoder& decoder = decoders_[event.connection];
    std::span<const std::byte> rest = transcript_.octets(event);
    while (!rest.empty() && !decoder.ended()) {
      const FrameEvent frame = decoder.next(rest);
      switch (frame.kind) {
        case FrameEventKind::kNeedMore: break;
        case FrameEventKind::kMessage:
          add(event, '<', frame.payload,
              title_of(frame.payload, revision_, opposite(transcript_.to_iut())));
          break;
        case FrameEventKind::kPing: add(event, '<', frame.payload, "PING"); break;
        case FrameEventKind::kPong: add(event, '<', frame.payload, "PONG"); break;
        case FrameEventKind::kClose:
          add(event, '<', frame.payload,
              frame.close_code ? fmt::format("CLOSE {}", *frame.close_code) : "CLOSE without code");
          break;
        case FrameEventKind::kViolation:
          add(event, '<', {}, "frame violation: " + std::string{name(frame.violation)});
          break;
      }
    }
  }

  const Transcript& transcript_;
  Revision revision_;
  std::vector<FrameDecoder> decoders_;
  std::map<std::uint32_t, std::vector<std::byte>> actions_;
  ConformanceLog log_;
};

}  // namespace

void ConformanceLog::add(std::string_view connection, char direction,
                         std::span<const std::byte> bytes, std::string note,
                         std::chrono::microseconds time) {
  if (entries_.size() == kMaxEntries) {
    ++left_out_;
    return;
  }
  const auto head = bytes.first(std::min(bytes.size(), kMaxHeadSize));
  entries_.push_back({.time_us = time.count(),
                      .connection = std::string{connection},
                      .direction = direction,
                      .size = bytes.size(),
                      .head = {head.begin(), head.end()},
                      .note = std::move(note)});
}

ConformanceLog conformance_log(const Transcript& transcript, Revision revision) {
  return LogView(transcript, revision).make();
}

}  // namespace wsapi
