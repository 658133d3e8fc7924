// SPDX-License-Identifier: Apache-2.0

// The reference server over real sockets; what goes over the wire is written here in hexadecimal.

#include "harness/peers/reference_server.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "harness/peers/peer_thread.h"
#include "harness/peers/server_test_client.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;

class ReferenceServerTest : public testing::TestWithParam<const char*> {
 protected:
  // On port 0, or on an abstract name that no other process uses.
  static Address address() {
    const std::string text = GetParam();
    return std::get<Address>(
        parse_address(text == "tcp" ? "tcp:127.0.0.1:0/api"
                                    : fmt::format("unix:@reference-server-{}", ::getpid())));
  }

  void start(const ReferenceServerOptions& options = {}) {
    thread_ = std::make_unique<PeerThread>([&](asio::io_context& io) {
      auto server = std::make_unique<ReferenceServer>(io, address(), options);
      server_ = server.get();
      return server;
    });
    ASSERT_EQ(thread_->error(), "");
  }

  TestClient connect() { return TestClient(thread_->local_address()); }
  TestClient negotiated() {
    TestClient client = connect();
    client.negotiate();
    return client;
  }

  // That the server serves a fresh connection.
  void expect_alive() {
    TestClient client = negotiated();
    client.send_message(hex_call("0900", "echo", "9"));
    EXPECT_EQ(client.receive_frame(), hex_reply("0900", "9"));
  }

  // Waits until the condition holds, for a second at most.
  template <typename Condition>
  static bool eventually(Condition&& condition) {
    for (int i = 0; i < 1000 && !condition(); ++i) std::this_thread::sleep_for(1ms);
    return condition();
  }

  std::unique_ptr<PeerThread> thread_;
  ReferenceServer* server_ = nullptr;
};

TEST_P(ReferenceServerTest, Negotiates) {
  start();
  TestClient client = connect();
  client.send("82 09 56 09144c17 03 02 01 07");
  EXPECT_EQ(client.receive(4), "82027601");
}

TEST_P(ReferenceServerTest, HangsUpOnABadOffer) {
  start();
  for (const auto* offer : {"56 09144c18 01 01", "56 09144c17 00", "56 09144c17 02 01",
                            "56 09144c17 01 02", "56 0914", "56"}) {
    TestClient client = connect();
    client.send_message(offer);
    EXPECT_EQ(client.receive(1), "") << offer;
  }
  EXPECT_EQ(server_->counters().hang_ups, 6u);
  expect_alive();
}

TEST_P(ReferenceServerTest, AnswersCalls) {
  start();
  TestClient client = negotiated();
  client.send_message("4b 0100 05000000 4563486f00 0000 0000 05000000 6e756c6c00 00000000");
  EXPECT_EQ(client.receive_frame(), "6b01000000000000000000050000006e756c6c00");
  client.send_message(hex_call("0200", "nope", "1"));
  EXPECT_EQ(client.receive_frame(), "6b0200" + hex_string("unknown-verb") +
                                        hex_string("there is no verb \"nope\"") +
                                        hex_string("null"));
  // Masked, and in fragments with a ping between them.
  client.send("02 81 01020304 4a");
  client.send("89 01 55 80 1a 0300 05000000 6563686f00 0000 0000 03000000 313200 00000000");
  EXPECT_EQ(client.receive_frame("8a"), "55");
  EXPECT_EQ(client.receive_frame(), hex_reply("0300", "12"));
}

TEST_P(ReferenceServerTest, ServesOtherRequestsDuringADelay) {
  start();
  TestClient client = negotiated();
  client.send_message(hex_call("0100", "delay", "{\"ms\":40,\"data\":1}"));
  client.send_message(hex_call("0200", "delay", "{\"ms\":10,\"data\":2}"));
  client.send_message(hex_call("0300", "echo", "3"));
  EXPECT_EQ(client.receive_frame(), hex_reply("0300", "3"));
  EXPECT_EQ(client.receive_frame(), hex_reply("0200", "2"));
  EXPECT_EQ(client.receive_frame(), hex_reply("0100", "1"));
}

TEST_P(ReferenceServerTest, DescribesInEachRevision) {
  struct Example {
    Revision revision;
    const char* describe;
    const char* description;
  };
  for (const Example& example :
       {Example{Revision::kLegacy, "44 02000000", "6402000000050000006e756c6c00"},
        Example{Revision::k2020_01, "44 0200", "6402000000050000006e756c6c00"},
        Example{Revision::k2020_03, "44 0200", "640200050000006e756c6c00"}}) {
    ReferenceServerOptions options;
    options.revision = example.revision;
    options.test_api = false;
    start(options);
    TestClient client = connect();
    client.send_message(example.describe);
    EXPECT_EQ(client.receive_frame(), example.description);
    thread_->stop();
  }
}

TEST_P(ReferenceServerTest, SpeaksTheLegacyRevision) {
  ReferenceServerOptions options;
  options.revision = Revision::kLegacy;
  start(options);
  TestClient client = connect();
  client.send_message("43 01000000" + hex_string("echo") + hex_string("uuid") + hex_string("1") +
                      "00000000");
  EXPECT_EQ(client.receive_frame(), "59010000000000000000000000" + hex_string("1"));
}

TEST_P(ReferenceServerTest, AnswersPingsWithTheirPayload) {
  start();
  TestClient client = connect();
  client.send("89 00 89 04 01020304 8a 01 07 82 00");
  EXPECT_EQ(client.receive(8), "8a008a0401020304");
  client.negotiate();
}

TEST_P(ReferenceServerTest, AnswersACloseWithItsCode) {
  start();
  for (const auto* code : {"88 02 03e8", "88 02 0fa0", "88 00"}) {
    TestClient client = negotiated();
    client.send_message(hex_call("0100", "echo", "1"));
    client.send(code);
    EXPECT_EQ(client.receive_frame(), hex_reply("0100", "1"));
    const auto expected = to_hex(from_hex(code).value());
    EXPECT_EQ(client.receive(expected.size() / 2 + 1), expected);
  }
}

TEST_P(ReferenceServerTest, ClosesOnViolationsWithTheirCode) {
  start();
  struct Example {
    const char* bytes;
    const char* close;
  };
  for (const Example& example :
       {Example{"c2 00", "880203ea"}, Example{"83 00", "880203ea"}, Example{"80 00", "880203ea"},
        Example{"88 01 00", "880203ea"}, Example{"89 7e 0080", "880203ea"},
        Example{"81 01 61", "880203eb"}, Example{"82 7f 0000000000200000", "880203f1"}}) {
    TestClient client = negotiated();
    client.send(example.bytes);
    // What is in flight after it must not make a reset of the close.
    client.send_raw(std::vector<std::byte>(500'000, std::byte{0x55}));
    EXPECT_EQ(client.receive(5), example.close) << example.bytes;
  }
  EXPECT_EQ(server_->counters().violations, 7u);
  expect_alive();
}

TEST_P(ReferenceServerTest, FlushesToAPeerThatHasEndedItsSending) {
  start();
  TestClient client = connect();
  client.send("82 07 56 09144c17 01 01");
  client.send_message(hex_call("0100", "echo", "1"));
  client.send_message(hex_call("0200", "delay", "{\"ms\":60000}"));
  client.end_sending();
  EXPECT_EQ(client.receive(4), "82027601");
  EXPECT_EQ(client.receive_frame(), hex_reply("0100", "1"));
  EXPECT_EQ(client.receive(1), "");
  EXPECT_TRUE(eventually([&] { return server_->counters().open_connections == 0; }));
}

TEST_P(ReferenceServerTest, EventsAndBroadcastsGoFromClientToClient) {
  start();
  TestClient a = negotiated();
  TestClient b = negotiated();
  a.send_message(hex_call("0500", "subscribe", "{\"event\":\"e\"}"));
  EXPECT_EQ(a.receive_frame(), "450100" + hex_string("e"));
  EXPECT_EQ(a.receive_frame(), "5805000100");
  EXPECT_EQ(a.receive_frame(), hex_reply("0500", "null"));
  b.send_message(hex_call("0600", "emit", "{\"event\":\"e\",\"data\":true}"));
  EXPECT_EQ(b.receive_frame(), hex_reply("0600", "1"));
  EXPECT_EQ(a.receive_frame(), "500100" + hex_string("true"));
  b.send_message(hex_call("0700", "broadcast", "{\"event\":\"all\"}"));
  const std::string broadcast = b.receive_frame();
  EXPECT_EQ(b.receive_frame(), hex_reply("0700", "null"));
  EXPECT_EQ(a.receive_frame(), broadcast);
  const std::string start_of_it = "42" + hex_string("all") + hex_string("null");
  EXPECT_EQ(broadcast.substr(0, start_of_it.size()), start_of_it);
  EXPECT_EQ(broadcast.size(), start_of_it.size() + 34);
  EXPECT_EQ(broadcast.substr(broadcast.size() - 2), "09");
  // EVENT UNEXPECTED is answered by EVENT REMOVE, and the event is pushed no more.
  a.send_message("55 0100");
  EXPECT_EQ(a.receive_frame(), "650100");
  b.send_message(hex_call("0800", "emit", "{\"event\":\"e\"}"));
  EXPECT_EQ(b.receive_frame(), hex_reply("0800", "0"));
}

TEST_P(ReferenceServerTest, HalfAFrameStallsNobodyElse) {
  start();
  TestClient half = negotiated();
  half.send("82 7e 00ff 4b");
  expect_alive();
  TestClient header = connect();
  header.send("82");
  expect_alive();
}

TEST_P(ReferenceServerTest, ASlowReaderIsCutWhileOthersAreServed) {
  ReferenceServerOptions options;
  options.max_output_size = 512U << 10U;
  start(options);
  TestClient slow = negotiated();
  slow.send_message(hex_call("0100", "subscribe", "{\"event\":\"e\"}"));
  for (int i = 0; i < 3; ++i) slow.receive_frame();
  TestClient other = negotiated();
  const std::string args = "{\"event\":\"e\",\"data\":\"" + std::string(60'000, 'x') + "\"}";
  const std::vector<std::byte> emit = TestClient::frame_of(hex_call("0200", "emit", args));
  // The sockets take some megabytes before the server's own queue begins to grow.
  for (int i = 0; i < 1000 && server_->counters().cut == 0; ++i) {
    ASSERT_TRUE(other.send_raw(emit));
    ASSERT_EQ(other.receive_frame().substr(0, 6), "6b0200");
  }
  EXPECT_EQ(server_->counters().cut, 1u);
  EXPECT_TRUE(eventually([&] { return server_->counters().open_connections == 1; }));
  other.send_message(hex_call("0300", "emit", "{\"event\":\"e\"}"));
  EXPECT_EQ(other.receive_frame(), hex_reply("0300", "0"));
}

TEST_P(ReferenceServerTest, AClientThatReadsLateGetsAllAnswers) {
  ReferenceServerOptions options;
  options.max_output_size = 64U << 10U;
  start(options);
  TestClient client = negotiated();
  constexpr int kCount = 500;
  const std::string args = "\"" + std::string(10'000, 'x') + "\"";
  std::jthread sender([&] {
    const std::vector<std::byte> call = TestClient::frame_of(hex_call("0100", "echo", args));
    for (int i = 0; i < kCount; ++i) EXPECT_TRUE(client.send_raw(call));
  });
  std::this_thread::sleep_for(50ms);
  expect_alive();
  const std::string reply = hex_reply("0100", args);
  for (int i = 0; i < kCount; ++i) ASSERT_EQ(client.receive_frame(), reply);
  EXPECT_EQ(server_->counters().cut, 0u);
}

TEST_P(ReferenceServerTest, ABatchIsAnsweredInItsOrder) {
  start();
  TestClient client = negotiated();
  client.send_message("44 0500");
  const std::string description = client.receive_frame();
  const std::string described = "827e" + fmt::format("{:04x}", description.size() / 2);
  ASSERT_GT(description.size() / 2, 125u);
  // More than one write takes, and more than the sockets hold.
  const std::string args = "\"" + std::string(2000, 'x') + "\"";
  const std::string call = to_hex(TestClient::frame_of(hex_call("0100", "echo", args)));
  const std::string reply = to_hex(TestClient::frame_of(hex_reply("0100", args)));
  std::string batch;
  std::string expected;
  for (int i = 0; i < 400; ++i) {
    batch += call + "82 03 44 0500" + fmt::format("89 02 {:04x}", i);
    expected += reply + described + description + fmt::format("8a02{:04x}", i);
  }
  const std::jthread sender([&] { client.send(batch); });
  std::this_thread::sleep_for(50ms);
  expect_alive();
  EXPECT_TRUE(client.receive(expected.size() / 2) == expected);
  EXPECT_EQ(server_->counters().messages, 2 + 800 + 2u);
}

TEST_P(ReferenceServerTest, APeerThatNeverReadsIsReadNoFurther) {
  ReferenceServerOptions options;
  options.max_output_size = 64U << 10U;
  start(options);
  TestClient client = negotiated();
  const std::string args = "\"" + std::string(10'000, 'x') + "\"";
  const std::vector<std::byte> call = TestClient::frame_of(hex_call("0100", "echo", args));
  constexpr std::size_t kFarTooMuch = 64U << 20U;  // bytes; the sockets take some megabytes
  std::size_t taken = 0;
  for (int pause_count = 0; pause_count < 20 && taken < kFarTooMuch;) {
    const auto rest = std::span(call).subspan(taken % call.size());
    const ssize_t size = ::send(client.fd(), rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    taken += size > 0 ? static_cast<std::size_t>(size) : 0;
    pause_count = size > 0 ? 0 : pause_count + 1;
    if (size <= 0) std::this_thread::sleep_for(5ms);
  }
  EXPECT_LT(taken, kFarTooMuch);
  EXPECT_EQ(server_->counters().cut, 0u);
  EXPECT_EQ(server_->counters().open_connections, 1u);
  expect_alive();
}

TEST_P(ReferenceServerTest, ServesManyConnections) {
  start();
  std::vector<TestClient> clients;
  for (int i = 0; i < 200; ++i) clients.push_back(connect());
  for (TestClient& client : clients) client.negotiate();
  for (TestClient& client : clients) client.send_message(hex_call("0100", "echo", "1"));
  for (TestClient& client : clients) EXPECT_EQ(client.receive_frame(), hex_reply("0100", "1"));
  const ReferenceServerCounters counters = server_->counters();
  EXPECT_EQ(counters.connections, 200u);
  EXPECT_EQ(counters.messages, 400u);
  clients.clear();
  EXPECT_TRUE(eventually([&] { return server_->counters().open_connections == 0; }));
}

TEST_P(ReferenceServerTest, RefusesOneConnectionTooMany) {
  ReferenceServerOptions options;
  options.max_connections = 1;
  start(options);
  {
    TestClient first = negotiated();
    EXPECT_EQ(connect().receive(1), "");
    EXPECT_EQ(server_->counters().refused, 1u);
  }
  EXPECT_TRUE(eventually([&] { return server_->counters().open_connections == 0; }));
  expect_alive();
}

TEST_P(ReferenceServerTest, StopsWithOpenConnections) {
  start();
  TestClient idle = negotiated();
  TestClient half = negotiated();
  half.send("82 7e 00ff 4b");
  TestClient waiting = negotiated();
  waiting.send_message(hex_call("0100", "delay", "{\"ms\":60000}"));
  waiting.send_message(hex_call("0200", "echo", "1"));
  EXPECT_EQ(waiting.receive_frame(), hex_reply("0200", "1"));
  TestClient closing = negotiated();
  closing.send("88 00");
  EXPECT_EQ(closing.receive(3), "8800");
  thread_->stop();
  for (TestClient* client : {&idle, &half, &waiting, &closing}) EXPECT_EQ(client->receive(1), "");
  EXPECT_EQ(server_->counters().open_connections, 0u);
  thread_->stop();
}

TEST_P(ReferenceServerTest, MayGoWhileItsCoroutinesAreUnderWay) {
  asio::io_context io(1);
  auto server = std::make_unique<ReferenceServer>(io, address());
  ASSERT_EQ(server->start(), "");
  TestClient client(server->local_address());
  client.send("82 07 56 09144c17 01 01");
  client.send_message(hex_call("0100", "delay", "{\"ms\":60000}"));
  io.run_for(20ms);
  EXPECT_EQ(client.receive(4), "82027601");
  server.reset();
}

TEST_P(ReferenceServerTest, SaysWhyItDoesNotListen) {
  start();
  PeerThread second([&](asio::io_context& io) {
    return std::make_unique<ReferenceServer>(io, thread_->local_address());
  });
  EXPECT_NE(second.error(), "");
}

INSTANTIATE_TEST_SUITE_P(Transports, ReferenceServerTest, testing::Values("tcp", "unix"),
                         [](const auto& place) { return std::string(place.param); });

}  // namespace
}  // namespace wsapi
