// SPDX-License-Identifier: Apache-2.0

// What real binders did as servers, held against what the suite expects of a server: row by row
// against the rules of the protocol, and message by message against the vectors of the same bytes.
// Where a binder did otherwise, vectors/recorded/known_differences.json says so.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/judge/recorded_rules.h"

namespace wsapi {
namespace {

using recorded::Bytes;
using recorded::Counts;
using recorded::Event;
using recorded::Findings;
using recorded::Message;
using recorded::Row;

// A frame, or fragmented message, that the recorder sent.
struct Sent {
  Event event;
  Message message;
  std::string rule;      // which rule says what is expected
  std::string expected;  // "reply", "silence", "hang-up", "close 1003", "pong 616263" ...
  std::string seen = "silence";
};

bool is_version_1_offered(const Message& offer) {
  const auto versions = offer.fields.at("versions").get<std::vector<int>>();
  return offer.number("identifier") == kVersionOfferIdentifier &&
         std::ranges::find(versions, kVersion1) != versions.end();
}

// In version 1, an offer: whole or malformed.
bool has_operation_v(const Event& event) {
  return event.kind == FrameEventKind::kMessage && !event.payload.empty() &&
         event.payload.front() == std::byte{'V'};
}

std::string pong(const Bytes& payload) {
  return payload.empty() ? "empty pong" : "pong " + to_hex(payload);
}

// Sections 1, 3 and 4. An offer, or any other message, is taken at any time: where section 7 leaves
// a choice, this is the one that all recorded binders made.
void expect_by_rule(Sent& sent) {
  const auto is = [&](const char* rule, std::string expected) {
    sent.rule = rule;
    sent.expected = std::move(expected);
  };
  const Event& event = sent.event;
  const Message& message = sent.message;
  if (event.kind == FrameEventKind::kPing) {
    is("ping: pong", pong(event.payload));
  } else if (event.kind == FrameEventKind::kClose) {
    is("close: the end", "hang-up");
  } else if (event.kind == FrameEventKind::kViolation) {
    is("violation: close", fmt::format("close {}", close_code(event.violation)));
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
  } else if (message.error != ErrorCode::kNone && has_operation_v(event)) {
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
class Judge {
 public:
  explicit Judge(const Row& row) : row_(row) {
    for (const Event& event : recorded::events_of(row.sent)) {
      Sent sent{.event = event, .message = {}, .rule = {}, .expected = {}};
      if (event.kind == FrameEventKind::kMessage) {
        sent.message = recorded::message_of(event.payload, row.revision, Direction::kToServer);
      }
      expect_by_rule(sent);
      if (ended_) {
        sent.rule = "behind the end: silence";
        sent.expected = "silence";
      }
      ended_ = ended_ || ends_connection(sent.expected);
      sent_.push_back(std::move(sent));
    }
    for (const Event& event : recorded::events_of(row.received)) take(event);
    take_outcome();
    for (const Sent& sent : sent_) {
      if (sent.seen != sent.expected) find(sent.expected, sent.seen);
    }
  }

  [[nodiscard]] const std::vector<Sent>& sent() const { return sent_; }
  [[nodiscard]] const Findings& findings() const { return findings_; }

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

  void take(const Event& event) {
    if (event.kind == FrameEventKind::kPong) {
      answer(pong(event.payload),
             [](const Sent& sent) { return sent.event.kind == FrameEventKind::kPing; });
    } else if (event.kind == FrameEventKind::kClose) {
      close_code_ = event.close_code;
    } else if (event.kind == FrameEventKind::kMessage) {
      take(recorded::message_of(event.payload, row_.revision, Direction::kToClient));
    } else {
      find("messages and control frames", "something else");
    }
  }

  void take(const Message& message) {
    if (message.is("reply")) {
      const auto id = message.number("call_id");
      answered_calls_.insert(id);
      answer("reply", [&](const Sent& sent) { return is_call(sent, id); });
    } else if (message.is("version-set")) {
      answer(message.number("version") == kVersion1 ? "version-set" : "another version",
             [](const Sent& sent) { return sent.message.is("version-offer"); });
    } else {
      take_event(message);
    }
  }

  static bool is_call(const Sent& sent, std::uint32_t id) {
    return sent.message.is("call") && sent.message.number("call_id") == id;
  }

  // Section 4, Events; EVENT REMOVE ends an id, whatever asked for it.
  void take_event(const Message& message) {
    if (message.is("event-broadcast")) {
      if (message.number("hop") != 9) find("hop 9", fmt::format("hop {}", message.number("hop")));
      return;
    }
    const auto id = message.number("event_id");
    if (message.is("event-create")) {
      if (!created_.insert(id).second) find("one EVENT CREATE", "another one");
    } else if (message.is("event-remove")) {
      if (created_.erase(id) == 0) find("no EVENT REMOVE", "one of an unknown event");
      subscribed_.erase(id);
    } else if (message.is("event-push")) {
      if (!subscribed_.contains(id)) find("no push", "a push without subscription");
    } else if (message.is("event-subscribe")) {
      if (!created_.contains(id)) find("EVENT CREATE before SUBSCRIBE", "none");
      subscribed_.insert(id);
      check_within_call(message);
    } else if (message.is("event-unsubscribe")) {
      subscribed_.erase(id);
      check_within_call(message);
    } else {
      find("a message that a server sends unasked", message.name);
    }
  }

  void check_within_call(const Message& message) {
    const auto id = message.number("call_id");
    const bool sent = std::ranges::any_of(sent_, [&](const Sent& s) { return is_call(s, id); });
    if (!sent || answered_calls_.contains(id)) find(message.name + " within a call", "another");
  }

  // The fields `outcome` and `sentinel`.
  void take_outcome() {
    const bool closed = row_.outcome.starts_with("closed(");
    if (row_.outcome == "crash") find("the connection stays", "crash");
    if (row_.outcome == "reply" && row_.received.empty()) find("reply", "nothing");
    if (row_.outcome == "silence" && !row_.received.empty()) find("silence", "frames");
    if (closed) take_end();
    const bool must_stay = !ended_ && row_.outcome != "crash" && !sent_.empty();
    const std::string sentinel = row_.sentinel.value_or("none");
    if (sentinel != (must_stay ? "answered" : "none")) find("another sentinel", sentinel);
  }

  // The end belongs to the first offer, good or not, that has no answer; else to the last frame.
  void take_end() {
    auto at = std::ranges::find_if(sent_, [](const Sent& sent) {
      return has_operation_v(sent.event) && sent.seen == "silence";
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
  std::set<std::uint32_t> answered_calls_;
  std::set<std::uint32_t> created_;
  std::set<std::uint32_t> subscribed_;
};

std::vector<Row> server_rows() {
  std::vector<Row> rows = recorded::load_rows();
  std::erase_if(rows, [](const Row& row) { return !row.binder_is_server; });
  return rows;
}

TEST(RecordedServerTest, BindersKeepTheRulesButForTheKnownDifferences) {
  Findings findings;
  Counts counts;
  for (const Row& row : server_rows()) {
    const Judge judge(row);
    findings.insert(judge.findings().begin(), judge.findings().end());
    ++counts["rows"];
    if (judge.sent().empty()) ++counts["rows: listening only"];
    for (const Sent& sent : judge.sent()) ++counts[sent.rule];
  }
  EXPECT_EQ(findings, recorded::known_differences("server-"));
  EXPECT_EQ(counts, (Counts{{"rows", 250},
                            {"rows: listening only", 1},
                            {"call: reply", 255},
                            {"good offer: version set", 28},
                            {"offer without version 1: hang-up", 22},
                            {"malformed offer: hang-up", 14},
                            {"malformed: silence", 31},
                            {"misdirected: silence", 16},
                            {"unknown operation: silence", 2},
                            {"event unexpected: silence", 6},
                            {"ping: pong", 1},
                            {"close: the end", 1},
                            {"violation: close", 2},
                            {"behind the end: silence", 2}}));
}

// Whether the vector's class and reaction allow what the binder did.
bool allows(const MessageVector& vector, const std::string& seen) {
  if (vector.direction != Direction::kToServer) return seen == "silence";
  const bool reacted = seen == name(vector.reaction);
  if (vector.vector_class != VectorClass::kAcceptable) return reacted;
  return (vector.outcomes.understood && reacted) ||
         (vector.outcomes.ignored && seen == "silence") ||
         (vector.outcomes.closed && seen == "hang-up");
}

TEST(RecordedServerTest, BindersDoWhatTheVectorsOfTheSameBytesSay) {
  const recorded::VectorIndex index;
  recorded::Links links;
  for (const Row& row : server_rows()) {
    const Judge judge(row);
    for (const Sent& sent : judge.sent()) {
      if (sent.event.kind != FrameEventKind::kMessage) continue;
      if (sent.rule == "behind the end: silence") continue;
      const auto& vectors = index.find(row.revision, sent.event.payload);
      links.add(vectors);
      for (const MessageVector& vector : vectors) {
        EXPECT_TRUE(allows(vector, sent.seen))
            << row.file << ": " << row.name << ": " << sent.seen << ", but see " << vector.id;
      }
    }
  }
  // So that the link cannot be lost unseen.
  EXPECT_GE(links.golden, 82);
  EXPECT_GE(links.golden + links.derived, 100);
  EXPECT_GE(links.golden_ids.size(), 41U);
}

}  // namespace
}  // namespace wsapi
