// SPDX-License-Identifier: Apache-2.0

// What comes back: right and wrong replies, messages that nobody asked for, and octets that are
// nothing at all.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/load/load_client_test_tools.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class LoadClientRepliesTest : public LoadClientTest {
 protected:
  // Two calls, 1 and 2, are in flight.
  void start(bool expects_error = true) {
    plan_.expects_error = expects_error;
    plan_.pipeline = 2;
    open();
    ASSERT_EQ(calls(0ms), (Ids{1, 2}));
  }

  void expect_only(LoadError error, std::uint64_t count) {
    EXPECT_EQ(errors(error), count);
    EXPECT_EQ(tally_.error_count(), count);
  }
};

TEST_F(LoadClientRepliesTest, RightOnesInAnyOrder) {
  start();
  reply(2, 1ms);
  reply(1, 2ms);
  EXPECT_EQ(tally_.answered, 2U);
  EXPECT_EQ(tally_.failed, 0U);
  EXPECT_EQ(tally_.error_count(), 0U);
  EXPECT_EQ(tally_.latency.max(), 2'000'000U);
}

TEST_F(LoadClientRepliesTest, SuccessOfTheVerbThatNoServerHas) {
  start();
  take(success_hex(1), 1ms);
  EXPECT_EQ(tally_.answered, 0U);
  EXPECT_EQ(tally_.failed, 1U);
  expect_only(LoadError::kUnexpected, 1);
  EXPECT_THAT(sample(LoadError::kUnexpected), HasSubstr("no-such-verb"));
}

TEST_F(LoadClientRepliesTest, ErrorOfAVerbThatWasAskedFor) {
  start(false);
  take("6b 0100"_hex + hex_string("oops\x1b[31m") + hex_string("why?") + hex_string("null"), 1ms);
  take("6b 0200 05000000 6f6f707300 00000000 05000000 6e756c6c00"_hex, 1ms);
  EXPECT_EQ(tally_.failed, 2U);
  expect_only(LoadError::kErrorReply, 2);
  EXPECT_EQ(sample(LoadError::kErrorReply), "oops\\u001b[31m: why?");
}

TEST_F(LoadClientRepliesTest, SuccessOfAVerbThatWasAskedFor) {
  start(false);
  take(success_hex(1), 1ms);
  EXPECT_EQ(tally_.answered, 1U);
  EXPECT_EQ(tally_.error_count(), 0U);
}

TEST_F(LoadClientRepliesTest, ReplyThatNoCallWaitsFor) {
  start();
  for (const unsigned id : {0U, 3U, 0xffffU}) take(error_hex(id), 1ms);
  expect_only(LoadError::kUnexpected, 3);
  EXPECT_THAT(sample(LoadError::kUnexpected), HasSubstr("call id 0 "));
  reply(1, 1ms);
  reply(1, 1ms);  // twice
  expect_only(LoadError::kUnexpected, 4);
  EXPECT_EQ(tally_.answered, 1U);
  EXPECT_EQ(tally_.failed, 0U);
  EXPECT_EQ(client_.in_flight(), 1U);
}

TEST_F(LoadClientRepliesTest, UndecodableReplyEndsTheCallWhoseIdCanBeRead) {
  start();
  take("6b 0100 05000000 61"_hex, 1ms);
  EXPECT_EQ(tally_.failed, 1U);
  EXPECT_EQ(client_.in_flight(), 1U);
  expect_only(LoadError::kUndecodable, 1);
  EXPECT_THAT(sample(LoadError::kUndecodable), HasSubstr("REPLY"));
  take("6b02", 1ms);
  EXPECT_EQ(client_.in_flight(), 1U);
  expect_only(LoadError::kUndecodable, 2);
}

TEST_F(LoadClientRepliesTest, MessagesThatNobodyAskedFor) {
  start();
  const std::string event_create = "45 0300 04000000 65767400"_hex;
  const std::string description = "64 02000000 05000000 6e756c6c00"_hex;
  for (const std::string& payload : {std::string{"7601"}, event_create, description}) {
    take(payload, 1ms);
  }
  expect_only(LoadError::kUnexpected, 3);
  EXPECT_THAT(sample(LoadError::kUnexpected), HasSubstr("VERSION SET"));
  EXPECT_EQ(client_.state(), LoadClient::State::kOpen);
}

TEST_F(LoadClientRepliesTest, BroadcastsAndEmptyMessagesAreNoErrors) {
  start();
  take("42 04000000 65767400 05000000 6e756c6c00 00000000000000000000000000000000 09"_hex, 1ms);
  take("", 1ms);
  EXPECT_EQ(tally_.error_count(), 0U);
}

TEST_F(LoadClientRepliesTest, EventsAreTheBusinessOfAVerbThatWasAskedFor) {
  start(false);
  take("45 0300 04000000 65767400"_hex, 1ms);    // EVENT CREATE
  take("58 0100 0300"_hex, 1ms);                 // EVENT SUBSCRIBE
  take("50 0300 05000000 7472756500"_hex, 1ms);  // EVENT PUSH
  EXPECT_EQ(tally_.error_count(), 0U);
  take("64 02000000 05000000 6e756c6c00"_hex, 1ms);  // DESCRIPTION
  expect_only(LoadError::kUnexpected, 1);
}

TEST_F(LoadClientRepliesTest, BytesThatAreNoMessage) {
  start();
  for (const char* const payload : {"ff", "00", "4b", "50", "7650ff", "42ffffffff"}) {
    take(payload, 1ms);
  }
  EXPECT_EQ(errors(LoadError::kUndecodable), 5U);
  EXPECT_EQ(errors(LoadError::kUnexpected), 1U) << "VERSION SET 80";
  EXPECT_EQ(tally_.failed, 0U);
  reply(1, 1ms);
  EXPECT_EQ(tally_.answered, 1U);
}

TEST_F(LoadClientRepliesTest, OctetsThatAreNoFrameEndTheConnection) {
  start();
  client_.take(bytes("ffff"), 1ms);
  EXPECT_EQ(client_.state(), LoadClient::State::kEnded);
  EXPECT_THAT(client_.end_reason(), HasSubstr("rsv-bits"));
  EXPECT_EQ(errors(LoadError::kUndecodable), 1U);
  EXPECT_EQ(errors(LoadError::kDisconnected), 2U);
}

TEST_F(LoadClientRepliesTest, AFrameBeyondTheLimitEndsTheConnectionAtItsHeader) {
  start();
  client_.take(bytes("827f 0000000000100000"_hex), 1ms);
  EXPECT_THAT(client_.end_reason(), HasSubstr("message-too-long"));
}

TEST_F(LoadClientRepliesTest, CloseFrameEndsTheConnection) {
  start();
  client_.take(bytes("8802 03e9"_hex), 1ms);
  EXPECT_THAT(client_.end_reason(), HasSubstr("CLOSE frame with code 1001"));
  expect_only(LoadError::kDisconnected, 2);
}

TEST_F(LoadClientRepliesTest, StreamsMayComeInPieces) {
  start();
  std::vector<std::byte> stream = frame(error_hex(2));
  const std::vector<std::byte> second = frame(error_hex(1));
  stream.insert(stream.end(), second.begin(), second.end());
  for (std::size_t i = 0; i < stream.size(); ++i) {
    client_.take(std::span(stream).subspan(i, 1), 1ms);
    EXPECT_EQ(client_.mid_frame(), i + 1 != stream.size() && i + 1 != stream.size() / 2) << i;
  }
  EXPECT_EQ(tally_.answered, 2U);
  EXPECT_EQ(tally_.error_count(), 0U);
}

// ---- Before VERSION SET

TEST_F(LoadClientRepliesTest, AVersionThatWasNotOfferedEndsTheConnection) {
  EXPECT_EQ(filled(0ms).size(), 18U);
  take("7602", 1ms);
  EXPECT_EQ(client_.state(), LoadClient::State::kEnded);
  EXPECT_THAT(client_.end_reason(), HasSubstr("VERSION SET 2"));
}

TEST_F(LoadClientRepliesTest, OtherMessagesBeforeItAreCountedAndPassedOver) {
  EXPECT_EQ(filled(0ms).size(), 18U);
  take("42 04000000 65767400 05000000 6e756c6c00 00000000000000000000000000000000 09"_hex, 1ms);
  EXPECT_EQ(tally_.error_count(), 0U);
  take(error_hex(1), 1ms);
  take("76", 1ms);
  take("ff", 1ms);
  EXPECT_EQ(errors(LoadError::kUnexpected), 1U);
  EXPECT_EQ(errors(LoadError::kUndecodable), 2U);
  EXPECT_EQ(client_.state(), LoadClient::State::kOpening);
  take("7601", 1ms);
  EXPECT_EQ(client_.state(), LoadClient::State::kOpen);
}

}  // namespace
}  // namespace wsapi
