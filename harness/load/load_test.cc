// SPDX-License-Identifier: Apache-2.0

// Load runs against scripted servers over a real socket. Nothing here depends on how fast they are:
// what is a matter of time is tested in load_client_test.cc.

#include "harness/load/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/detached.hpp>
#include <span>
#include <string>
#include <vector>

#include "harness/peers/scripted_server.h"
#include "harness/tester/known_good_requests.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr RunTime kShort = 100ms;
constexpr RunTime kEndless = 24h;  // ended by something else, or the test hangs

LoadOptions options_of(RunTime duration) {
  LoadOptions options;
  options.plan.verb = std::string{kNoSuchVerb};
  options.plan.timeout = 10s;
  options.warmup = 0s;
  options.duration = duration;
  return options;
}

LoadResult run(LoadOptions options, ServerScript script) {
  asio::io_context io(1);
  ScriptedServer server(io, std::move(script));
  options.address = server.address();
  LoadRun load(std::move(options), {});
  return run_to_end(io, load.run(), &server);
}

Acts right(std::size_t, const std::string& payload) { return right_answers(payload); }

std::uint64_t errors(const LoadResult& result, LoadError error) {
  return result.tally.errors[static_cast<std::size_t>(error)];
}
std::string sample(const LoadResult& result, LoadError error) {
  return result.tally.samples[static_cast<std::size_t>(error)];
}

void expect_all_right(const LoadResult& result) {
  EXPECT_GT(result.tally.sent, 0U);
  EXPECT_EQ(result.tally.answered, result.tally.sent);
  EXPECT_EQ(result.tally.failed, 0U);
  EXPECT_EQ(result.tally.error_count(), 0U);
  EXPECT_EQ(result.tally.latency.count(), result.tally.sent);
  EXPECT_EQ(result.tally.service_time.count(), result.tally.sent);
  EXPECT_LE(result.tally.service_time.max(), result.tally.latency.max());
  EXPECT_EQ(result.unanswered, 0U);
  EXPECT_FALSE(result.is_interrupted);
}

// ---- Right servers

TEST(LoadRunTest, AsFastAsItGoes) {
  const LoadResult result = run(options_of(kShort), right);
  expect_all_right(result);
  EXPECT_EQ(result.opened, 1U);
  EXPECT_EQ(result.tally.latency.max(), result.tally.service_time.max());
  EXPECT_NEAR(result.seconds(), 0.1, 1e-9);
  EXPECT_GT(result.tally.bytes_sent, 0U);
  EXPECT_GT(result.tally.bytes_received, 0U);
  EXPECT_EQ(exit_status(result), ExitStatus::kOk);
}

TEST(LoadRunTest, ManyConnectionsAndCallsInFlight) {
  LoadOptions options = options_of(kShort);
  options.connections = 40;
  options.plan.pipeline = 100;
  const LoadResult result = run(options, right);
  expect_all_right(result);
  EXPECT_EQ(result.opened, 40U);
  EXPECT_GE(result.tally.sent, 4000U);
}

TEST(LoadRunTest, LongArgumentsAreSentWhole) {
  LoadOptions options = options_of(kShort);
  options.plan.args = '"' + std::string(300'000, 'x') + '"';
  options.plan.pipeline = 8;
  bool is_whole = true;
  const LoadResult result = run(options, [&](std::size_t, const std::string& payload) {
    if (payload.starts_with("4b")) is_whole = is_whole && payload.size() > 2 * 300'000;
    return right_answers(payload);
  });
  expect_all_right(result);
  EXPECT_TRUE(is_whole);
}

TEST(LoadRunTest, AtARateAsManyCallsAsItsScheduleHas) {
  LoadOptions options = options_of(kShort);
  options.connections = 3;
  options.rate = 1000;
  options.plan.pipeline = kMaxPendingCalls;
  const LoadResult result = run(options, right);
  expect_all_right(result);
  EXPECT_EQ(result.intended, 100U);
  EXPECT_EQ(result.tally.sent, 100U);
}

TEST(LoadRunTest, WarmUpIsLeftOut) {
  LoadOptions options = options_of(kShort);
  options.warmup = kShort;
  options.rate = 500;
  options.plan.pipeline = kMaxPendingCalls;
  std::size_t calls = 0;
  const LoadResult result = run(options, [&](std::size_t, const std::string& payload) {
    if (payload.starts_with("4b")) ++calls;
    return right_answers(payload);
  });
  EXPECT_EQ(result.tally.sent, 50U);
  EXPECT_EQ(result.tally.answered, 50U);
  EXPECT_GT(calls, 50U);
  EXPECT_LE(calls, 100U);  // fewer where the machine was busy for too long
}

// A server that replies to a call only when its PING was answered, and closes then.
asio::awaitable<void> ping_first(Acceptor& acceptor, std::string& answer) {
  AcceptOutcome accepted = co_await acceptor.accept();
  const auto exchange = [&](std::size_t size,
                            std::string_view hex) -> asio::awaitable<std::string> {
    std::vector<std::byte> in(size);
    for (std::size_t at = 0; at < size;) {
      const ReadOutcome read =
          co_await accepted.stream.read_some(std::span(in).subspan(at), deadline_in(kTestLimit));
      if (read.status != ReadStatus::kData) co_return "";
      at += read.byte_count;
    }
    const std::vector<std::byte> out = from_hex(hex).value();
    (void)co_await accepted.stream.write_all(out, deadline_in(kTestLimit));
    co_return to_hex(in);
  };
  constexpr std::size_t kOfferSize = 9;
  constexpr std::size_t kCallSize = 39;
  (void)co_await exchange(kOfferSize, "82027601");
  (void)co_await exchange(kCallSize, "8902abcd");
  const std::string reply = to_hex(TestClient::frame_of(right_answers("4b0100").front()));
  answer = co_await exchange(4, reply);
  acceptor.close();
}

TEST(LoadRunTest, PingsAreAnsweredWhileACallIsInFlight) {
  asio::io_context io(1);
  LoadOptions options = options_of(kEndless);
  options.address = std::get<Address>(parse_address("unix:@load-test-ping"));
  ListenResult listening = Acceptor::listen(io.get_executor(), options.address);
  ASSERT_EQ(listening.error, "");
  std::string answer;
  asio::co_spawn(io, ping_first(listening.acceptor, answer), asio::detached);
  LoadRun load(options, {});
  const LoadResult result = run_to_end(io, load.run());
  EXPECT_EQ(answer, "8a02abcd");
  EXPECT_EQ(result.tally.answered, 1U);
}

TEST(LoadRunTest, ProgressCountsTheSeconds) {
  asio::io_context io(1);
  ScriptedServer server(io, right);
  LoadOptions options = options_of(kShort);
  options.address = server.address();
  options.warmup = 50ms;
  std::size_t shown = 0;
  LoadRun load(options, [&](std::size_t done, std::size_t all) {
    EXPECT_EQ(all, 1U);
    EXPECT_LE(done, all);
    ++shown;
  });
  (void)run_to_end(io, load.run(), &server);
  EXPECT_GT(shown, 0U);
}

// ---- Rates that are not kept

TEST(LoadRunTest, CallsThatCouldNotBeSentAreToldOf) {
  LoadOptions options = options_of(kShort);
  options.rate = 1000;
  options.plan.pipeline = 1;
  options.plan.timeout = 300ms;
  const LoadResult result = run(options, [](std::size_t, const std::string& payload) {
    return payload.starts_with("4b") ? Acts{} : right_answers(payload);
  });
  EXPECT_EQ(result.intended, 100U);
  EXPECT_GT(result.unsent(), 90U);
  EXPECT_FALSE(result.is_rate_kept);
  EXPECT_EQ(errors(result, LoadError::kTimeout), result.tally.sent);
  EXPECT_EQ(exit_status(result), ExitStatus::kFailed);
}

// ---- Servers that are wrong, or gone

TEST(LoadRunTest, NobodyListens) {
  asio::io_context io(1);
  LoadOptions options = options_of(kEndless);
  options.connections = 3;
  options.address = std::get<Address>(parse_address("unix:@load-test-nobody"));
  LoadRun load(options, {});
  const LoadResult result = run_to_end(io, load.run());
  EXPECT_EQ(result.opened, 0U);
  EXPECT_THAT(result.unreachable, HasSubstr("unix:@load-test-nobody"));
  EXPECT_EQ(errors(result, LoadError::kNotOpened), 3U);
  EXPECT_EQ(exit_status(result), ExitStatus::kUnreachable);
}

TEST(LoadRunTest, ServerThatDoesNotSetTheVersion) {
  LoadOptions options = options_of(kEndless);
  options.plan.timeout = 50ms;
  const LoadResult silent = run(options, [](std::size_t, const std::string&) { return Acts{}; });
  EXPECT_THAT(silent.unreachable, HasSubstr("before VERSION SET 1 came"));
  EXPECT_EQ(exit_status(silent), ExitStatus::kUnreachable);
  const LoadResult other = run(options, [](std::size_t, const std::string& payload) {
    return payload.empty() ? Acts{} : Acts{"7609"};
  });
  EXPECT_THAT(other.unreachable, HasSubstr("VERSION SET 9"));
  const LoadResult closed = run(options, [](std::size_t, const std::string& payload) {
    return payload.empty() ? Acts{} : Acts{"close"};
  });
  EXPECT_THAT(closed.unreachable, HasSubstr("closed the connection"));
}

TEST(LoadRunTest, SomeConnectionsThatCannotBeOpenedAreErrors) {
  LoadOptions options = options_of(kShort);
  options.connections = 5;
  const LoadResult result = run(options, [](std::size_t number, const std::string& payload) {
    return number % 2 == 0 ? right_answers(payload) : Acts{"close"};
  });
  EXPECT_EQ(result.opened, 3U);
  EXPECT_EQ(errors(result, LoadError::kNotOpened), 2U);
  EXPECT_EQ(result.tally.answered, result.tally.sent);
  EXPECT_EQ(exit_status(result), ExitStatus::kFailed);
}

// Right answers to the first calls on each connection, then something else.
ServerScript then(std::size_t call_count, const Acts& acts) {
  return [=, counts = std::vector<std::size_t>(10)](std::size_t number,
                                                    const std::string& payload) mutable {
    if (!payload.starts_with("4b")) return right_answers(payload);
    return counts.at(number)++ < call_count ? right_answers(payload) : acts;
  };
}

TEST(LoadRunTest, EndsWhenAllConnectionsAreLost) {
  LoadOptions options = options_of(kEndless);
  options.connections = 4;
  options.plan.pipeline = 5;
  for (const char* const act : {"close", "reset"}) {
    const LoadResult result = run(options, then(20, {act}));
    EXPECT_EQ(result.lost(), 4U) << act;
    EXPECT_EQ(result.tally.answered + result.tally.failed, result.tally.sent);
    EXPECT_EQ(errors(result, LoadError::kDisconnected), result.tally.failed);
    EXPECT_LT(result.seconds(), 100);
    EXPECT_FALSE(result.is_interrupted);
    EXPECT_EQ(exit_status(result), ExitStatus::kUnreachable);
  }
}

TEST(LoadRunTest, GoesOnWithoutTheConnectionsThatAreLost) {
  LoadOptions options = options_of(kShort);
  options.connections = 2;
  const LoadResult result = run(options, [](std::size_t number, const std::string& payload) {
    const bool is_closed = number == 1 && payload.starts_with("4b");
    return is_closed ? Acts{"close"} : right_answers(payload);
  });
  EXPECT_EQ(result.lost(), 1U);
  EXPECT_EQ(errors(result, LoadError::kDisconnected), 1U);
  EXPECT_GT(result.tally.answered, 0U);
  EXPECT_NEAR(result.seconds(), 0.1, 1e-9);
  EXPECT_EQ(exit_status(result), ExitStatus::kFailed);
}

TEST(LoadRunTest, GarbageEndsTheConnection) {
  const LoadResult result = run(options_of(kEndless), then(3, {"raw ffff"}));
  EXPECT_EQ(result.tally.answered, 3U);
  EXPECT_EQ(errors(result, LoadError::kUndecodable), 1U);
  EXPECT_EQ(result.lost(), 1U);
  EXPECT_THAT(sample(result, LoadError::kConnectionLost), HasSubstr("rsv-bits"));
}

TEST(LoadRunTest, AnEndWithinAFrameIsSaid) {
  const LoadResult result = run(options_of(kEndless), then(3, {"raw 82106b", "close"}));
  EXPECT_THAT(sample(result, LoadError::kConnectionLost), HasSubstr("in the middle of a frame"));
}

TEST(LoadRunTest, AFloodOfMessagesDoesNotStopTheTime) {
  LoadOptions options = options_of(kShort);
  options.plan.timeout = 300ms;
  const LoadResult result = run(options, then(3, {"endless 82027601"}));
  EXPECT_GT(errors(result, LoadError::kUnexpected), 0U);
  EXPECT_EQ(result.tally.answered, 3U);
  EXPECT_NEAR(result.seconds(), 0.1, 1e-9);
}

// Nobody accepts the connection, so that nobody reads.
TEST(LoadRunTest, AServerThatTakesNoBytesLosesItsConnection) {
  asio::io_context io(1);
  const Address address = std::get<Address>(parse_address("unix:@load-test-deaf"));
  ListenResult listening = Acceptor::listen(io.get_executor(), address);
  ASSERT_EQ(listening.error, "");
  LoadOptions options = options_of(kEndless);
  options.address = address;
  options.plan.revision = Revision::kLegacy;  // no VERSION SET is waited for
  options.plan.args = '"' + std::string(900'000, 'x') + '"';
  options.plan.timeout = 100ms;
  LoadRun load(options, {});
  const LoadResult result = run_to_end(io, load.run());
  EXPECT_EQ(result.lost(), 1U);
  EXPECT_THAT(sample(result, LoadError::kConnectionLost), HasSubstr("took no bytes"));
}

// ---- Interruptions

TEST(LoadRunTest, AnInterruptedRunSaysWhatItHas) {
  asio::io_context io(1);
  LoadRun* load = nullptr;
  std::size_t calls = 0;
  ScriptedServer server(io, [&](std::size_t, const std::string& payload) {
    if (payload.starts_with("4b") && ++calls == 100) load->interrupt();
    return calls < 100 ? right_answers(payload) : Acts{};
  });
  LoadOptions options = options_of(kEndless);
  options.address = server.address();
  LoadRun run(options, {});
  load = &run;
  const LoadResult result = run_to_end(io, run.run(), &server);
  EXPECT_TRUE(result.is_interrupted);
  EXPECT_EQ(result.tally.answered, 99U);
  EXPECT_EQ(result.tally.sent, 100U);
  EXPECT_EQ(result.unanswered, 1U);
  EXPECT_EQ(result.tally.error_count(), 0U);
  EXPECT_GT(result.seconds(), 0);
  EXPECT_LT(result.seconds(), 100);
  EXPECT_EQ(exit_status(result), ExitStatus::kOk);
}

TEST(LoadRunTest, AnInterruptionWhileConnectionsAreOpenedMeasuresNothing) {
  asio::io_context io(1);
  LoadRun* load = nullptr;
  ScriptedServer server(io, [&](std::size_t number, const std::string& payload) {
    if (number == 1 && !payload.empty()) load->interrupt();
    return number == 0 ? right_answers(payload) : Acts{};
  });
  LoadOptions options = options_of(kEndless);
  options.address = server.address();
  options.connections = 2;
  LoadRun run(options, {});
  load = &run;
  const LoadResult result = run_to_end(io, run.run(), &server);
  EXPECT_TRUE(result.is_interrupted);
  EXPECT_EQ(result.opened, 0U);
  EXPECT_EQ(result.unreachable, "interrupted");
  EXPECT_EQ(result.tally.error_count(), 0U);
  EXPECT_EQ(exit_status(result), ExitStatus::kFailed);
}

TEST(LoadRunTest, AnInterruptionInTheWarmUpMeasuresNothing) {
  asio::io_context io(1);
  LoadRun* load = nullptr;
  ScriptedServer server(io, [&](std::size_t, const std::string& payload) {
    if (payload.starts_with("4b")) load->interrupt();
    return right_answers(payload);
  });
  LoadOptions options = options_of(kEndless);
  options.address = server.address();
  options.warmup = 1h;
  options.rate = 1000;
  LoadRun run(options, {});
  load = &run;
  const LoadResult result = run_to_end(io, run.run(), &server);
  EXPECT_EQ(result.intended, 0U);
  EXPECT_EQ(result.tally.sent, 0U);
  EXPECT_EQ(result.seconds(), 0);
  EXPECT_EQ(result.unsent(), 0U);
  EXPECT_EQ(exit_status(result), ExitStatus::kFailed);
}

}  // namespace
}  // namespace wsapi
