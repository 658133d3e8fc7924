// SPDX-License-Identifier: Apache-2.0

// What real binders did as servers, held against what the suite expects of a server: each message
// that was sent has its reaction.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "codec/messages.h"
#include "harness/judge/judge.h"
#include "harness/judge/recorded_messages.h"

namespace wsapi::recorded {
namespace {

// A frame, or fragmented message, that the recorder sent.
struct Sent {
  Frame frame;
  Message message;
  std::string rule;      // which rule says what is expected
  std::string expected;  // "reply", "silence", "hang-up", "close 1003", "pong" ...
  std::string seen = "silence";
  bool is_after_end = false;
};

bool is_version_1_offered(const Message& offer) {
  const auto versions = offer.fields.at("versions").get<std::vector<int>>();
  return offer.number("identifier") == kVersionOfferIdentifier &&
         std::ranges::find(versions, kVersion1) != versions.end();
}

// In version 1, an offer: whole or malformed.
bool has_operation_v(const Frame& frame) {
  return frame.kind == FrameEventKind::kMessage && !frame.payload.empty() &&
         frame.payload.front() == std::byte{'V'};
}

// Sections 1, 3 and 4. An offer, or any other message, is taken at any time: where section 7 leaves
// a choice, this is the one that all recorded binders made.
void expect_by_rule(Sent& sent) {
  const auto is = [&](const char* rule, std::string expected) {
    sent.rule = rule;
    sent.expected = std::move(expected);
  };
  const Frame& frame = sent.frame;
  const Message& message = sent.message;
  if (frame.kind == FrameEventKind::kPing) {
    is("ping: pong", "pong");
  } else if (frame.kind == FrameEventKind::kClose) {
    is("close: the end", "hang-up");
  } else if (frame.kind == FrameEventKind::kViolation) {
    is("violation: close", fmt::format("close {}", close_code(frame.violation)));
  } else if (message.is("call")) {
    is("call: reply", "reply");
  } else if (message.is("version-offer")) {
    if (is_version_1_offered(message)) return is("good offer: version set", "version-set");
    is("offer without version 1: hang-up", "hang-up");
  } else if (message.is("event-unexpected")) {
    is("event unexpected: silence", "silence");
  } else if (message.error == ErrorCode::kWrongDirection) {
    is("misdirected: silence", "silence");
  } else if (message.error == ErrorCode::kUnknownOperation) {
    is("unknown operation: silence", "silence");
  } else if (message.error != ErrorCode::kNone && has_operation_v(frame)) {
    is("malformed offer: hang-up", "hang-up");
  } else if (message.error != ErrorCode::kNone) {
    is("malformed: silence", "silence");
  } else {
    is("no rule", "a rule");
  }
}

bool ends_connection(const std::string& reaction) {
  return reaction == "hang-up" || reaction.starts_with("close ");
}

// One row: what was sent, with what was expected and seen of each; and all that is wrong with it.
class ServerJudge {
 public:
  explicit ServerJudge(const Row& row) : row_(row) {
    for (const Frame& frame : frames_of(row.sent())) {
      Sent sent{.frame = frame, .message = {}, .rule = {}, .expected = {}};
      if (frame.kind == FrameEventKind::kMessage) {
        sent.message = message_of(frame.payload, row.revision, Direction::kToServer);
      }
      expect_by_rule(sent);
      if (ended_) {
        sent.rule = "after the end: silence";
        sent.is_after_end = true;
        sent.expected = "silence";
      }
      ended_ = ended_ || ends_connection(sent.expected);
      sent_.push_back(std::move(sent));
    }
    for (const Frame& frame : frames_of(row.received())) see(frame);
    judge_outcome();
    for (const Sent& sent : sent_) {
      if (sent.seen != sent.expected) find(sent.expected, sent.seen);
    }
  }

  [[nodiscard]] Judgement judgement() const {
    Judgement judgement{.findings = findings_, .counts = {}, .messages = {}};
    ++judgement.counts["rows of servers"];
    if (sent_.empty()) ++judgement.counts["rows of servers: listening only"];
    for (const Sent& sent : sent_) {
      ++judgement.counts[sent.rule];
      if (sent.frame.kind != FrameEventKind::kMessage) continue;
      judgement.messages.push_back({.bytes = sent.frame.payload,
                                    .rule = sent.rule,
                                    .effect = sent.seen,
                                    .is_pending = false,
                                    .is_after_end = sent.is_after_end});
    }
    return judgement;
  }

 private:
  void find(std::string expected, std::string seen) {
    findings_.insert({row_.file, row_.name, std::move(expected), std::move(seen)});
  }

  // Gives `reaction` to the first that was sent, has had none, and is `wanted`.
  template <typename Wanted>
  void answer(const std::string& reaction, Wanted&& wanted) {
    for (Sent& sent : sent_) {
      if (sent.seen != "silence" || !wanted(sent)) continue;
      sent.seen = reaction;
      return;
    }
    find("nothing", "an unasked " + reaction);
  }

  void see(const Frame& frame) {
    if (frame.kind == FrameEventKind::kPong) {
      answer("pong", [](const Sent& sent) { return sent.frame.kind == FrameEventKind::kPing; });
    } else if (frame.kind == FrameEventKind::kClose) {
      close_code_ = frame.close_code;
    } else if (frame.kind == FrameEventKind::kMessage) {
      see(message_of(frame.payload, row_.revision, Direction::kToClient));
    } else {
      find("messages and control frames", "something else");
    }
  }

  void see(const Message& message) {
    if (message.is("reply")) {
      const auto id = message.number("call_id");
      answer("reply", [&](const Sent& sent) { return is_call(sent, id); });
    } else if (message.is("version-set")) {
      answer(message.number("version") == kVersion1 ? "version-set" : "another version",
             [](const Sent& sent) { return sent.message.is("version-offer"); });
    } else {
      see_event(message);
    }
  }

  static bool is_call(const Sent& sent, std::uint32_t id) {
    return sent.message.is("call") && sent.message.number("call_id") == id;
  }

  // What a server sends unasked. The wire rules judge it, all but this: the recorded binders start
  // their broadcasts themselves.
  void see_event(const Message& message) {
    if (message.is("event-broadcast") && message.number("hop") != 9) {
      find("hop 9", fmt::format("hop {}", message.number("hop")));
    }
  }

  // The fields `outcome` and `sentinel`.
  void judge_outcome() {
    const bool closed = row_.outcome.starts_with("closed(");
    if (row_.outcome == "crash") find("the connection stays", "crash");
    if (row_.outcome == "reply" && row_.received().empty()) find("reply", "nothing");
    if (row_.outcome == "silence" && !row_.received().empty()) find("silence", "frames");
    if (closed) see_end();
    const bool must_stay = !ended_ && row_.outcome != "crash" && !sent_.empty();
    const std::string sentinel = row_.sentinel.value_or("none");
    if (sentinel != (must_stay ? "answered" : "none")) find("another sentinel", sentinel);
  }

  // The end belongs to the first offer, good or not, that has no answer; else to the last frame.
  void see_end() {
    auto at = std::ranges::find_if(sent_, [](const Sent& sent) {
      return has_operation_v(sent.frame) && sent.seen == "silence";
    });
    if (at == sent_.end()) --at;
    at->seen = close_code_ ? fmt::format("close {}", *close_code_) : "hang-up";
    const std::string code =
        close_code_ ? fmt::format("closed({})", *close_code_) : "closed(no close frame, eof)";
    if (row_.outcome == code) return;
    // Section 8: bytes that were not read yet may turn the close into a reset.
    if (close_code_ || row_.outcome != "closed(no close frame, ConnectionResetError)" ||
        at + 1 == sent_.end()) {
      find(code, row_.outcome);
    }
  }

  const Row& row_;
  std::vector<Sent> sent_;
  Findings findings_;
  bool ended_ = false;  // that it should have
  std::optional<std::uint16_t> close_code_;
};

}  // namespace

Judgement judge_server(const Row& row) { return ServerJudge(row).judgement(); }

}  // namespace wsapi::recorded
