// SPDX-License-Identifier: Apache-2.0

// One connection in virtual time, against bytes that are written by hand.

#include "harness/load/load_client.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "harness/load/load_client_test_tools.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;

// ---- What is sent

TEST_F(LoadClientTest, OffersTheVersionAndCallsWhenItIsSet) {
  EXPECT_EQ(filled(0ms), "8207 5609144c170101"_hex);
  EXPECT_EQ(filled(0ms), "");
  EXPECT_EQ(client_.state(), LoadClient::State::kOpening);
  take("7601", 1ms);
  EXPECT_EQ(client_.state(), LoadClient::State::kOpen);
  EXPECT_EQ(filled(1ms), "") << "not started";
  client_.start(0);
  EXPECT_EQ(
      filled(1ms),
      "8225 4b 0100 0d000000 6e6f2d737563682d7665726200 0000 0000 05000000 6e756c6c00 00000000"_hex);
}

TEST_F(LoadClientTest, LegacyHasNoVersions) {
  plan_.revision = Revision::kLegacy;
  LoadClient client(plan_, tally_);
  EXPECT_EQ(client.state(), LoadClient::State::kOpen);
  client.start(0);
  EXPECT_EQ(filled(client, 0ms),
            "8228 43 01000000 0d000000 6e6f2d737563682d7665726200 01000000 00 05000000 6e756c6c00"
            "00000000"_hex);
  client.take(frame("59 01000000 02000000 6500 00000000 05000000 6e756c6c00"_hex), 3ms);
  EXPECT_EQ(tally_.answered, 1U);
  EXPECT_EQ(tally_.error_count(), 0U);
}

TEST_F(LoadClientTest, SendsVerbAndArguments) {
  plan_.expects_error = false;
  plan_.verb = "echo";
  plan_.args = "[1]";
  open();
  EXPECT_EQ(filled(0ms),
            "821c 4b 0100 05000000 6563686f00 0000 0000 04000000 5b315d00 00000000"_hex);
}

TEST_F(LoadClientTest, PipelineBoundsTheCallsInFlight) {
  plan_.pipeline = 3;
  open();
  EXPECT_EQ(calls(0ms), (Ids{1, 2, 3}));
  EXPECT_EQ(client_.next_due(0ms), LoadClient::kNever);
  EXPECT_EQ(calls(1ms), Ids{});
  reply(2, 2ms);
  EXPECT_EQ(client_.next_due(2ms), 2ms);
  EXPECT_EQ(calls(2ms), Ids{4});
  reply(1, 3ms);
  reply(3, 3ms);
  EXPECT_EQ(calls(3ms), (Ids{5, 6}));
  EXPECT_EQ(client_.in_flight(), 3U);
}

TEST_F(LoadClientTest, WithoutRateNothingIsSentBehindTheWindow) {
  plan_.pipeline = 2;
  open();
  EXPECT_EQ(calls(tally_.window.end - 1ns), (Ids{1, 2}));
  reply(1, tally_.window.end - 1ns);
  EXPECT_EQ(client_.next_due(tally_.window.end), LoadClient::kNever);
  EXPECT_EQ(calls(tally_.window.end), Ids{});
  reply(2, tally_.window.end + 3ms);
  EXPECT_EQ(tally_.answered, 2U) << "its reply counts whenever it comes";
}

TEST_F(LoadClientTest, FillsOnlyWhatThereIsRoomForAndGoesOn) {
  plan_.pipeline = 10;
  open();
  std::array<std::byte, 100> memory{};  // for two copies of 39 bytes; others take parts
  WriteBuf small(memory, 100);
  client_.fill(0ms, small);
  const Ids first = ids_in(gather(small.parts()));
  EXPECT_GE(first.size(), 2U);
  EXPECT_LT(first.size(), 10U);
  const Ids rest = calls(0ms);
  EXPECT_EQ(first.size() + rest.size(), 10U);
  EXPECT_EQ(rest.front(), first.back() + 1);
}

TEST_F(LoadClientTest, IdsSkipZeroAndThoseInUse) {
  plan_.pipeline = 2;
  open();
  EXPECT_EQ(calls(0ms), (Ids{1, 2}));
  for (unsigned id = 2; id < 65'535; ++id) {  // 1 stays pending
    reply(id, 0ms);
    ASSERT_EQ(calls(0ms), Ids{id + 1});
  }
  reply(65'535, 0ms);
  EXPECT_EQ(calls(0ms), Ids{2});
  EXPECT_EQ(tally_.error_count(), 0U);
}

TEST_F(LoadClientTest, AnswersThePingThatCameLast) {
  open();
  EXPECT_EQ(calls(0ms), Ids{1});
  client_.take(bytes("8900 8902 6162 8a00"_hex), 1ms);
  EXPECT_TRUE(client_.has_more_to_send());
  EXPECT_EQ(filled(1ms), "8a02 6162"_hex);
  EXPECT_FALSE(client_.has_more_to_send());
}

// ---- The schedule

TEST_F(LoadClientTest, CallsAreSentWhenTheyAreDue) {
  schedule(1000, 2, 100);
  open(1);  // the second of two connections: at 1, 3, 5, ... ms
  EXPECT_EQ(calls(0ms), Ids{});
  EXPECT_EQ(client_.next_due(0ms), 1ms);
  EXPECT_EQ(calls(1ms), Ids{1});
  EXPECT_EQ(client_.next_due(1ms), 3ms);
  EXPECT_EQ(calls(7ms), (Ids{2, 3, 4})) << "those of 3, 5 and 7 ms";
  reply(1, 8ms);
  reply(2, 8ms);
  EXPECT_EQ(tally_.latency.max(), 7'000'000U);
  EXPECT_EQ(tally_.service_time.max(), 7'000'000U);
  EXPECT_EQ(tally_.latency.min(), 5'000'000U);
  EXPECT_EQ(tally_.service_time.min(), 1'000'000U);
}

// A server that answers within 1 ms, but once stalls for 200 ms. The generator may have one call in
// flight, so that it sends nothing meanwhile; 20 calls were due in that time.
TEST_F(LoadClientTest, AStallShowsInTheLatencyOfAllCallsThatItHeldUp) {
  schedule(100, 1, 1);
  tally_.window = {0s, 10s};
  open();
  RunTime time = 0ms;
  unsigned id = 0;
  while (client_.next_due(time) != LoadClient::kNever) {
    time = std::max(time, client_.next_due(time));
    ASSERT_EQ(calls(time), Ids{++id});
    time += id == 500 ? 200ms : 1ms;
    reply(id, time);
  }
  EXPECT_EQ(id, 1000U);
  ASSERT_EQ(tally_.latency.count(), 1000U);
  constexpr std::uint64_t kMs = 1'000'000;
  // One call in 1000 took long to serve,
  EXPECT_EQ(tally_.service_time.max(), 200 * kMs);
  EXPECT_LE(tally_.service_time.percentile(999'000), kMs + kMs / 1000);
  // but 22 were late: those of the stall, and those until the backlog was gone.
  EXPECT_EQ(tally_.latency.max(), 200 * kMs);
  EXPECT_LE(tally_.latency.percentile(970'000), kMs + kMs / 1000);
  EXPECT_GE(tally_.latency.percentile(990'000), 100 * kMs);
  EXPECT_GE(tally_.latency.percentile(999'000), 190 * kMs);
}

TEST_F(LoadClientTest, BacklogIsSentBehindTheWindowUntilItMayNot) {
  schedule(1000, 1, 1);
  tally_.window = {0ms, 10ms};
  open();
  EXPECT_EQ(calls(0ms), Ids{1});
  reply(1, 20ms);
  EXPECT_EQ(calls(20ms), Ids{2});
  tally_.may_send = false;
  reply(2, 30ms);
  EXPECT_EQ(client_.next_due(30ms), LoadClient::kNever);
  EXPECT_EQ(calls(30ms), Ids{});
  EXPECT_EQ(tally_.sent, 2U);
  EXPECT_EQ(tally_.answered, 2U);
  EXPECT_EQ(tally_.replies, 0U) << "within the window";
}

TEST_F(LoadClientTest, WarmUpIsNotMeasured) {
  schedule(1000, 1, 100);
  tally_.window = {5ms, 8ms};
  open();
  EXPECT_EQ(calls(4ms).size(), 5U);    // of 0 to 4 ms
  EXPECT_EQ(calls(100ms).size(), 3U);  // of 5 to 7 ms
  EXPECT_EQ(tally_.sent, 3U);
  for (unsigned id = 1; id <= 4; ++id) reply(id, 100ms);
  EXPECT_EQ(tally_.answered, 0U);
  client_.expire(1h);
  EXPECT_EQ(tally_.failed, 3U);
  EXPECT_EQ(errors(LoadError::kTimeout), 3U) << "not that of number 5";
}

TEST_F(LoadClientTest, BacklogOfTheWarmUpIsDropped) {
  schedule(1000, 2, 1);
  tally_.window = {100ms, 200ms};
  open(1);  // at 1, 3, ... ms
  EXPECT_EQ(calls(1ms), Ids{1});
  EXPECT_EQ(calls(99ms), Ids{});
  reply(1, 100ms);
  EXPECT_EQ(calls(100ms), Ids{}) << "those of 3 to 99 ms";
  EXPECT_EQ(client_.next_due(100ms), 101ms);
  EXPECT_EQ(calls(101ms), Ids{2});
  EXPECT_EQ(tally_.sent, 1U);
}

TEST_F(LoadClientTest, RepliesCountWithinTheWindow) {
  plan_.pipeline = 3;
  tally_.window = {5ms, 8ms};
  open();
  EXPECT_EQ(calls(0ms).size(), 3U);
  reply(1, 4ms);
  reply(2, 5ms);
  reply(3, 8ms);
  EXPECT_EQ(tally_.replies, 1U);
  EXPECT_EQ(tally_.sent, 0U);
}

// ---- Calls without a reply

TEST_F(LoadClientTest, ACallThatExpiresMakesRoomAndItsReplyIsNoError) {
  plan_.timeout = 10ms;
  open();
  EXPECT_EQ(calls(0ms), Ids{1});
  client_.expire(10ms);
  EXPECT_EQ(tally_.failed, 0U);
  client_.expire(10ms + 1ns);
  EXPECT_EQ(tally_.failed, 1U);
  EXPECT_EQ(errors(LoadError::kTimeout), 1U);
  EXPECT_EQ(client_.in_flight(), 0U);
  client_.expire(1s);
  EXPECT_EQ(tally_.failed, 1U) << "once";
  EXPECT_EQ(calls(1s), Ids{2});
  reply(1, 1s);
  EXPECT_EQ(tally_.error_count(), 1U);
  reply(1, 1s);
  EXPECT_EQ(errors(LoadError::kUnexpected), 1U) << "a second reply to it";
}

TEST_F(LoadClientTest, AReplyThatComesTooLateIsATimeoutEvenIfNobodyLookedBefore) {
  plan_.timeout = 10ms;
  open();
  EXPECT_EQ(calls(0ms), Ids{1});
  reply(1, 11ms);
  EXPECT_EQ(tally_.answered, 0U);
  EXPECT_EQ(tally_.latency.count(), 0U);
  EXPECT_EQ(errors(LoadError::kTimeout), 1U);
}

TEST_F(LoadClientTest, NoMoreCallsThanTheProtocolAllowsWaitForReplies) {
  plan_.timeout = 10ms;
  plan_.pipeline = 1000;
  open();
  std::size_t sent = 0;
  for (int i = 0; i < 10; ++i) {
    sent += calls(i * 20ms).size();
    client_.expire(i * 20ms + 15ms);
  }
  EXPECT_EQ(sent, kMaxPendingCalls);
  EXPECT_EQ(errors(LoadError::kTimeout), kMaxPendingCalls);
  EXPECT_EQ(client_.next_due(1s), LoadClient::kNever);
  reply(7, 1s);
  EXPECT_EQ(calls(1s).size(), 1U);
}

TEST_F(LoadClientTest, CallsInFlightFailWhenTheConnectionEnds) {
  plan_.pipeline = 3;
  open();
  EXPECT_EQ(calls(0ms).size(), 3U);
  reply(1, 1ms);
  client_.end("gone");
  EXPECT_EQ(client_.state(), LoadClient::State::kEnded);
  EXPECT_EQ(tally_.answered, 1U);
  EXPECT_EQ(tally_.failed, 2U);
  EXPECT_EQ(errors(LoadError::kDisconnected), 2U);
  EXPECT_EQ(client_.in_flight(), 0U);
  client_.end("again");
  reply(2, 2ms);
  EXPECT_EQ(client_.end_reason(), "gone");
  EXPECT_EQ(tally_.error_count(), 2U);
  EXPECT_EQ(filled(2ms), "");
}

}  // namespace
}  // namespace wsapi
