// SPDX-License-Identifier: Apache-2.0

#include "harness/peers/accept_loop.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>

#include "harness/peers/blocking_client.h"

namespace wsapi {
namespace {

Address test_address(const char* end) {
  return std::get<Address>(parse_address(fmt::format("unix:@accept-loop-{}-{}", ::getpid(), end)));
}

TEST(AcceptLoopTest, HandsOutEachConnectionAndEndsWhenStopped) {
  asio::io_context io(1);
  AcceptLoop loop(io.get_executor(), test_address("each"));
  std::vector<Stream> streams;
  ASSERT_EQ(loop.start([&](Stream stream) {
    EXPECT_TRUE(stream.is_open());
    streams.push_back(std::move(stream));
    if (streams.size() == 2) loop.stop();
  }),
            "");
  const BlockingClient first(loop.local_address());
  const BlockingClient second(loop.local_address());
  ASSERT_EQ(second.connect_error(), 0);
  io.run();  // until nothing is left to wait for
  EXPECT_EQ(streams.size(), 2U);
  const BlockingClient third(loop.local_address());
  EXPECT_NE(third.connect_error(), 0);
}

TEST(AcceptLoopTest, SaysWhyItCannotListen) {
  asio::io_context io(1);
  AcceptLoop first(io.get_executor(), test_address("taken"));
  AcceptLoop second(io.get_executor(), test_address("taken"));
  EXPECT_EQ(first.start([](Stream) {}), "");
  EXPECT_NE(second.start([](Stream) {}), "");
}

TEST(AcceptLoopTest, SaysThePortThatWasBound) {
  asio::io_context io(1);
  AcceptLoop loop(io.get_executor(), std::get<Address>(parse_address("tcp:127.0.0.1:0/api")));
  ASSERT_EQ(loop.start([](Stream) {}), "");
  EXPECT_NE(std::get<TcpPlace>(loop.local_address().place).port, 0);
}

TEST(AcceptLoopTest, LetsGoOfItsFunctionWithTheEventLoop) {
  const auto held = std::make_shared<int>(0);
  {
    std::optional<asio::io_context> io(std::in_place, 1);
    AcceptLoop loop(io->get_executor(), test_address("held"));
    ASSERT_EQ(loop.start([held](Stream) {}), "");
    io->poll();
    EXPECT_GT(held.use_count(), 1);
    loop.stop();
    io->restart();
    io->run();
  }
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace wsapi
