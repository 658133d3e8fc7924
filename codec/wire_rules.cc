// SPDX-License-Identifier: Apache-2.0

// Frames, and what is kept of each direction; the messages are in wire_rules_messages.cc.

#include "codec/wire_rules.h"

#include <algorithm>

#include "codec/wire_rules_state.h"

namespace wsapi {

WireRules::State::State(const WireRulesOptions& options)
    : options_(options), streams_{Stream(options.frame_limits), Stream(options.frame_limits)} {
  if (options.start == WireStart::kNegotiated) {
    offer_count_ = 1;
    version_set_count_ = 1;
    offered_.set(kVersion1);
  }
}

void WireRules::State::report(WireRule rule, Details details) {
  report_of(direction_, offset_, rule, details);
}

void WireRules::State::report_of(Direction direction, std::uint64_t offset, WireRule rule,
                                 Details details) {
  if (violations.size() >= kMaxViolations) {
    ++dropped_count;
    return;
  }
  const bool is_about_message = direction == direction_ && offset == offset_ && !title_.empty();
  violations.push_back(
      {.rule = rule,
       .direction = direction,
       .offset = offset,
       .message_index = is_about_message ? message_index_ : stream(direction).message_count,
       .message = is_about_message ? title_ : std::string_view(),
       .details = details});
}

// ---- Frames

void WireRules::State::feed(Direction direction, Bytes octets) {
  Stream& from = stream(direction);
  while (!octets.empty()) {
    if (from.has_close || from.is_broken) {
      if (from.has_close) observe(direction, {.kind = FrameEventKind::kPong}, from.octet_count);
      from.octet_count += octets.size();
      return;
    }
    const std::size_t size = octets.size();
    const FrameEvent event = from.decoder.next(octets);
    from.octet_count += size - octets.size();
    if (event.kind == FrameEventKind::kNeedMore) return;
    observe(direction, event, offset_of(from, event));
    if (!from.decoder.mid_message()) from.message_offset = from.octet_count;
  }
}

// A control frame has just ended, and its header has no length of more than one octet; it may be
// inside a message, which began before.
std::uint64_t WireRules::State::offset_of(const Stream& stream, const FrameEvent& event) {
  switch (event.kind) {
    case FrameEventKind::kNeedMore:
    case FrameEventKind::kMessage: return stream.message_offset;
    case FrameEventKind::kViolation: return stream.octet_count - 1;
    case FrameEventKind::kPing:
    case FrameEventKind::kPong:
    case FrameEventKind::kClose: break;
  }
  const std::size_t key_size = event.masked ? sizeof(MaskKey) : 0;
  const std::size_t code_size = event.close_code.has_value() ? sizeof(*event.close_code) : 0;
  return stream.octet_count - (2 + key_size + code_size + event.payload.size());
}

void WireRules::State::observe(Direction direction, const FrameEvent& event, std::uint64_t offset) {
  Stream& from = stream(direction);
  if (event.kind == FrameEventKind::kNeedMore || from.is_broken) return;
  direction_ = direction;
  offset_ = offset;
  title_ = {};
  message_index_ = from.message_count;
  if (from.has_close) {
    if (!from.has_data_after_close) report(WireRule::kDataAfterClose);
    from.has_data_after_close = true;
    return;
  }
  if (event.non_minimal_length) report(WireRule::kLengthNotMinimal);
  switch (event.kind) {
    case FrameEventKind::kNeedMore: return;
    case FrameEventKind::kMessage:
      on_message(event.payload);
      ++from.message_count;
      return;
    case FrameEventKind::kPing: return on_ping(direction, event.payload);
    case FrameEventKind::kPong: return on_pong(direction, event.payload);
    case FrameEventKind::kClose: from.has_close = true; return;
    case FrameEventKind::kViolation:
      from.is_broken = true;
      if (event.violation == FrameViolation::kCloseCodeInvalid) {
        report(WireRule::kCloseCode);
      } else {
        report(WireRule::kFrameViolation,
               {{{.name = "violation", .text = wsapi::name(event.violation)}}});
      }
  }
}

void WireRules::State::on_ping(Direction direction, Bytes payload) {
  Stream& from = stream(direction);
  if (from.pings.size() >= kMaxPings) {
    from.pings_left_out = true;
    return;
  }
  Ping ping;
  ping.size = std::min(payload.size(), ping.payload.size());
  std::ranges::copy(payload.first(ping.size), ping.payload.begin());
  ping.sequence = client_sequence_;
  from.pings.push_back(ping);
}

// One that echoes a PING answers those before it, too (RFC 6455, section 5.5.3). Another one may be
// what nobody asked for; only when nothing more comes does it count as a wrong answer.
void WireRules::State::on_pong(Direction direction, Bytes payload) {
  std::deque<Ping>& pings = stream(opposite(direction)).pings;
  const auto echoed = std::ranges::find_if(
      pings, [&](const Ping& ping) { return std::ranges::equal(ping.bytes(), payload); });
  if (echoed != pings.end()) {
    pings.erase(pings.begin(), std::next(echoed));
    return;
  }
  const auto open =
      std::ranges::find_if(pings, [](const Ping& ping) { return !ping.other_pong.has_value(); });
  if (open != pings.end()) open->other_pong = offset_;
}

void WireRules::State::end(Direction direction) {
  Stream& from = stream(direction);
  const Stream& other = stream(opposite(direction));
  if (std::exchange(from.is_ended, true) || from.is_broken) return;
  // Where the other side has ended the connection, what this one does no longer arrives.
  const bool other_is_gone = other.is_ended || other.is_broken;
  title_ = {};
  if (!other_is_gone && !other.has_close &&
      (from.decoder.mid_frame() || from.decoder.mid_message())) {
    report_of(direction, from.message_offset, WireRule::kStreamEndsInFrame, {});
  }
  if (!other_is_gone && other.has_close && !from.has_close) {
    report_of(direction, from.octet_count, WireRule::kCloseNotAnswered, {});
  }
}

void WireRules::State::finish() {
  title_ = {};
  for (const Direction direction : kDirections) {
    const Direction answering = opposite(direction);
    for (const Ping& ping : stream(direction).pings) {
      if (ping.other_pong.has_value()) {
        report_of(answering, *ping.other_pong, WireRule::kPongPayload, {});
      } else if (answering == Direction::kToClient && server_has_read_ > ping.sequence) {
        report_of(answering, stream(answering).octet_count, WireRule::kPingNotAnswered,
                  {{{.name = "payload_size", .number = ping.size}}});
      }
    }
    stream(direction).pings.clear();
  }
}

std::vector<std::string_view> WireRules::State::left_out() const {
  std::vector<std::string_view> names;
  const auto look_at = [&](const auto& table) {
    if (!table.is_complete()) names.push_back(table.name());
  };
  look_at(calls_.pending);
  look_at(calls_.answered);
  look_at(descriptions_.pending);
  look_at(descriptions_.answered);
  look_at(malformed_calls_);
  look_at(sessions_);
  look_at(tokens_);
  look_at(events_);
  if (streams_[0].pings_left_out || streams_[1].pings_left_out) names.emplace_back("pings");
  if (is_other_version_) names.emplace_back("messages of another version");
  return names;
}

// ---- The public side

WireRules::WireRules(const WireRulesOptions& options) : state_(std::make_unique<State>(options)) {}
WireRules::WireRules(WireRules&&) noexcept = default;
WireRules& WireRules::operator=(WireRules&&) noexcept = default;
WireRules::~WireRules() = default;

void WireRules::feed(Direction direction, std::span<const std::byte> octets) {
  state_->feed(direction, octets);
}

void WireRules::observe(Direction direction, const FrameEvent& event, std::uint64_t offset) {
  state_->observe(direction, event, offset);
}

void WireRules::end(Direction direction) { state_->end(direction); }
void WireRules::finish() { state_->finish(); }

const std::vector<WireViolation>& WireRules::violations() const noexcept {
  return state_->violations;
}
std::uint64_t WireRules::dropped_count() const noexcept { return state_->dropped_count; }
std::vector<std::string_view> WireRules::left_out() const { return state_->left_out(); }
std::uint64_t WireRules::message_count(Direction direction) const noexcept {
  return state_->message_count(direction);
}
std::size_t WireRules::pending_count() const noexcept { return state_->pending_count; }

}  // namespace wsapi
