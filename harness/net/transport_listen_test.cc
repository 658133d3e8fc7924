// SPDX-License-Identifier: Apache-2.0

// Listening and connecting at the edges: socket files, padded names, full backlogs, lack of
// descriptors, cancellation.

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "harness/net/transport.h"
#include "harness/net/transport_internal.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;
using Task = asio::awaitable<void>;

constexpr auto kLong = 20s;
constexpr auto kShort = 50ms;

Task sleep_for(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(asio::use_awaitable);
}

class Listen : public ::testing::Test {
 protected:
  Listen() {
    std::string name = (std::filesystem::temp_directory_path() / "listen_XXXXXX").string();
    dir_ = ::mkdtemp(name.data());
  }
  ~Listen() override { std::filesystem::remove_all(dir_); }

  // Runs a coroutine to its end.
  void run(const std::function<Task()>& body) {
    bool is_done = false;
    asio::co_spawn(context_, body, [&](const std::exception_ptr& error) {
      is_done = true;
      if (error) {
        std::rethrow_exception(error);
      }
    });
    context_.restart();
    context_.run_for(kLong);
    EXPECT_TRUE(is_done) << "the coroutine hangs";
  }

  ListenResult listen(const Address& address) {
    return Acceptor::listen(context_.get_executor(), address);
  }

  [[nodiscard]] Address at_path() const { return {UnixPathPlace{path()}, "socket"}; }
  [[nodiscard]] std::string path() const { return dir_ + "/socket"; }

  // A raw listening socket; the caller closes it.
  static int listen_raw(const StreamEndpoint& endpoint, int backlog) {
    const int descriptor = open_socket(endpoint.protocol().family());
    EXPECT_EQ(::bind(descriptor, endpoint.data(), static_cast<socklen_t>(endpoint.size())), 0);
    EXPECT_EQ(::listen(descriptor, backlog), 0);
    return descriptor;
  }

  static StreamEndpoint endpoint_of(const Address& address) {
    const sockaddr_un raw = to_sockaddr_un(address);
    return {&raw, sizeof raw};
  }

  asio::io_context context_;
  std::string dir_;
};

TEST_F(Listen, AbstractNameIsPaddedOnTheSocket) {
  const Address address{UnixAbstractPlace{fmt::format("listen-test-{}", ::getpid())}, ""};
  const ListenResult listening = listen(address);
  ASSERT_EQ(listening.error, "");
  sockaddr_un seen{};
  socklen_t size = sizeof seen;
  // The cast is what the sockets interface asks for.
  ASSERT_EQ(
      ::getsockname(listening.acceptor.native_handle(), reinterpret_cast<sockaddr*>(&seen), &size),
      0);
  EXPECT_EQ(size, sizeof(sockaddr_un));
  const sockaddr_un expected = to_sockaddr_un(address);
  EXPECT_EQ(std::string(seen.sun_path, sizeof seen.sun_path),
            std::string(expected.sun_path, sizeof expected.sun_path));

  // A connector that does not pad does not find it; ours does.
  const int raw = open_socket(AF_UNIX);
  const std::size_t bare_size =
      offsetof(sockaddr_un, sun_path) + 1 + std::get<UnixAbstractPlace>(address.place).name.size();
  EXPECT_EQ(start_connect(raw, StreamEndpoint(&expected, bare_size)), ECONNREFUSED);
  ::close(raw);
  run([&]() -> Task {
    const ConnectResult result = co_await connect(address, deadline_in(kLong));
    EXPECT_EQ(result.status, ConnectStatus::kOk) << result.message;
  });
}

TEST_F(Listen, StaleSocketFileIsReplacedAndOwnFileRemoved) {
  ::close(listen_raw(endpoint_of(at_path()), 1));
  ASSERT_TRUE(std::filesystem::exists(path()));
  ListenResult listening = listen(at_path());
  EXPECT_EQ(listening.error, "");
  run([&]() -> Task {
    const ConnectResult result = co_await connect(at_path(), deadline_in(kLong));
    EXPECT_EQ(result.status, ConnectStatus::kOk) << result.message;
  });
  listening.acceptor.close();
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(Listen, LiveSocketFileIsRefusedEvenWithAFullBacklog) {
  const int raw = listen_raw(endpoint_of(at_path()), 0);
  for (int i = 0; i < 3; ++i) {  // each probe stays in the backlog until that is full
    const ListenResult refused = listen(at_path());
    EXPECT_EQ(refused.error, fmt::format("cannot listen on unix:{}: address in use: somebody "
                                         "listens there",
                                         path()));
  }
  EXPECT_TRUE(std::filesystem::exists(path()));
  ::close(raw);
}

TEST_F(Listen, FileThatIsNoSocketIsKept) {
  std::ofstream(path()) << "precious";
  const ListenResult refused = listen(at_path());
  EXPECT_FALSE(refused.acceptor.is_open());
  EXPECT_NE(refused.error.find("not a socket"), std::string::npos) << refused.error;
  EXPECT_EQ(std::filesystem::file_size(path()), 8U);
}

TEST_F(Listen, FileOfAnotherListenerIsNotRemoved) {
  ListenResult first = listen(at_path());
  ASSERT_EQ(first.error, "");
  std::filesystem::rename(path(), path() + ".old");
  const ListenResult second = listen(at_path());
  ASSERT_EQ(second.error, "");
  first.acceptor.close();
  EXPECT_TRUE(std::filesystem::exists(path()));
}

TEST_F(Listen, MissingFolderAndUnknownHostAreSaid) {
  const ListenResult no_folder = listen({UnixPathPlace{dir_ + "/none/socket"}, "socket"});
  EXPECT_NE(no_folder.error.find("/none/socket: No such file"), std::string::npos)
      << no_folder.error;
  EXPECT_NE(listen({TcpPlace{"no-such-host.invalid", 0}, "x"}).error, "");
  run([&]() -> Task {
    const Address missing{TcpPlace{"no-such-host.invalid", 1}, "x"};
    const ConnectResult result = co_await connect(missing, deadline_in(2s));
    EXPECT_NE(result.status, ConnectStatus::kOk);
    EXPECT_NE(result.message.find("tcp:no-such-host.invalid:1/x"), std::string::npos);
    for (const TcpPlace& place : {TcpPlace{"*", 1}, TcpPlace{"127.0.0.1", 0}}) {
      const ConnectResult wrong = co_await connect({place, "x"}, deadline_in(kLong));
      EXPECT_EQ(wrong.status, ConnectStatus::kError);
      EXPECT_NE(wrong.message.find("not connected to"), std::string::npos) << wrong.message;
    }
  });
}

TEST_F(Listen, EveryInterfaceTakesIpv4) {
  const ListenResult listening = listen({TcpPlace{"*", 0}, "x"});
  ASSERT_EQ(listening.error, "");
  const Address bound = listening.acceptor.local_address();
  const auto port = std::get<TcpPlace>(bound.place).port;
  EXPECT_NE(port, 0);
  EXPECT_EQ(to_string(bound), fmt::format("tcp:*:{}/x", port));
  run([&]() -> Task {
    const Address loopback{TcpPlace{"127.0.0.1", port}, "x"};
    const ConnectResult result = co_await connect(loopback, deadline_in(kLong));
    EXPECT_EQ(result.status, ConnectStatus::kOk) << result.message;
  });
}

TEST_F(Listen, FullBacklogOfAUnixSocketIsTriedAgain) {
  const int raw = listen_raw(endpoint_of(at_path()), 0);
  run([&]() -> Task {
    const ConnectResult first = co_await connect(at_path(), deadline_in(kLong));
    EXPECT_EQ(first.status, ConnectStatus::kOk) << first.message;
    const ConnectResult full = co_await connect(at_path(), deadline_in(kShort));
    EXPECT_EQ(full.status, ConnectStatus::kTimeout) << full.message;
    EXPECT_NE(full.message.find("backlog stayed full"), std::string::npos) << full.message;
    asio::co_spawn(
        context_,
        [&]() -> Task {
          co_await sleep_for(kShort);
          ::close(::accept(raw, nullptr, nullptr));
        },
        [](const std::exception_ptr&) {});
    const ConnectResult late = co_await connect(at_path(), deadline_in(kLong));
    EXPECT_EQ(late.status, ConnectStatus::kOk) << late.message;
  });
  ::close(raw);
}

TEST_F(Listen, TcpPeerThatNeverAnswersTimesOut) {
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int raw = listen_raw(StreamEndpoint(&any, sizeof any), 0);
  sockaddr_in bound{};
  socklen_t size = sizeof bound;
  ASSERT_EQ(::getsockname(raw, reinterpret_cast<sockaddr*>(&bound), &size), 0);
  const Address address{TcpPlace{"127.0.0.1", ntohs(bound.sin_port)}, "x"};
  run([&]() -> Task {
    std::vector<ConnectResult> results;
    for (int i = 0; i < 4; ++i) {  // the first ones fill the backlog
      results.push_back(co_await connect(address, deadline_in(kShort)));
    }
    EXPECT_EQ(results.back().status, ConnectStatus::kTimeout) << results.back().message;
  });
  ::close(raw);
}

TEST_F(Listen, AcceptOutlivesTheLackOfDescriptors) {
  ListenResult listening = listen(at_path());
  ASSERT_EQ(listening.error, "");
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  run([&]() -> Task {
    ConnectResult connected = co_await connect(at_path(), deadline_in(kLong));
    asio::co_spawn(
        context_,
        [&]() -> Task {
          co_await sleep_for(kShort);
          ::setrlimit(RLIMIT_NOFILE, &before);
        },
        [](const std::exception_ptr&) {});
    rlimit low = before;
    low.rlim_cur = 0;
    ::setrlimit(RLIMIT_NOFILE, &low);
    const AcceptOutcome accepted = co_await listening.acceptor.accept();
    EXPECT_EQ(accepted.status, AcceptStatus::kOk);
    EXPECT_GE(listening.acceptor.pause_count(), 1U);
  });
}

TEST_F(Listen, CancellationFromOutsideEndsARead) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  Stream ours = Stream::adopt(context_.get_executor(), ends[0]);
  Stream theirs = Stream::adopt(context_.get_executor(), ends[1]);
  asio::cancellation_signal signal;
  ReadOutcome read;
  bool is_done = false;
  asio::co_spawn(
      context_,
      [&]() -> Task {
        std::byte room[1];
        read = co_await ours.read_some(room, deadline_in(kLong));
      },
      asio::bind_cancellation_slot(signal.slot(),
                                   [&](const std::exception_ptr&) { is_done = true; }));
  context_.run_for(5ms);
  signal.emit(asio::cancellation_type::terminal);
  context_.run_for(kLong);
  EXPECT_TRUE(is_done);
  EXPECT_EQ(read.status, ReadStatus::kError);
}

TEST(StreamAdopt, RefusesWhatIsNoSocketAndEmptyStreamsAnswerErrors) {
  asio::io_context context;
  Stream empty = Stream::adopt(context.get_executor(), -1);
  EXPECT_FALSE(empty.is_open());
  EXPECT_EQ(empty.native_handle(), -1);
  empty.shutdown_send();
  empty.reset();
  empty.close();
  ReadOutcome read{ReadStatus::kData, 1, {}};
  WriteOutcome written{WriteStatus::kOk, 1, {}};
  asio::co_spawn(
      context,
      [&]() -> Task {
        std::byte room[1] = {};
        read = co_await empty.read_some(room, kNoDeadline);
        written = co_await empty.write_all(std::span<const std::byte>(room), kNoDeadline);
      },
      [](const std::exception_ptr&) {});
  context.run();
  EXPECT_EQ(read.status, ReadStatus::kError);
  EXPECT_EQ(written.status, WriteStatus::kError);
}

}  // namespace
}  // namespace wsapi
