// SPDX-License-Identifier: Apache-2.0

// Wires in memory and recorded ones, and virtual time.

#include "harness/net/wire.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <string>
#include <utility>

#include "harness/net/memory_wire.h"
#include "harness/net/recorded_wire.h"
#include "harness/net/virtual_clock.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;

std::vector<std::byte> octets(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

// What a read gives: its octets as text, or its status as a word.
asio::awaitable<std::string> read(Wire& wire, Deadline deadline) {
  std::array<std::byte, 16> buffer{};
  const ReadOutcome outcome = co_await wire.read_some(buffer, deadline);
  switch (outcome.status) {
    case ReadStatus::kEnd: co_return "(end)";
    case ReadStatus::kReset: co_return "(reset)";
    case ReadStatus::kTimeout: co_return "(timeout)";
    case ReadStatus::kError: co_return "(error)";
    case ReadStatus::kData: break;
  }
  std::string out;
  for (std::size_t i = 0; i < outcome.byte_count; ++i) out += std::to_integer<char>(buffer.at(i));
  co_return out;
}

asio::awaitable<WriteStatus> write(Wire& wire, std::string text, Deadline deadline) {
  const std::vector<std::byte> bytes = octets(text);
  const WriteOutcome outcome = co_await wire.write_all(bytes, deadline);
  co_return outcome.status;
}

// Two ends in memory, in virtual time.
class MemoryWireTest : public testing::Test {
 protected:
  template <typename T>
  T run(asio::awaitable<T> work) {
    return run_to_end(io_, clock_, std::move(work), [] {});
  }
  std::string read_second() { return run(read(*ends_.second, clock_.after(1s))); }
  WriteStatus write_first(std::string text) {
    return run(write(*ends_.first, std::move(text), clock_.after(1s)));
  }

  VirtualClock clock_;
  asio::io_context io_{1};
  MemoryWires ends_ = make_memory_wires(io_.get_executor(), clock_);
};

TEST_F(MemoryWireTest, CarriesOctetsBothWays) {
  EXPECT_EQ(write_first("abc"), WriteStatus::kOk);
  EXPECT_EQ(ends_.first->unread_by_peer(), 3U);
  EXPECT_EQ(read_second(), "abc");
  EXPECT_EQ(ends_.first->unread_by_peer(), 0U);
  EXPECT_EQ(run(write(*ends_.second, "de", clock_.after(1s))), WriteStatus::kOk);
  EXPECT_EQ(run(read(*ends_.first, clock_.after(1s))), "de");
}

TEST_F(MemoryWireTest, ADeadlinePassesInVirtualTime) {
  const Deadline start = clock_.now();
  EXPECT_EQ(run(read(*ends_.second, clock_.after(3h))), "(timeout)");
  EXPECT_EQ(clock_.now() - start, 3h);
  EXPECT_EQ(write_first("late"), WriteStatus::kOk);
  EXPECT_EQ(read_second(), "late") << "reading goes on after a timeout";
}

TEST_F(MemoryWireTest, ItsEndsAreSeen) {
  EXPECT_EQ(write_first("x"), WriteStatus::kOk);
  ends_.first->shutdown_send();
  EXPECT_EQ(read_second(), "x");
  EXPECT_EQ(read_second(), "(end)");
  EXPECT_EQ(write_first("y"), WriteStatus::kError);
  EXPECT_EQ(run(write(*ends_.second, "z", clock_.after(1s))), WriteStatus::kOk);
  EXPECT_EQ(run(read(*ends_.first, clock_.after(1s))), "z") << "the other direction goes on";
  ends_.second = nullptr;
  EXPECT_EQ(run(read(*ends_.first, clock_.after(1s))), "(end)");
}

TEST_F(MemoryWireTest, AClosedPeerTakesNothing) {
  ends_.second->close();
  EXPECT_EQ(write_first("x"), WriteStatus::kClosed);
  EXPECT_EQ(read_second(), "(error)") << "of an end that we closed ourselves";
}

TEST_F(MemoryWireTest, AResetLosesWhatWasSent) {
  EXPECT_EQ(write_first("x"), WriteStatus::kOk);
  ends_.first->reset();
  EXPECT_EQ(read_second(), "(reset)");
}

TEST_F(MemoryWireTest, AWriterWaitsForRoom) {
  EXPECT_EQ(write_first(std::string(kMemoryWireCapacity, 'a')), WriteStatus::kOk);
  EXPECT_EQ(write_first("b"), WriteStatus::kTimeout);
  EXPECT_EQ(read_second(), std::string(16, 'a'));
  EXPECT_EQ(write_first("b"), WriteStatus::kOk);
}

TEST_F(MemoryWireTest, ReadingEndsWhenTheWireIsClosedMeanwhile) {
  const auto work = [](MemoryWires& ends, asio::io_context& io) -> asio::awaitable<std::string> {
    asio::post(io, [&] { ends.second->close(); });
    co_return co_await read(*ends.second, kNoDeadline);
  };
  EXPECT_EQ(run(work(ends_, io_)), "(error)");
}

TEST_F(MemoryWireTest, WhatNeverComesIsAnError) {
  EXPECT_THROW(run(read(*ends_.second, kNoDeadline)), std::runtime_error);
}

TEST(VirtualClockTest, SleepersWakeInOrder) {
  VirtualClock clock;
  asio::io_context io(1);
  std::string order;
  const auto sleep = [&](Clock::Duration time, char letter) -> asio::awaitable<void> {
    co_await clock.sleep_for(time);
    order += letter;
  };
  asio::co_spawn(io, sleep(30ms, 'c'), [](const std::exception_ptr&) {});
  asio::co_spawn(io, sleep(10ms, 'a'), [](const std::exception_ptr&) {});
  asio::co_spawn(io, sleep(20ms, 'b'), [](const std::exception_ptr&) {});
  const auto work = [&]() -> asio::awaitable<int> {
    co_await clock.sleep_for(1h);
    co_return 1;
  };
  EXPECT_EQ(run_to_end(io, clock, work(), [] {}), 1);
  EXPECT_EQ(order, "abc");
  EXPECT_FALSE(clock.advance()) << "nobody waits any more";
}

TEST(VirtualClockTest, ANotificationIsKept) {
  VirtualClock clock;
  asio::io_context io(1);
  Notification event(io.get_executor());
  event.notify();
  EXPECT_TRUE(run_to_end(io, clock, clock.wait(event, clock.now()), [] {}));
  EXPECT_FALSE(run_to_end(io, clock, clock.wait(event, clock.after(1s)), [] {}));
}

TEST(LiveWireTest, KnowsWhatThePeerHasNotRead) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  asio::io_context io(1);
  const auto first = make_live_wire(Stream::adopt(io.get_executor(), ends[0]));
  const auto second = make_live_wire(Stream::adopt(io.get_executor(), ends[1]));
  VirtualClock clock;
  const auto run = [&](auto work) { return run_to_end(io, clock, std::move(work), [] {}); };
  EXPECT_EQ(first->unread_by_peer(), 0U);
  EXPECT_EQ(run(write(*first, "abc", kNoDeadline)), WriteStatus::kOk);
  EXPECT_GT(first->unread_by_peer(), 0U);
  EXPECT_EQ(run(read(*second, kNoDeadline)), "abc");
  EXPECT_EQ(first->unread_by_peer(), 0U);
  first->close();
  EXPECT_EQ(first->unread_by_peer(), std::nullopt);
}

// ---- Recordings

class RecordedWireTest : public testing::Test {
 protected:
  static Recording recording() {
    return {.parts = {{.is_sent = false, .octets = octets("hello")},
                      {.is_sent = true, .octets = octets("question")},
                      {.is_sent = false, .octets = octets("answer")}},
            .end = ReadStatus::kEnd};
  }
  template <typename T>
  T run(asio::awaitable<T> work) {
    return run_to_end(io_, clock_, std::move(work), [] {});
  }

  VirtualClock clock_;
  asio::io_context io_{1};
};

TEST_F(RecordedWireTest, GivesAllWhereWhatIsSentIsIgnored) {
  RecordedWire wire(recording(), SentOctets::kIgnored);
  EXPECT_EQ(run(write(wire, "other", kNoDeadline)), WriteStatus::kOk);
  EXPECT_EQ(run(read(wire, kNoDeadline)), "hello");
  EXPECT_EQ(run(read(wire, kNoDeadline)), "answer");
  EXPECT_EQ(run(read(wire, kNoDeadline)), "(end)");
  EXPECT_EQ(wire.first_difference(), std::nullopt);
  wire.close();
  EXPECT_EQ(run(read(wire, kNoDeadline)), "(error)");
}

TEST_F(RecordedWireTest, AnswersComeAfterTheirQuestions) {
  RecordedWire wire(recording(), SentOctets::kCompared);
  EXPECT_EQ(run(read(wire, kNoDeadline)), "hello");
  EXPECT_EQ(run(read(wire, kNoDeadline)), "(timeout)");
  EXPECT_EQ(run(write(wire, "ques", kNoDeadline)), WriteStatus::kOk);
  EXPECT_EQ(run(read(wire, kNoDeadline)), "(timeout)");
  EXPECT_EQ(run(write(wire, "tion", kNoDeadline)), WriteStatus::kOk);
  EXPECT_EQ(run(read(wire, kNoDeadline)), "answer");
  EXPECT_EQ(run(read(wire, kNoDeadline)), "(end)");
  EXPECT_EQ(wire.first_difference(), std::nullopt);
}

TEST_F(RecordedWireTest, TellsTheFirstDifference) {
  RecordedWire other(recording(), SentOctets::kCompared);
  EXPECT_EQ(run(write(other, "quest", kNoDeadline)), WriteStatus::kOk);
  EXPECT_EQ(run(write(other, "ioN", kNoDeadline)), WriteStatus::kOk);
  EXPECT_EQ(other.first_difference(), 7U);
  RecordedWire longer(recording(), SentOctets::kCompared);
  EXPECT_EQ(run(write(longer, "questions", kNoDeadline)), WriteStatus::kOk);
  EXPECT_EQ(longer.first_difference(), 8U);
}

TEST(ConnectingTest, NoDescriptorIsALimitOfOurOwn) {
  asio::io_context io(1);
  const OpenWire open = connecting_to(std::get<Address>(parse_address("unix:@nobody/x")));
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  none.rlim_cur = 0;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  WireResult result;
  asio::co_spawn(io, open(deadline_in(5s)),
                 [&](const std::exception_ptr& error, WireResult opened) {
                   EXPECT_FALSE(error);
                   result = std::move(opened);
                 });
  io.run();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(result.wire, nullptr);
  EXPECT_TRUE(result.is_suite_limit) << result.message;
}

}  // namespace
}  // namespace wsapi
