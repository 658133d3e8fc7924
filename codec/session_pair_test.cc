// SPDX-License-Identifier: Apache-2.0

// A ClientSession and a ServerSession that speak to each other, in each revision: what one side
// sends means to the other what it should, and their tables agree. Golden bytes are in the tests of
// each side.

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "codec/client_session.h"
#include "codec/server_session.h"
#include "codec/session_test_tools.h"
#include "codec/wire_rules.h"

namespace wsapi {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the helpers of this test
using enum Revision;

class Queue final : public MessageSink {
 public:
  void send(WriteBuf& message) override { messages_.push_back(gather(message.parts())); }

  // Hands each message, in order, to `take`, also those that are sent meanwhile.
  template <typename Take>
  void drain(Take&& take) {
    for (; !messages_.empty(); messages_.pop_front()) take(messages_.front());
  }
  [[nodiscard]] bool empty() const { return messages_.empty(); }

 private:
  std::deque<std::vector<std::byte>> messages_;
};

std::string text_or_none(NullString text) { return text ? std::string(*text) : "-"; }

class Pair {
 public:
  explicit Pair(Revision revision, ClientLimits client_limits = {}, ServerLimits limits = {})
      : client(revision, to_server_, client_limits),
        server(revision, to_client_, limits),
        rules_({.revision = revision}) {
    client.start();
    run();
  }
  // Neither side has broken a rule that can be seen on the wire.
  ~Pair() {
    rules_.finish();
    for (const WireViolation& violation : rules_.violations()) {
      ADD_FAILURE() << to_string(violation);
    }
  }

  // Delivers until nothing is under way; what the client saw is in `seen`.
  void run() {
    constexpr int kMaxRounds = 10;
    for (int round = 0; !to_server_.empty() || !to_client_.empty(); ++round) {
      ASSERT_LT(round, kMaxRounds);
      to_server_.drain([&](const auto& message) {
        watch(Direction::kToServer, message);
        serve(server.receive(message));
      });
      to_client_.drain([&](const auto& message) {
        watch(Direction::kToClient, message);
        note(client.receive(message));
      });
    }
  }

  // What the client sees of a call and its answer.
  std::vector<std::string> call(const OutgoingCall& call) {
    EXPECT_TRUE(client.call(call).ok());
    run();
    return take_seen();
  }

  std::vector<std::string> take_seen() { return std::exchange(seen, {}); }

 private:
  Queue to_server_;
  Queue to_client_;

 public:
  ClientSession client;
  ServerSession server;
  std::vector<std::string> seen;
  std::vector<RequestHandle> kept;  // calls of `keep`, for the test to answer

 private:
  void watch(Direction direction, std::span<const std::byte> message) {
    rules_.observe(direction, {.kind = FrameEventKind::kMessage, .payload = message}, 0);
  }

  void serve(const ServerEvent& event) {
    if (const auto* request = std::get_if<CallRequest>(&event)) return serve_call(*request);
    if (const auto* request = std::get_if<DescribeRequest>(&event)) {
      EXPECT_TRUE(server.describe(request->handle, R"({"an":"api"})"));
      return;
    }
    EXPECT_TRUE(is<Handled>(event)) << "the server got what it did not understand";
  }

  void serve_call(const CallRequest& call) {
    const std::string args(call.args);
    const RequestHandle handle = call.handle;
    if (call.verb == "keep") return kept.push_back(handle);
    if (call.verb == "fail") {
      EXPECT_TRUE(server.reply(handle, "bad", "because", "null"));
    } else if (call.verb == "whoami") {
      const std::string who = text_or_none(call.session) + ' ' + text_or_none(call.token) + ' ' +
                              text_or_none(call.credentials);
      EXPECT_TRUE(server.reply(handle, {}, {}, who));
    } else {
      if (call.verb == "subscribe") server.subscribe(handle, args);
      if (call.verb == "unsubscribe") server.unsubscribe(handle, args);
      EXPECT_TRUE(server.reply(handle, {}, {}, args));
    }
  }

  void note(const ClientEvent& event) {
    EXPECT_FALSE(is<Ignored>(event)) << to_string(std::get<Ignored>(event).error);
    if (const auto* e = std::get_if<CallCompleted>(&event)) {
      seen.push_back("reply " + text_or_none(e->error) + ' ' + text_or_none(e->info) + ' ' +
                     std::string(e->data));
    } else if (const auto* d = std::get_if<DescribeCompleted>(&event)) {
      seen.push_back("description " + text_or_none(d->description));
    } else if (const auto* s = std::get_if<EventSubscribed>(&event)) {
      seen.push_back("subscribed " + std::string(s->event));
    } else if (const auto* u = std::get_if<EventUnsubscribed>(&event)) {
      seen.push_back("unsubscribed " + std::string(u->event));
    } else if (const auto* p = std::get_if<EventPushed>(&event)) {
      seen.push_back("push " + std::string(p->event) + ' ' + std::string(p->data));
    } else if (const auto* r = std::get_if<EventRemoved>(&event)) {
      seen.push_back("removed " + std::string(r->event));
    } else if (const auto* b = std::get_if<BroadcastReceived>(&event)) {
      seen.push_back("broadcast " + std::string(b->event) + ' ' + std::string(b->data) + ' ' +
                     std::to_string(b->hop));
    }
  }

  WireRules rules_;
};

using Seen = std::vector<std::string>;

TEST(SessionPair, AgreeOnTheVersion) {
  for (const Revision revision : kVersion1Revisions) {
    Pair pair(revision);
    EXPECT_EQ(pair.client.version(), 1);
    EXPECT_EQ(pair.server.version(), 1);
  }
  Pair pair(kLegacy);
  EXPECT_FALSE(pair.client.version() || pair.server.version());
}

TEST(SessionPair, CallsAndReplies) {
  for (const Revision revision : kRevisions) {
    Pair pair(revision);
    EXPECT_EQ(pair.call({.verb = "echo", .args = R"([1,"x"])"}), Seen{R"(reply - - [1,"x"])"});
    EXPECT_EQ(pair.call({.verb = "fail"}), Seen{"reply bad because null"});
    const bool legacy = revision == kLegacy;
    EXPECT_EQ(pair.call({.verb = "whoami", .session = "s", .token = "t", .credentials = "0:0"}),
              Seen{legacy ? "reply - - s - 0:0" : "reply - - s t 0:0"});
    EXPECT_EQ(pair.call({.verb = "whoami"}), Seen{legacy ? "reply - -  - -" : "reply - - - - -"});
  }
}

TEST(SessionPair, RepliesInAnyOrder) {
  for (const Revision revision : kRevisions) {
    Pair pair(revision);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(pair.call({.verb = "keep"}), Seen{});
    ASSERT_EQ(pair.kept.size(), 3U);
    EXPECT_EQ(pair.client.request_count(), 3U);
    for (const std::size_t i : {1U, 2U, 0U}) {
      EXPECT_TRUE(pair.server.reply(pair.kept[i], {}, {}, std::to_string(i)));
    }
    pair.run();
    EXPECT_EQ(pair.take_seen(), (Seen{"reply - - 1", "reply - - 2", "reply - - 0"}));
    EXPECT_EQ(pair.client.request_count(), 0U);
  }
}

TEST(SessionPair, Descriptions) {
  for (const Revision revision : kRevisions) {
    Pair pair(revision);
    EXPECT_EQ(pair.call({.verb = "keep"}), Seen{});
    EXPECT_TRUE(pair.client.describe().ok());
    pair.run();
    EXPECT_EQ(pair.take_seen(), Seen{R"(description {"an":"api"})"});
  }
}

TEST(SessionPair, TablesOfSessionsAndTokensAgree) {
  for (const Revision revision : kVersion1Revisions) {
    Pair pair(revision);
    for (const char* const text : {"a", "b", ""}) {
      EXPECT_EQ(pair.call({.verb = "whoami", .session = text, .token = text}),
                Seen{"reply - - " + std::string(text) + ' ' + text + " -"});
    }
    EXPECT_EQ(pair.server.session_count(), 3U);
    EXPECT_EQ(pair.server.token_count(), 3U);
    EXPECT_TRUE(pair.client.remove_session("a"));
    EXPECT_TRUE(pair.client.remove_token("b"));
    pair.run();
    EXPECT_EQ(pair.server.session_count(), 2U);
    EXPECT_EQ(pair.server.token_count(), 2U);
    EXPECT_EQ(pair.call({.verb = "whoami", .session = "a", .token = "b"}), Seen{"reply - - a b -"});
  }
}

TEST(SessionPair, SessionNameThatTheServerDoesNotBindIsAnErrorOfTheCall) {
  Pair pair(k2020_03);
  const std::string name(37, 'x');  // section 8
  EXPECT_EQ(pair.call({.verb = "echo", .session = name}), Seen{"reply unknown-session - null"});
  EXPECT_EQ(pair.call({.verb = "echo", .args = "1"}), Seen{"reply - - 1"});
}

TEST(SessionPair, Events) {
  for (const Revision revision : kRevisions) {
    Pair pair(revision);
    EXPECT_FALSE(pair.server.push("e", "1"));
    EXPECT_EQ(pair.call({.verb = "subscribe", .args = "e"}), (Seen{"subscribed e", "reply - - e"}));
    EXPECT_EQ(pair.call({.verb = "subscribe", .args = "f"}), (Seen{"subscribed f", "reply - - f"}));
    EXPECT_EQ(pair.call({.verb = "subscribe", .args = "e"}), (Seen{"subscribed e", "reply - - e"}));
    EXPECT_TRUE(pair.server.push("f", "2"));
    EXPECT_TRUE(pair.server.push("e", "1"));
    pair.run();
    EXPECT_EQ(pair.take_seen(), (Seen{"push f 2", "push e 1"}));
    EXPECT_EQ(pair.call({.verb = "unsubscribe", .args = "e"}),
              (Seen{"unsubscribed e", "reply - - e"}));
    EXPECT_FALSE(pair.server.push("e", "1"));
    EXPECT_TRUE(pair.server.remove_event("e"));
    EXPECT_TRUE(pair.server.remove_event("f"));
    pair.run();
    EXPECT_EQ(pair.take_seen(), (Seen{"removed e", "removed f"}));
    EXPECT_EQ(pair.client.event_count() + pair.server.event_count(), 0U);
    EXPECT_EQ(pair.call({.verb = "subscribe", .args = "e"}), (Seen{"subscribed e", "reply - - e"}));
  }
}

TEST(SessionPair, PushThatTheClientDoesNotExpectTakesTheEventBack) {
  Queue to_server;
  Queue to_client;
  ClientSession client(k2020_03, to_server);
  ServerSession server(k2020_03, to_client);
  // The client has no call 1 within which the server could subscribe it.
  const auto request =
      server.receive(bytes("4b 0100 02000000 7600 0000 0000 05000000 6e756c6c00 00000000"));
  EXPECT_TRUE(server.subscribe(std::get<CallRequest>(request).handle, "e"));
  to_client.drain([&](const auto& message) { (void)client.receive(message); });
  EXPECT_EQ(client.event_count(), 1U);
  EXPECT_FALSE(client.listens("e"));
  EXPECT_TRUE(server.push("e", "1"));
  to_client.drain([&](const auto& message) { EXPECT_TRUE(is<Handled>(client.receive(message))); });
  to_server.drain([&](const auto& message) { EXPECT_TRUE(is<Handled>(server.receive(message))); });
  EXPECT_FALSE(server.subscribed("e"));
  EXPECT_FALSE(server.push("e", "1"));
  to_client.drain([&](const auto& message) { (void)client.receive(message); });
  EXPECT_EQ(client.event_count(), 0U);
}

TEST(SessionPair, BroadcastIsPassedOnWithOneHopLess) {
  for (const Revision revision : kRevisions) {
    Pair first(revision);
    Pair second(revision);
    Uuid uuid;
    uuid.bytes[0] = std::byte{1};
    first.server.broadcast("e", "1", uuid, 10);
    first.run();
    EXPECT_EQ(first.take_seen(), Seen{"broadcast e 1 9"});
    second.server.broadcast("e", "1", uuid, 9);
    second.run();
    EXPECT_EQ(second.take_seen(), Seen{"broadcast e 1 8"});
    Uuid last;
    second.server.broadcast("e", "1", last, 2);
    second.run();
    EXPECT_EQ(second.take_seen(), Seen{"broadcast e 1 1"});
  }
}

TEST(SessionPair, EndCompletesWhatTheServerKept) {
  for (const Revision revision : kRevisions) {
    Pair pair(revision);
    EXPECT_EQ(pair.call({.verb = "keep"}), Seen{});
    EXPECT_TRUE(pair.client.describe().ok());  // under way
    pair.server.end();
    pair.client.end();
    EXPECT_EQ(std::get<CallCompleted>(*pair.client.next_disconnected()).error, "disconnected");
    EXPECT_FALSE(std::get<DescribeCompleted>(*pair.client.next_disconnected()).description);
    EXPECT_FALSE(pair.client.next_disconnected().has_value());
    EXPECT_FALSE(pair.server.reply(pair.kept[0], {}, {}, "null"));
  }
}

// Whatever both sides do, in whatever order it arrives: each call is answered with its own args,
// nothing is ignored, and when all has arrived the tables are the same.
void run_random_traffic(Revision revision, std::uint32_t seed) {
  constexpr int kSteps = 600;
  constexpr std::array<std::string_view, 5> kTexts{"a", "b", "c", "d", "e"};
  std::mt19937 random(seed);
  const auto text = [&] { return kTexts[random() % kTexts.size()]; };
  Pair pair(revision);
  std::size_t submitted = 0;
  for (int step = 0; step < kSteps; ++step) {
    switch (random() % 8) {
      case 0: submitted += pair.client.call({.verb = "subscribe", .args = text()}).ok(); break;
      case 1: submitted += pair.client.call({.verb = "unsubscribe", .args = text()}).ok(); break;
      case 2: submitted += pair.client.describe().ok(); break;
      case 3: (void)pair.client.remove_session(text()); break;
      case 4: (void)pair.client.remove_token(text()); break;
      case 5: (void)pair.server.push(text(), "1"); break;
      case 6: (void)pair.server.remove_event(text()); break;
      default:
        submitted +=
            pair.client.call({.verb = "echo", .args = "1", .session = text(), .token = text()})
                .ok();
    }
    if (random() % 4 != 0) continue;
    pair.run();
    ASSERT_EQ(pair.client.request_count(), 0U);
    ASSERT_EQ(pair.client.session_count(), pair.server.session_count());
    ASSERT_EQ(pair.client.token_count(), pair.server.token_count());
    ASSERT_EQ(pair.client.event_count(), pair.server.event_count());
    for (const auto name : kTexts) {
      ASSERT_EQ(pair.client.listens(name), pair.server.subscribed(name)) << name;
    }
  }
  pair.run();
  const auto completed = std::ranges::count_if(pair.seen, [](const std::string& line) {
    return line.starts_with("reply - - ") || line.starts_with("description ");
  });
  EXPECT_EQ(static_cast<std::size_t>(completed), submitted);
}

TEST(SessionPair, RandomTraffic) {
  for (const Revision revision : kRevisions) {
    for (std::uint32_t seed = 1; seed <= 10; ++seed) {
      SCOPED_TRACE(testing::Message() << name(revision) << ", seed " << seed);
      run_random_traffic(revision, seed);
    }
  }
}

}  // namespace
}  // namespace wsapi
