// SPDX-License-Identifier: Apache-2.0

// The wire rules on recorded connections, and how these ended.

#include <fmt/format.h>

#include <algorithm>

#include "codec/wire_rules.h"
#include "harness/judge/judge.h"
#include "harness/judge/recorded_messages.h"

namespace wsapi::recorded {
namespace {

// One connection under the wire rules.
class WatchedConnection {
 public:
  WatchedConnection(const Exchange& exchange, Revision revision, Direction sent_direction,
                    WireStart start)
      : exchange_(exchange),
        sent_direction_(sent_direction),
        rules_({.revision = revision, .start = start, .frame_limits = {}}) {}

  void send_next() { rules_.feed(sent_direction_, exchange_.sent.at(sent_count_++)); }
  void receive_next() {
    rules_.feed(opposite(sent_direction_), exchange_.received.at(received_count_++));
  }
  void send_and_receive_all() {
    while (sent_count_ < exchange_.sent.size()) send_next();
    while (received_count_ < exchange_.received.size()) receive_next();
  }
  void end(bool by_binder) { rules_.end(by_binder ? opposite(sent_direction_) : sent_direction_); }

  // What the binder has broken becomes findings, each rule once; what the recorder has, is counted.
  void judge(const Row& row, Judgement& judgement) {
    rules_.finish();
    std::set<WireRule> seen;
    for (const WireViolation& violation : rules_.violations()) {
      if (violation.direction == sent_direction_) {
        ++judgement.counts["wire: broken by the recorder"];
      } else if (seen.insert(violation.rule).second) {
        const WireRuleInfo& info = violation.info();
        judgement.findings.insert(
            {row.file, row.name, std::string(info.purpose), std::string(info.name)});
      }
    }
    ++judgement.counts["wire: connections"];
    judgement.counts["wire: messages of the binder"] +=
        static_cast<int>(rules_.message_count(opposite(sent_direction_)));
  }

 private:
  const Exchange& exchange_;
  Direction sent_direction_;
  WireRules rules_;
  std::size_t sent_count_ = 0;
  std::size_t received_count_ = 0;
};

// Rows of servers leave out the opening exchange, but for those about it.
WireStart start_of(const Row& row) {
  if (!row.binder_is_server) return WireStart::kOpening;
  const std::vector<Frame> frames = frames_of(row.sent());
  const bool opens = !frames.empty() && !frames.front().payload.empty() &&
                     frames.front().payload.front() == std::byte{'V'};
  return opens ? WireStart::kOpening : WireStart::kNegotiated;
}

void follow(const std::vector<Step>& order, std::vector<WatchedConnection>& connections,
            WatchedConnection& control) {
  for (const Step& step : order) {
    WatchedConnection& on = step.is_control ? control : connections.at(step.connection);
    switch (step.kind) {
      case Step::Kind::kSent: on.send_next(); break;
      case Step::Kind::kReceived: on.receive_next(); break;
      case Step::Kind::kHungUp: on.end(false); break;
      case Step::Kind::kEnded: on.end(true); break;
      case Step::Kind::kConnected:
      case Step::Kind::kSendFailed: break;
    }
  }
}

}  // namespace

Judgement judge_wire(const Row& row) {
  std::vector<WatchedConnection> connections;
  for (const Exchange& exchange : row.connections) {
    connections.emplace_back(exchange, row.revision, row.sent_direction(), start_of(row));
  }
  WatchedConnection control(row.control, row.revision, Direction::kToServer,
                            WireStart::kNegotiated);
  if (row.order.has_value()) {
    follow(*row.order, connections, control);
  } else {
    for (WatchedConnection& connection : connections) connection.send_and_receive_all();
    control.send_and_receive_all();
  }
  Judgement judgement;
  for (WatchedConnection& connection : connections) connection.judge(row, judgement);
  control.judge(row, judgement);
  return judgement;
}

namespace {

// Whether the last message is not all there: what is sent later, for the sentinel, is lost in it.
bool ends_inside_message(const Row& row) {
  FrameDecoder decoder;
  std::vector<Frame> frames;
  for (const Bytes& piece : row.sent()) feed(decoder, piece, frames);
  return decoder.mid_frame() || decoder.mid_message();
}

// The client that has answered the sentinel on the same connection has read
// each PING before.
bool lacks_pongs(const Row& row) {
  const auto count = [](const std::vector<Bytes>& pieces, FrameEventKind kind) {
    return std::ranges::count(frames_of(pieces), kind, &Frame::kind);
  };
  return row.sentinel == "answered" && row.connections.size() == 1 &&
         count(row.received(), FrameEventKind::kPong) < count(row.sent(), FrameEventKind::kPing);
}

// How what the recorder sent ends the first connection; empty where it goes on.
std::string end_asked_for(const Row& row) {
  for (const Frame& frame : frames_of(row.sent())) {
    // On a code that must not be on the wire it ends in any way (section 1).
    const bool is_wrong_code = frame.kind == FrameEventKind::kViolation &&
                               frame.violation == FrameViolation::kCloseCodeInvalid;
    if (is_wrong_code) return "closed";
    if (frame.kind == FrameEventKind::kViolation) {
      return fmt::format("closed({})", close_code(frame.violation));
    }
    if (frame.kind == FrameEventKind::kClose) return "closed";
    if (frame.kind != FrameEventKind::kMessage || frame.payload.empty()) continue;
    const Message message = message_of(frame.payload, row.revision, row.sent_direction());
    const bool is_set =
        has_version_negotiation(row.revision) && frame.payload.front() == std::byte{'v'};
    if (is_set && (message.error != ErrorCode::kNone || message.number("version") != 1)) {
      return "closed";
    }
  }
  return "";
}

}  // namespace

Judgement judge_end(const Row& row) {
  Judgement judgement;
  ++judgement.counts["rows with order"];
  const auto find = [&](std::string expected, std::string seen) {
    judgement.findings.insert({row.file, row.name, std::move(expected), std::move(seen)});
  };
  const bool recorder_ended = std::ranges::any_of(
      *row.order, [](const Step& step) { return step.kind == Step::Kind::kHungUp; });
  const std::string asked_for = end_asked_for(row);
  const bool is_closed = row.outcome.starts_with("closed(");
  if (row.outcome.starts_with("crash")) {
    find("the binder lives", row.outcome);
  } else if (!recorder_ended && !asked_for.empty()) {
    ++judgement.counts["end: asked for"];
    if (!row.outcome.starts_with(asked_for)) find(asked_for, row.outcome);
  } else if (!recorder_ended && is_closed) {
    find("the connection stays", row.outcome);
  }
  if (!recorder_ended && asked_for.empty()) ++judgement.counts["end: none"];
  const std::string sentinel = row.sentinel.value_or("absent");
  if (!sentinel.starts_with("answered") && !ends_inside_message(row)) {
    find("the sentinel is answered", sentinel);
  }
  if (asked_for.empty() && lacks_pongs(row)) find("a PONG for each PING", "fewer");
  if (row.note && row.note->find("spins") != std::string::npos) {
    find("the binder rests when there is nothing to do", "binder spins");
  }
  return judgement;
}

}  // namespace wsapi::recorded
