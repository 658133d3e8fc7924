// SPDX-License-Identifier: Apache-2.0

// The test API on sessions without sockets.

#include "harness/peers/reference_app.h"

#include <gtest/gtest.h>

#include <memory>
#include <variant>
#include <vector>

#include "harness/text/json_slices.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;

// Keeps what is sent, each message as a line: the operation and what matters of it.
class Lines : public MessageSink {
 public:
  void send(WriteBuf& message) override {
    const std::vector<std::byte> bytes = gather(message.parts());
    const auto decoded = decode(bytes, kReferenceRevision, Direction::kToClient);
    ASSERT_TRUE(decoded.ok());
    std::visit([this](const auto& m) { add(m); }, decoded->message);
  }

  std::vector<std::string> take() { return std::exchange(lines_, {}); }
  Uuid uuid;         // of the last broadcast
  std::string info;  // of the last reply

 private:
  static std::string text(NullString value) { return std::string(value.value_or("-")); }
  static std::string number(auto value) { return std::to_string(value); }
  void add(const Reply& m) {
    lines_.push_back("reply " + number(m.call_id) + " " + text(m.error) + " " +
                     std::string(m.data.text));
    info = text(m.info);
  }
  void add(const EventCreate& m) { lines_.push_back("create " + std::string(m.name)); }
  void add(const EventRemove&) { lines_.push_back("remove"); }
  void add(const EventSubscribe& m) { lines_.push_back("subscribe " + number(m.call_id)); }
  void add(const EventUnsubscribe& m) { lines_.push_back("unsubscribe " + number(m.call_id)); }
  void add(const EventPush& m) { lines_.push_back("push " + std::string(m.data.text)); }
  void add(const EventBroadcast& m) {
    uuid = m.uuid;
    lines_.push_back("broadcast " + std::string(m.name) + " " + std::string(m.data.text) + " " +
                     number(m.hop));
  }
  void add(const Description& m) { lines_.push_back(std::string(m.description.text)); }
  void add(const auto&) { lines_.emplace_back("other"); }

  std::vector<std::string> lines_;
};

struct FakeClient {
  explicit FakeClient(ClientId given) : id(given), session(kReferenceRevision, lines) {}
  ClientId id;
  Lines lines;
  ServerSession session;
};

class ReferenceAppTest : public testing::Test, public Clients {
 protected:
  using List = std::vector<std::string>;

  ServerSession* find(ClientId client) override {
    for (const auto& entry : clients_) {
      if (entry->id == client) return &entry->session;
    }
    return nullptr;
  }
  void for_each(const std::function<void(ServerSession&)>& visit) override {
    for (const auto& entry : clients_) visit(entry->session);
  }

  FakeClient& connect(bool negotiated = true) {
    clients_.push_back(std::make_unique<FakeClient>(ClientId{clients_.size() + 1}));
    FakeClient& client = *clients_.back();
    constexpr std::array kOne{std::byte{1}};
    VersionOffer offer;
    offer.versions = {kOne};
    if (negotiated) receive(client, offer);
    client.lines.take();
    return client;
  }

  void receive(FakeClient& client, const AnyMessage& message) {
    const auto bytes = encode_to_bytes(message, kReferenceRevision);
    const ServerEvent event = client.session.receive(*bytes);
    if (const auto* call = std::get_if<CallRequest>(&event)) api_->call(client.id, *call, now_);
    if (const auto* d = std::get_if<DescribeRequest>(&event)) api_->describe(client.id, *d);
  }

  // The lines that the call brings to the caller.
  List call(FakeClient& client, std::string_view verb, std::string_view args) {
    Call message;
    message.call_id = 7;
    message.verb = verb;
    message.args = {args};
    receive(client, message);
    return client.lines.take();
  }

  std::vector<std::unique_ptr<FakeClient>> clients_;
  std::unique_ptr<ReferenceApp> api_ = std::make_unique<ReferenceApp>(*this, true);
  ReferenceApp::TimePoint now_{};
};

TEST_F(ReferenceAppTest, EchoRepliesJsonVerbatimAndOtherTextAsAString) {
  FakeClient& client = connect();
  const auto echo = [&](std::string_view args) {
    const List lines = call(client, "echo", args);
    return lines.size() == 1 ? lines[0] : "";
  };
  EXPECT_EQ(echo("{\"b\": 1.0,\"a\":[ ]}"), "reply 7 - {\"b\": 1.0,\"a\":[ ]}");
  EXPECT_EQ(echo("123456789012345678901234567890"), "reply 7 - 123456789012345678901234567890");
  EXPECT_EQ(echo("hi \"you\""), "reply 7 - \"hi \\\"you\\\"\"");
  EXPECT_EQ(echo(""), "reply 7 - \"\"");
  EXPECT_EQ(echo("null null"), "reply 7 - \"null null\"");
  EXPECT_EQ(echo("\xff\xfe"), "reply 7 - \"\xEF\xBF\xBD\xEF\xBF\xBD\"");
  EXPECT_EQ(echo("\"\xff\""), "reply 7 - \"\\\"\xEF\xBF\xBD\\\"\"");
  EXPECT_EQ(echo(std::string_view("null\0x", 6)), "reply 7 - \"null\\u0000x\"");
}

TEST_F(ReferenceAppTest, EchoBoundsTheDepthAndTheSize) {
  FakeClient& client = connect();
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(call(client, "echo", nested(kMaxJsonDepth))[0], "reply 7 - " + nested(kMaxJsonDepth));
  EXPECT_EQ(call(client, "echo", nested(kMaxJsonDepth + 1))[0],
            "reply 7 - \"" + nested(kMaxJsonDepth + 1) + "\"");
  EXPECT_EQ(call(client, "echo", std::string(1'000'000, '['))[0].size(), 1'000'012u);
  EXPECT_EQ(call(client, "echo", std::string(1'000'000, '\x01'))[0], "reply 7 too-long null");
}

TEST_F(ReferenceAppTest, VerbsAreFoundWithoutRegardToCaseAndUnknownOnesNamed) {
  FakeClient& client = connect();
  EXPECT_EQ(call(client, "ECHO", "1"), List{"reply 7 - 1"});
  EXPECT_EQ(call(client, "echo2", "1"), List{"reply 7 unknown-verb null"});
  EXPECT_EQ(client.lines.info, "there is no verb \"echo2\"");
  EXPECT_EQ(call(client, "", "1"), List{"reply 7 unknown-verb null"});
  call(client, std::string(1000, 'v') + "\n", "1");
  EXPECT_LT(client.lines.info.size(), 100u);
  call(client, "\x1b[0m\xff", "1");
  for (const char c : client.lines.info) EXPECT_TRUE(c >= ' ' && c < 0x7f);
}

TEST_F(ReferenceAppTest, FailRepliesWhatItIsTold) {
  FakeClient& client = connect();
  EXPECT_EQ(call(client, "fail", R"({"error":"bad","info":"b\u0061d"})"), List{"reply 7 bad null"});
  EXPECT_EQ(client.lines.info, "bad");
  EXPECT_EQ(call(client, "fail", R"({"\u0065rror":"x"})"), List{"reply 7 x null"});
  EXPECT_EQ(client.lines.info, "-");
  for (const auto* args : {"null", "{}", "[]", "x", R"({"error":1})", R"({"error":"x","info":1})",
                           R"({"a":{"error":"x"}})", R"({"error":null})", R"({"error":"x")"}) {
    EXPECT_EQ(call(client, "fail", args), List{"reply 7 invalid-request null"}) << args;
    EXPECT_NE(client.lines.info.find("expected"), std::string::npos);
  }
}

TEST_F(ReferenceAppTest, DelayRepliesWhenTheTimeHasCome) {
  FakeClient& client = connect();
  EXPECT_EQ(call(client, "delay", R"({"ms":50,"data":[1, 2]})"), List{});
  EXPECT_EQ(call(client, "delay", R"({"ms":20})"), List{});
  EXPECT_EQ(call(client, "echo", "1"), List{"reply 7 - 1"});
  EXPECT_EQ(api_->next_expiry(), now_ + 20ms);
  api_->expire(now_ + 19ms);
  EXPECT_EQ(client.lines.take(), List{});
  api_->expire(now_ + 20ms);
  EXPECT_EQ(client.lines.take(), List{"reply 7 - null"});
  api_->expire(now_ + 1s);
  EXPECT_EQ(client.lines.take(), List{"reply 7 - [1, 2]"});
  EXPECT_EQ(api_->next_expiry(), std::nullopt);
  for (const auto* args : {"null", R"({"ms":-1})", R"({"ms":1.5})", R"({"ms":60001})",
                           R"({"ms":99999999999999999999})", R"({"ms":"1"})"}) {
    EXPECT_EQ(call(client, "delay", args), List{"reply 7 invalid-request null"}) << args;
  }
}

TEST_F(ReferenceAppTest, DelaysAreBoundedAndGoWithTheirClient) {
  ReferenceAppLimits limits;
  limits.max_delays = 4;
  limits.max_delays_per_client = 3;
  limits.max_delay_data_size_per_client = 30;
  api_ = std::make_unique<ReferenceApp>(*this, true, limits);
  FakeClient& a = connect();
  FakeClient& b = connect();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(call(a, "delay", R"({"ms":1})"), List{});
  EXPECT_EQ(call(a, "delay", R"({"ms":1})"), List{"reply 7 busy null"});
  EXPECT_EQ(call(b, "delay", R"({"ms":1,"data":"012345678901234567890123456789"})"),
            List{"reply 7 busy null"});
  EXPECT_EQ(call(b, "delay", R"({"ms":1})"), List{});
  EXPECT_EQ(call(b, "delay", R"({"ms":1})"), List{"reply 7 busy null"});
  api_->forget(a.id);
  EXPECT_EQ(api_->delay_count(), 1u);
  api_->expire(now_ + 1s);
  EXPECT_EQ(a.lines.take(), List{});
  EXPECT_EQ(b.lines.take(), List{"reply 7 - null"});
  EXPECT_EQ(call(a, "delay", R"({"ms":1})"), List{});
}

TEST_F(ReferenceAppTest, WhoamiTellsSessionTokenAndCredentials) {
  FakeClient& client = connect();
  EXPECT_EQ(call(client, "whoami", "null"),
            List{R"(reply 7 - {"session":null,"token":null,"creds":null})"});
  receive(client, SessionCreate{.session_id = 3, .name = "s\"1"});
  receive(client, TokenCreate{.token_id = 4, .token = "t\xff"});
  receive(client, Call{.call_id = 8,
                       .verb = "whoami",
                       .session_id = 3,
                       .token_id = 4,
                       .args = {},
                       .credentials = "0:0:1-x"});
  EXPECT_EQ(
      client.lines.take(),
      List{"reply 8 - {\"session\":\"s\\\"1\",\"token\":\"t\xEF\xBF\xBD\",\"creds\":\"0:0:1-x\"}"});
}

TEST_F(ReferenceAppTest, EventsReachTheirSubscribersOnAllConnections) {
  FakeClient& a = connect();
  FakeClient& b = connect();
  constexpr std::string_view kEvent = R"({"event":"e"})";
  EXPECT_EQ(call(a, "emit", kEvent), List{"reply 7 - 0"});
  EXPECT_EQ(call(a, "subscribe", kEvent), (List{"create e", "subscribe 7", "reply 7 - null"}));
  EXPECT_EQ(call(a, "subscribe", kEvent), (List{"subscribe 7", "reply 7 - null"}));
  EXPECT_EQ(call(b, "emit", R"({"event":"e","data":{"x": 1e400}})"),
            List{"reply 7 invalid-request null"});
  EXPECT_EQ(call(b, "emit", R"({"event":"e","data":{"x": 1.50}})"), List{"reply 7 - 1"});
  EXPECT_EQ(a.lines.take(), List{"push {\"x\": 1.50}"});
  call(b, "subscribe", kEvent);
  EXPECT_EQ(call(b, "emit", kEvent), (List{"push null", "reply 7 - 2"}));
  a.lines.take();
  EXPECT_EQ(call(a, "unsubscribe", kEvent), (List{"unsubscribe 7", "reply 7 - null"}));
  EXPECT_EQ(call(a, "unsubscribe", kEvent), List{"reply 7 not-subscribed null"});
  EXPECT_EQ(call(a, "emit", kEvent), List{"reply 7 - 1"});
  EXPECT_EQ(b.lines.take(), List{"push null"});
  EXPECT_EQ(call(a, "remove", kEvent), (List{"remove", "reply 7 - null"}));
  EXPECT_EQ(b.lines.take(), List{"remove"});
  EXPECT_EQ(call(a, "remove", kEvent), List{"reply 7 unknown-event null"});
}

TEST_F(ReferenceAppTest, MuteNeverReplies) {
  FakeClient& client = connect();
  EXPECT_EQ(call(client, "mute", "null"), List{});
  EXPECT_EQ(api_->next_expiry(), std::nullopt);
  EXPECT_EQ(call(client, "echo", "1"), List{"reply 7 - 1"});
}

TEST_F(ReferenceAppTest, EventNamesAndTheirNumberAreBounded) {
  ReferenceAppLimits limits;
  limits.max_events = 2;
  api_ = std::make_unique<ReferenceApp>(*this, true, limits);
  FakeClient& client = connect();
  const auto subscribe = [&](const std::string& event) {
    return call(client, "subscribe", "{\"event\":\"" + event + "\"}").back();
  };
  EXPECT_EQ(subscribe(""), "reply 7 invalid-request null");
  EXPECT_EQ(subscribe(std::string(kMaxEventNameSize + 1, 'e')), "reply 7 invalid-request null");
  EXPECT_EQ(subscribe(std::string(kMaxEventNameSize, 'e')), "reply 7 - null");
  EXPECT_EQ(subscribe("f"), "reply 7 - null");
  EXPECT_EQ(subscribe("g"), "reply 7 busy null");
  EXPECT_EQ(subscribe("f"), "reply 7 - null");
  for (const auto* verb : {"subscribe", "unsubscribe", "emit", "broadcast", "remove"}) {
    EXPECT_EQ(call(client, verb, "null"), List{"reply 7 invalid-request null"}) << verb;
  }
}

TEST_F(ReferenceAppTest, BroadcastReachesEveryConnection) {
  FakeClient& a = connect();
  FakeClient& b = connect();
  FakeClient& fresh = connect(false);
  constexpr std::string_view kArgs = R"({"event":"e","data":[1 ]})";
  EXPECT_EQ(call(a, "broadcast", kArgs), (List{"broadcast e [1 ] 9", "reply 7 - null"}));
  EXPECT_EQ(b.lines.take(), List{"broadcast e [1 ] 9"});
  EXPECT_EQ(fresh.lines.take(), List{});
  EXPECT_EQ(a.lines.uuid, b.lines.uuid);
  const Uuid first = a.lines.uuid;
  EXPECT_EQ(first.bytes[6] >> 4, std::byte{0x4});
  EXPECT_EQ(first.bytes[8] >> 6, std::byte{0x2});
  call(a, "broadcast", kArgs);
  EXPECT_NE(a.lines.uuid, first);
}

TEST_F(ReferenceAppTest, DescribesItsVerbs) {
  FakeClient& client = connect();
  receive(client, Describe{.description_id = 1});
  const List lines = client.lines.take();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_TRUE(is_json(lines[0])) << lines[0];
  for (const auto* verb : {"echo", "fail", "delay", "whoami", "subscribe", "unsubscribe", "emit",
                           "broadcast", "remove"}) {
    EXPECT_NE(lines[0].find("\"/" + std::string(verb) + "\""), std::string::npos) << verb;
  }
}

TEST_F(ReferenceAppTest, WithoutVerbsThereIsNothing) {
  api_ = std::make_unique<ReferenceApp>(*this, false);
  FakeClient& client = connect();
  EXPECT_EQ(call(client, "echo", "1"), List{"reply 7 unknown-verb null"});
  receive(client, Describe{.description_id = 1});
  EXPECT_EQ(client.lines.take(), List{"null"});
}

}  // namespace
}  // namespace wsapi
