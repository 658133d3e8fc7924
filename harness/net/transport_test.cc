// SPDX-License-Identifier: Apache-2.0

// Streams and acceptors against each other and against raw sockets, on loopback TCP, a Unix path
// and an abstract name.

#include "harness/net/transport.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace wsapi {
namespace {

using namespace std::chrono_literals;
using Task = asio::awaitable<void>;

constexpr auto kLong = 20s;    // more than any healthy test needs
constexpr auto kShort = 30ms;  // a wait that is meant to end by its deadline

// Runs coroutines to their end on a loop of their own.
void run(std::vector<std::function<Task()>> bodies) {
  asio::io_context context;
  std::size_t left_count = bodies.size();
  for (auto& body : bodies) {
    asio::co_spawn(context, body, [&](const std::exception_ptr& error) {
      --left_count;
      if (error) {
        std::rethrow_exception(error);
      }
    });
  }
  context.run_for(kLong);
  EXPECT_EQ(left_count, 0U) << "a coroutine hangs";
}

void run(std::function<Task()> body) { run(std::vector<std::function<Task()>>{std::move(body)}); }

Task sleep_for(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(asio::use_awaitable);
}

Address address_of(const std::string& text) {
  const ParsedAddress parsed = parse_address(text);
  EXPECT_TRUE(std::holds_alternative<Address>(parsed)) << text;
  return std::get<Address>(parsed);
}

class TempDir {
 public:
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "transport_XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() { std::filesystem::remove_all(path_); }

  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

struct Pair {
  Acceptor acceptor;
  Stream client;
  Stream server;
};

asio::awaitable<Pair> make_pair(Address address) {
  Pair pair;
  ListenResult listening = Acceptor::listen(co_await asio::this_coro::executor, address);
  EXPECT_EQ(listening.error, "");
  if (!listening.error.empty()) {
    co_return pair;
  }
  pair.acceptor = std::move(listening.acceptor);
  ConnectResult connected = co_await connect(pair.acceptor.local_address(), deadline_in(kLong));
  EXPECT_EQ(connected.status, ConnectStatus::kOk) << connected.message;
  AcceptOutcome accepted = co_await pair.acceptor.accept();
  EXPECT_EQ(accepted.status, AcceptStatus::kOk) << accepted.error.message();
  pair.client = std::move(connected.stream);
  pair.server = std::move(accepted.stream);
  co_return pair;
}

asio::awaitable<WriteOutcome> write_text(Stream& stream, std::string text) {
  co_return co_await stream.write_all(std::as_bytes(std::span(text)), deadline_in(kLong));
}

asio::awaitable<ReadOutcome> read_for(Stream& stream, std::chrono::milliseconds time) {
  std::array<std::byte, 4096> buffer;
  co_return co_await stream.read_some(buffer, deadline_in(time));
}

// Reads until something other than data comes; the bytes go to `text`.
asio::awaitable<ReadStatus> read_to_end(Stream& stream, std::string& text) {
  std::array<char, 4096> buffer{};
  for (;;) {
    const ReadOutcome read =
        co_await stream.read_some(std::as_writable_bytes(std::span(buffer)), deadline_in(kLong));
    if (read.status != ReadStatus::kData) {
      co_return read.status;
    }
    text.append(buffer.data(), read.byte_count);
  }
}

// Writes until the peer takes no more, or the time is over.
asio::awaitable<WriteOutcome> flood(Stream& stream, std::chrono::milliseconds time) {
  const std::vector<std::byte> block(1 << 20);
  const Deadline deadline = deadline_in(time);
  WriteOutcome outcome{WriteStatus::kOk, 0, {}};
  for (int i = 0; i < 1000 && outcome.status == WriteStatus::kOk; ++i) {
    outcome = co_await stream.write_all(block, deadline);
  }
  co_return outcome;
}

class Transport : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    asio::io_context context;
    const Address place = address();
    if (place == address_of("tcp:[::1]:0/x") &&
        !Acceptor::listen(context.get_executor(), place).error.empty()) {
      GTEST_SKIP() << "this machine has no IPv6";
    }
  }

  [[nodiscard]] Address address() const {
    if (GetParam() == std::string("path")) {
      return address_of("unix:" + dir_.file("socket"));
    }
    if (GetParam() == std::string("abstract")) {
      return address_of(fmt::format("unix:@transport-test-{}", ::getpid()));
    }
    return address_of(GetParam());
  }
  [[nodiscard]] bool is_tcp() const { return address().is_tcp(); }

  TempDir dir_;
};

INSTANTIATE_TEST_SUITE_P(All, Transport,
                         ::testing::Values("tcp:127.0.0.1:0/x", "tcp:localhost:0/x",
                                           "tcp:[::1]:0/x", "path", "abstract"),
                         [](const auto& form) { return fmt::format("Form{}", form.index); });

TEST_P(Transport, ExchangesBytesBothWaysAndEndsInOrder) {
  run([&]() -> Task {
    Pair pair = co_await make_pair(address());
    EXPECT_TRUE(::fcntl(pair.client.native_handle(), F_GETFD) & FD_CLOEXEC);
    EXPECT_TRUE(::fcntl(pair.server.native_handle(), F_GETFD) & FD_CLOEXEC);
    EXPECT_TRUE(::fcntl(pair.acceptor.native_handle(), F_GETFD) & FD_CLOEXEC);
    // More buffers than one gathering write takes, empty ones among them.
    const std::string piece = "abc";
    std::vector<asio::const_buffer> pieces(40, asio::buffer(piece));
    pieces[0] = pieces[7] = pieces[39] = asio::const_buffer();
    const WriteOutcome written = co_await pair.client.write_all(pieces, deadline_in(kLong));
    EXPECT_EQ(written.status, WriteStatus::kOk);
    EXPECT_EQ(written.byte_count, 37U * 3U);
    pair.client.shutdown_send();
    EXPECT_EQ((co_await write_text(pair.client, "late")).status, WriteStatus::kError);

    std::string text;
    EXPECT_EQ(co_await read_to_end(pair.server, text), ReadStatus::kEnd);
    EXPECT_EQ(text.size(), 37U * 3U);
    EXPECT_EQ((co_await write_text(pair.server, "answer")).status, WriteStatus::kOk);
    pair.server.close();
    std::string answer;
    EXPECT_EQ(co_await read_to_end(pair.client, answer), ReadStatus::kEnd);
    EXPECT_EQ(answer, "answer");
  });
}

TEST_P(Transport, CloseOverUnreadBytesIsStillInOrder) {
  run([&]() -> Task {
    Pair pair = co_await make_pair(address());
    EXPECT_EQ((co_await write_text(pair.client, std::string(100000, 'x'))).status,
              WriteStatus::kOk);
    co_await sleep_for(5ms);
    pair.server.close();
    EXPECT_EQ((co_await read_for(pair.client, kLong)).status, ReadStatus::kEnd);
  });
}

TEST_P(Transport, ResetIsToldApartFromTheEndOnTcp) {
  run([&]() -> Task {
    Pair pair = co_await make_pair(address());
    pair.server.reset();
    EXPECT_FALSE(pair.server.is_open());
    const ReadStatus expected = is_tcp() ? ReadStatus::kReset : ReadStatus::kEnd;
    EXPECT_EQ((co_await read_for(pair.client, kLong)).status, expected);
    EXPECT_EQ((co_await read_for(pair.client, kLong)).status, expected);
  });
}

TEST_P(Transport, ResetThatAWriteMetFirstIsNotReadAsTheEnd) {
  run([&]() -> Task {
    Pair pair = co_await make_pair(address());
    pair.server.reset();
    co_await sleep_for(5ms);
    EXPECT_EQ((co_await flood(pair.client, kLong)).status, WriteStatus::kClosed);
    EXPECT_EQ((co_await read_for(pair.client, kLong)).status,
              is_tcp() ? ReadStatus::kReset : ReadStatus::kEnd);
  });
}

TEST_P(Transport, WritingToAClosedPeerIsAnOutcome) {
  run([&]() -> Task {
    Pair pair = co_await make_pair(address());
    pair.server.close();
    EXPECT_EQ((co_await flood(pair.client, kLong)).status, WriteStatus::kClosed);
  });
}

TEST_P(Transport, TryWriteTakesWhatThereIsRoomForAndNeverWaits) {
  run([&]() -> Task {
    Pair pair = co_await make_pair(address());
    const std::vector<std::byte> block(1 << 20, std::byte{'x'});
    std::size_t written_size = 0;
    WriteOutcome outcome{WriteStatus::kOk, block.size(), {}};
    while (outcome.byte_count > 0 && written_size < 1000 * block.size()) {
      outcome = pair.client.try_write(block);
      EXPECT_EQ(outcome.status, WriteStatus::kOk);
      written_size += outcome.byte_count;
    }
    EXPECT_EQ(outcome.byte_count, 0U) << "the peer does not read";
    EXPECT_GT(written_size, 0U);
    pair.client.shutdown_send();
    std::string text;
    EXPECT_EQ(co_await read_to_end(pair.server, text), ReadStatus::kEnd);
    EXPECT_EQ(text.size(), written_size);
    EXPECT_EQ(pair.client.try_write(block).status, WriteStatus::kError);
    pair.client.close();
    EXPECT_EQ(pair.client.try_write(block).status, WriteStatus::kError);
  });
}

TEST_P(Transport, TryWriteToAClosedPeerIsAnOutcome) {
  run([&]() -> Task {
    Pair pair = co_await make_pair(address());
    pair.server.close();
    const std::vector<std::byte> block(1 << 20);
    WriteOutcome outcome{WriteStatus::kOk, 0, {}};
    for (int i = 0; i < 1000 && outcome.status == WriteStatus::kOk; ++i) {
      outcome = pair.client.try_write(block);
      co_await sleep_for(1ms);  // a TCP peer tells it only in answer to the first bytes
    }
    EXPECT_EQ(outcome.status, WriteStatus::kClosed);
  });
}

TEST_P(Transport, ReadTimesOutAndMayGoOn) {
  run([&]() -> Task {
    Pair pair = co_await make_pair(address());
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ((co_await read_for(pair.client, kShort)).status, ReadStatus::kTimeout);
    EXPECT_GE(std::chrono::steady_clock::now() - start, kShort);
    co_await write_text(pair.server, "now");
    EXPECT_EQ((co_await read_for(pair.client, kLong)).byte_count, 3U);
    EXPECT_EQ((co_await read_for(pair.client, -1s)).status, ReadStatus::kTimeout);
  });
}

TEST_P(Transport, WriteThatTimesOutLeavesTheReadAlone) {
  Pair pair;
  ReadOutcome read;
  run([&]() -> Task {
    pair = co_await make_pair(address());
    pair.acceptor.close();
    auto executor = co_await asio::this_coro::executor;
    asio::co_spawn(
        executor, [&]() -> Task { read = co_await read_for(pair.client, kLong); },
        [](const std::exception_ptr&) {});
    const WriteOutcome written = co_await flood(pair.client, kShort);
    EXPECT_EQ(written.status, WriteStatus::kTimeout);
    co_await write_text(pair.server, "still there");
    co_await sleep_for(5ms);
    EXPECT_EQ(read.status, ReadStatus::kData);
    pair = Pair();
  });
}

TEST_P(Transport, ExpiryThatRacesWithDataIsNeverAnError) {
  run([&]() -> Task {
    Pair pair = co_await make_pair(address());
    auto executor = co_await asio::this_coro::executor;
    constexpr int kCount = 100;
    asio::co_spawn(
        executor,
        [&]() -> Task {
          for (int i = 0; i < kCount; ++i) {
            co_await sleep_for(1ms);
            co_await write_text(pair.server, "x");
          }
        },
        [](const std::exception_ptr&) {});
    std::size_t byte_count = 0;
    while (byte_count < kCount) {
      const ReadOutcome read = co_await read_for(pair.client, 1ms);
      EXPECT_TRUE(read.status == ReadStatus::kData || read.status == ReadStatus::kTimeout);
      byte_count += read.byte_count;
    }
  });
}

TEST_P(Transport, CloseEndsAPendingReadAndAccept) {
  Pair pair;
  ReadOutcome read;
  AcceptOutcome accepted;
  run({[&]() -> Task {
         pair = co_await make_pair(address());
         read = co_await read_for(pair.client, kLong);
       },
       [&]() -> Task {
         co_await sleep_for(kShort);
         auto executor = co_await asio::this_coro::executor;
         asio::co_spawn(
             executor, [&]() -> Task { accepted = co_await pair.acceptor.accept(); },
             [](const std::exception_ptr&) {});
         co_await sleep_for(1ms);
         pair = Pair();  // destroys the streams under the read and the accept
       }});
  EXPECT_EQ(read.status, ReadStatus::kError);
  EXPECT_EQ(accepted.status, AcceptStatus::kClosed);
}

TEST_P(Transport, PlaceInUseIsRefusedByName) {
  run([&]() -> Task {
    Pair pair = co_await make_pair(address());
    const Address taken = pair.acceptor.local_address();
    const ListenResult second = Acceptor::listen(co_await asio::this_coro::executor, taken);
    EXPECT_FALSE(second.acceptor.is_open());
    EXPECT_NE(second.error.find(to_string(taken) + ": address in use"), std::string::npos)
        << second.error;
  });
}

TEST_P(Transport, NobodyThereIsRefused) {
  run([&]() -> Task {
    ListenResult gone = Acceptor::listen(co_await asio::this_coro::executor, address());
    EXPECT_EQ(gone.error, "");
    const Address place = gone.acceptor.local_address();
    gone.acceptor.close();
    const ConnectResult result = co_await connect(place, deadline_in(kLong));
    EXPECT_EQ(result.status, ConnectStatus::kRefused) << result.message;
    EXPECT_NE(result.message.find(to_string(place)), std::string::npos) << result.message;
  });
}

}  // namespace
}  // namespace wsapi
