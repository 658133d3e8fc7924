// SPDX-License-Identifier: Apache-2.0

#include "harness/peers/blocking_client.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "codec/hex.h"
#include "harness/peers/null_peers.h"
#include "harness/peers/peer_thread.h"

namespace wsapi {
namespace {

Address address_of(const std::string& text) { return std::get<Address>(parse_address(text)); }

std::string unix_name(const char* end) {
  return fmt::format("unix:@blocking-client-{}-{}", ::getpid(), end);
}

PeerThread::MakePeer null_peer(const std::string& address, NullPeerKind kind) {
  return [=](asio::io_context& io) {
    return std::make_unique<NullPeer>(io, address_of(address), kind);
  };
}

TEST(BlockingClientTest, SendsAndReceivesOverUnixAndTcp) {
  for (const std::string& address : {unix_name("echo"), std::string("tcp:127.0.0.1:0/api")}) {
    const PeerThread server(null_peer(address, NullPeerKind::kEcho));
    ASSERT_EQ(server.error(), "");
    const BlockingClient client(server.local_address());
    ASSERT_EQ(client.connect_error(), 0);
    const auto sent = from_hex("0102030405").value();
    EXPECT_TRUE(client.send(sent));
    std::vector<std::byte> got(5);
    const auto received = client.receive(got);
    EXPECT_EQ(received.size, 5U);
    EXPECT_EQ(received.end, BlockingClient::End::kNone);
    EXPECT_EQ(got, sent);
    EXPECT_TRUE(client.send(sent));
    client.end_sending();
    got.assign(8, {});
    const auto rest = client.receive(got);
    EXPECT_EQ(rest.size, 5U);
    EXPECT_EQ(rest.end, BlockingClient::End::kEnd);
  }
}

TEST(BlockingClientTest, NobodyThere) {
  const BlockingClient client(address_of(unix_name("nobody")));
  EXPECT_EQ(client.connect_error(), ECONNREFUSED);
  std::vector<std::byte> byte(1);
  EXPECT_FALSE(client.send(byte));
  EXPECT_EQ(client.receive(byte).size, 0U);
}

TEST(BlockingClientTest, AServerThatClosesAtOnce) {
  const PeerThread server(null_peer(unix_name("close"), NullPeerKind::kClose));
  ASSERT_EQ(server.error(), "");
  const BlockingClient client(server.local_address());
  std::vector<std::byte> byte(1);
  EXPECT_EQ(client.receive(byte).end, BlockingClient::End::kEnd);
}

}  // namespace
}  // namespace wsapi
