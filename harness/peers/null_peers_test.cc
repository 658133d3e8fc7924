// SPDX-License-Identifier: Apache-2.0

#include "harness/peers/null_peers.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/peers/peer_thread.h"
#include "harness/peers/server_test_client.h"

namespace wsapi {
namespace {

class NullPeerTest : public testing::TestWithParam<const char*> {
 protected:
  void start(NullPeerKind kind, Revision revision = kReferenceRevision) {
    const std::string text = GetParam();
    const auto address = std::get<Address>(parse_address(
        text == "tcp" ? "tcp:127.0.0.1:0/api" : fmt::format("unix:@null-peer-{}", ::getpid())));
    thread_ = std::make_unique<PeerThread>([&](asio::io_context& io) {
      return std::make_unique<NullPeer>(io, address, kind, revision);
    });
    ASSERT_EQ(thread_->error(), "");
  }
  TestClient connect() { return TestClient(thread_->local_address()); }

  std::unique_ptr<PeerThread> thread_;
};

TEST(NullPeerKindTest, NamesAreReadBack) {
  for (const NullPeerKind kind : kNullPeerKinds) EXPECT_EQ(parse_null_peer_kind(name(kind)), kind);
  EXPECT_EQ(name(NullPeerKind::kYes), "yes");
  EXPECT_EQ(parse_null_peer_kind("YES"), std::nullopt);
  EXPECT_EQ(parse_null_peer_kind(""), std::nullopt);
}

TEST_P(NullPeerTest, CloseClosesAtOnce) {
  start(NullPeerKind::kClose);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(connect().receive(1), "");
}

TEST_P(NullPeerTest, SilentTakesAllAndAnswersNothing) {
  start(NullPeerKind::kSilent);
  TestClient client = connect();
  EXPECT_TRUE(client.send_raw(std::vector<std::byte>(5'000'000, std::byte{0x82})));
  client.end_sending();
  EXPECT_EQ(client.receive(1), "");
}

TEST_P(NullPeerTest, EchoSendsEveryByteBack) {
  start(NullPeerKind::kEcho);
  TestClient client = connect();
  client.send("82 07 56 09144c17 01 01 ff 00");
  EXPECT_EQ(client.receive(11), "82075609144c170101ff00");
  client.end_sending();
  EXPECT_EQ(client.receive(1), "");
}

TEST_P(NullPeerTest, YesSaysYesToEverything) {
  start(NullPeerKind::kYes);
  TestClient client = connect();
  for (const auto* offer : {"56 09144c17 01 01", "56 00000000 00", "56"}) {
    client.send_message(offer);
    EXPECT_EQ(client.receive_frame(), "7601");
  }
  client.send_message(hex_call("0100", "nope", "1"));
  EXPECT_EQ(client.receive_frame(), hex_reply("0100", "null"));
  client.send_message("4b 0200 00");
  EXPECT_EQ(client.receive_frame(), hex_reply("0200", "null"));
  client.send_message("44 0300");
  EXPECT_EQ(client.receive_frame(), "6403000000" + hex_string("null"));
  client.send_message("7a");
  client.send("89 01 05");
  EXPECT_EQ(client.receive_frame("8a"), "05");
  client.send("88 02 03e8");
  EXPECT_EQ(client.receive(3), "8800");
}

TEST_P(NullPeerTest, YesKnowsTheRevisions) {
  start(NullPeerKind::kYes, Revision::kLegacy);
  TestClient client = connect();
  client.send_message("43 01000000");
  EXPECT_EQ(client.receive_frame(), "59010000000000000000000000" + hex_string("null"));
  thread_->stop();
  start(NullPeerKind::kYes, Revision::k2020_03);
  TestClient other = connect();
  other.send_message("44 0300");
  EXPECT_EQ(other.receive_frame(), "640300" + hex_string("null"));
}

constexpr const char* kOffer = "56 09144c17 01 01";

TEST_P(NullPeerTest, FramesAnswersNoMessage) {
  start(NullPeerKind::kFrames);
  TestClient client = connect();
  client.send_message(kOffer);
  client.send("89 01 05");
  EXPECT_EQ(client.receive_frame("8a"), "05");
  client.send("88 00");
  EXPECT_EQ(client.receive(3), "8800");
}

TEST_P(NullPeerTest, NegotiatesIsThenSilent) {
  start(NullPeerKind::kNegotiates);
  TestClient client = connect();
  client.negotiate();
  client.send_message(hex_call("0100", "nope", "1"));
  client.send_message("44 0200");
  client.send("89 00");
  EXPECT_EQ(client.receive(2), "8a00");
}

TEST_P(NullPeerTest, RefusesAnswersAnErrorToTheIdOfEveryCall) {
  start(NullPeerKind::kRefuses);
  TestClient client = connect();
  client.negotiate();
  client.send_message("4b 0700 00");
  EXPECT_EQ(client.receive_frame(),
            "6b0700" + hex_string("refused") + "00000000" + hex_string("null"));
  client.send_message("44 0200");
  client.send("89 00");
  EXPECT_EQ(client.receive(2), "8a00");
}

TEST_P(NullPeerTest, RepeatsItsFirstReplyForEverMore) {
  start(NullPeerKind::kRepeats);
  TestClient client = connect();
  client.negotiate();
  client.send_message(hex_call("0100", "nope", "1"));
  const std::string reply = client.receive_frame();
  EXPECT_EQ(reply.substr(0, 6), "6b0100");
  client.send_message("44 0200");
  EXPECT_EQ(client.receive_frame(), reply);
}

TEST_P(NullPeerTest, NoiseIsAnotherOnEachConnectionAndTheSameInEachRun) {
  const auto first_two = [this] {
    start(NullPeerKind::kNoise);
    std::vector<std::string> heard;
    for (int i = 0; i < 2; ++i) {
      TestClient client = connect();
      client.send("82");
      heard.push_back(client.receive(1));
    }
    thread_->stop();
    return heard;
  };
  const auto heard = first_two();
  EXPECT_NE(heard[0], heard[1]);
  EXPECT_EQ(heard, first_two());
}

TEST_P(NullPeerTest, OthersSpeakTheirOwnProtocol) {
  struct Expected {
    NullPeerKind kind;
    std::string_view begin;
  };
  for (const Expected& expected :
       {Expected{NullPeerKind::kHttp, "HTTP/1.1 400 "}, Expected{NullPeerKind::kTls, "\x15\x03"},
        Expected{NullPeerKind::kSsh, "SSH-2.0-"}, Expected{NullPeerKind::kText, "220 "}}) {
    start(expected.kind);
    TestClient client = connect();
    client.send("82");
    EXPECT_EQ(client.receive(expected.begin.size()),
              to_hex(std::as_bytes(std::span(expected.begin))));
    thread_->stop();
  }
}

TEST_P(NullPeerTest, UpgradeIsAskedForWhereAGetCame) {
  start(NullPeerKind::kUpgrade);
  TestClient other = connect();
  other.send("82 00");
  EXPECT_EQ(other.receive(1), "");
  TestClient client = connect();
  client.send(to_hex(std::as_bytes(std::span(std::string_view("GET / HTTP/1.1\r\n\r\n")))));
  EXPECT_EQ(client.receive(12), to_hex(std::as_bytes(std::span(std::string_view("HTTP/1.1 426")))));
}

TEST_P(NullPeerTest, StopsWithOpenConnections) {
  for (const NullPeerKind kind : kNullPeerKinds) {
    if (kind == NullPeerKind::kCrash) continue;
    start(kind);
    TestClient client = connect();
    if (kind != NullPeerKind::kClose) client.send("82");
    thread_->stop();
    // Nothing was accepted yet, or it was: the connection ends either way.
    const std::string rest = client.receive(2);
    EXPECT_NE(rest, "timeout") << name(kind);
  }
}

INSTANTIATE_TEST_SUITE_P(Transports, NullPeerTest, testing::Values("tcp", "unix"),
                         [](const auto& place) { return std::string(place.param); });

}  // namespace
}  // namespace wsapi
