// SPDX-License-Identifier: Apache-2.0

// Calls and descriptions of a ClientSession: the bytes that go out, what an answer gives, and what
// becomes of answers that are unknown or malformed. Golden bytes by hand, from protocol sections 3
// to 5. Ids and limits, sessions with tokens, events, and the end have their own tests.

#include <gtest/gtest.h>

#include <array>

#include "codec/client_session_test_peer.h"

namespace wsapi {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the helpers of this test
using enum Revision;

// ---- Calls

TEST(ClientSessionCall, WorkedExampleOfTheProtocolPage) {
  for (const Revision revision : kVersion1Revisions) {
    ClientPeer peer(revision);
    const auto handle = peer.session.call({.verb = "ping"});
    ASSERT_TRUE(handle.ok());
    EXPECT_EQ(peer.sent(), messages({"4b 0100 05000000 70696e6700 0000 0000 05000000 6e756c6c00 "
                                     "00000000"}));
    EXPECT_EQ(peer.session.request_count(), 1U);
    const ClientEvent event = peer.receive("6b 0100 00000000 00000000 07000000 22706f6e672200");
    const auto completed = get<CallCompleted>(event);
    EXPECT_EQ(completed.handle, *handle);
    EXPECT_EQ(completed.call_id, 1U);
    EXPECT_EQ(completed.completion, Completion::kAnswered);
    EXPECT_FALSE(completed.error.has_value());
    EXPECT_FALSE(completed.info.has_value());
    EXPECT_EQ(completed.data, "\"pong\"");
    EXPECT_EQ(peer.session.request_count(), 0U);
    EXPECT_EQ(peer.sent(), Messages{});
  }
}

TEST(ClientSessionCall, ArgsAndCredentialsAreSentVerbatim) {
  ClientPeer peer;
  EXPECT_TRUE(peer.session.call({.verb = "v", .args = R"({"a":1})", .credentials = "0:0"}).ok());
  EXPECT_TRUE(peer.session.call({.verb = "", .args = "no json", .credentials = ""}).ok());
  EXPECT_EQ(peer.sent(),
            messages({"4b 0100 02000000 7600 0000 0000 08000000 7b2261223a317d00 04000000 303a3000",
                      "4b 0200 01000000 00 0000 0000 08000000 6e6f206a736f6e00 01000000 00"}));
}

TEST(ClientSessionCall, LegacyHas32BitIdsAndTheSessionInEachCall) {
  ClientPeer peer(kLegacy);
  const auto handle = peer.session.call(
      {.verb = "ping", .session = "uui", .token = "not sent", .credentials = "0:0"});
  ASSERT_TRUE(handle.ok());
  EXPECT_TRUE(peer.session.call({.verb = "v", .session = "uui"}).ok());
  EXPECT_TRUE(peer.session.call({.verb = "v"}).ok());
  EXPECT_EQ(peer.sent(),
            messages({"43 01000000 05000000 70696e6700 04000000 75756900 05000000 6e756c6c00 "
                      "04000000 303a3000",
                      "43 02000000 02000000 7600 04000000 75756900 05000000 6e756c6c00 00000000",
                      "43 03000000 02000000 7600 01000000 00 05000000 6e756c6c00 00000000"}));
  EXPECT_EQ(peer.session.session_count() + peer.session.token_count(), 0U);
  const ClientEvent event =
      peer.receive("59 01000000 00000000 02000000 6900 07000000 22706f6e672200");
  const auto completed = get<CallCompleted>(event);
  EXPECT_EQ(completed.handle, *handle);
  EXPECT_EQ(completed.info, "i");
  EXPECT_EQ(completed.data, "\"pong\"");
}

TEST(ClientSessionCall, ReplyGivesErrorAndInfo) {
  ClientPeer peer;
  peer.call();
  ClientEvent event = peer.receive("6b 0100 04000000 62616400 05000000 6e6f706500 02000000 3100");
  EXPECT_EQ(get<CallCompleted>(event).error, "bad");
  EXPECT_EQ(get<CallCompleted>(event).info, "nope");
  EXPECT_EQ(get<CallCompleted>(event).data, "1");
  peer.call();
  event = peer.receive("6b 0200 01000000 00 01000000 00 02000000 3100");  // empty is not null
  EXPECT_EQ(get<CallCompleted>(event).error, "");
  EXPECT_EQ(get<CallCompleted>(event).info, "");
}

TEST(ClientSessionCall, RepliesMayComeInAnyOrder) {
  for (const Revision revision : kRevisions) {
    ClientPeer peer(revision);
    const RequestHandle first = peer.call();
    const RequestHandle second = peer.call();
    const RequestHandle third = peer.call();
    EXPECT_NE(first, second);
    const auto completed_by = [&](std::uint32_t id) {
      return get<CallCompleted>(peer.receive(reply_message(revision, id, "null"))).handle;
    };
    EXPECT_EQ(completed_by(2), second);
    EXPECT_EQ(completed_by(3), third);
    EXPECT_EQ(completed_by(1), first);
  }
}

TEST(ClientSessionCall, CompletesExactlyOnce) {
  for (const Revision revision : kRevisions) {
    ClientPeer peer(revision);
    peer.call();
    EXPECT_TRUE(is<CallCompleted>(peer.receive(reply_message(revision, 1, "1"))));
    EXPECT_EQ(ignored_code(peer.receive(reply_message(revision, 1, "2"))), ErrorCode::kNotPending);
    peer.session.end();
    EXPECT_FALSE(peer.session.next_disconnected().has_value());
  }
}

TEST(ClientSessionCall, ReplyThatNobodyWaitsForIsIgnored) {
  for (const Revision revision : kRevisions) {
    ClientPeer peer(revision);
    const RequestHandle call = peer.call();
    for (const std::uint32_t id : {0U, 2U, 0x0101U, 0xffffU}) {
      EXPECT_EQ(ignored_code(peer.receive(reply_message(revision, id, "1"))),
                ErrorCode::kNotPending);
    }
    EXPECT_EQ(peer.session.request_count(), 1U);
    EXPECT_EQ(get<CallCompleted>(peer.receive(reply_message(revision, 1, "1"))).handle, call);
  }
  ClientPeer legacy(kLegacy);
  legacy.call();
  EXPECT_EQ(ignored_code(legacy.receive(reply_message(kLegacy, 0x10001, "1"))),
            ErrorCode::kNotPending);
}

// ---- Replies that cannot be decoded

TEST(ClientSessionCall, MalformedReplyCompletesWithProtoErrorOnceItsIdIsThere) {
  for (const Revision revision : kRevisions) {
    const auto whole = bytes(reply_message(revision, 1, "1"));
    const std::size_t id_end = revision == kLegacy ? 5 : 3;
    for (std::size_t size = 1; size < whole.size(); ++size) {
      ClientPeer peer(revision);
      const RequestHandle call = peer.call();
      const ClientEvent event = peer.session.receive(std::span(whole).first(size));
      if (size < id_end) {
        EXPECT_EQ(ignored_code(event), ErrorCode::kTruncated) << size;
        EXPECT_EQ(peer.session.request_count(), 1U);
        continue;
      }
      const auto completed = get<CallCompleted>(event);
      EXPECT_EQ(completed.handle, call) << size;
      EXPECT_EQ(completed.call_id, 1U);
      EXPECT_EQ(completed.completion, Completion::kMalformed);
      EXPECT_EQ(completed.error, "proto-error");
      EXPECT_FALSE(completed.info.has_value());
      EXPECT_EQ(completed.data, "null");
      EXPECT_EQ(peer.session.request_count(), 0U);
      EXPECT_EQ(ignored_code(peer.session.receive(whole)), ErrorCode::kNotPending);
    }
  }
}

TEST(ClientSessionCall, MalformedStringsInAReply) {
  constexpr std::array kReplies = {
      std::string_view("6b 0100 00000000 00000000 00000000"),  // an object of length 0
      std::string_view("6b 0100 ffffffff 61626300 00000000 02000000 3100"),  // beyond the end
      std::string_view("6b 0100 03000000 616263 00000000 02000000 3100"),    // no NUL
  };
  for (const std::string_view reply : kReplies) {
    ClientPeer peer;
    const RequestHandle call = peer.call();
    const auto completed = get<CallCompleted>(peer.receive(reply));
    EXPECT_EQ(completed.handle, call);
    EXPECT_EQ(completed.error, "proto-error");
  }
}

TEST(ClientSessionCall, MalformedReplyThatNobodyWaitsForIsIgnored) {
  for (const Revision revision : kRevisions) {
    ClientPeer peer(revision);
    peer.call();
    const std::string start = revision == kLegacy ? "59" : "6b";
    EXPECT_EQ(ignored_code(peer.receive(start + wire_id(revision, 2))), ErrorCode::kTruncated);
    EXPECT_EQ(peer.session.request_count(), 1U);
  }
}

TEST(ClientSessionCall, BytesBehindAReplyAreNoError) {
  ClientPeer peer;
  peer.call();
  EXPECT_EQ(
      get<CallCompleted>(peer.receive("6b 0100 00000000 00000000 02000000 3100 7a7a")).completion,
      Completion::kAnswered);
}

// ---- Descriptions: the id is 16 bits each way, 16 and 32, or 32 each way (section 5)

struct DescribeRow {
  Revision revision;
  std::string_view describe;
  std::string_view description;
  std::string_view malformed;
};
constexpr std::array kDescribeRows = {
    DescribeRow{k2020_03, "44 0100", "64 0100 08000000 7b2261223a317d00", "64 0100 00000000"},
    DescribeRow{k2020_01, "44 0100", "64 01000000 08000000 7b2261223a317d00",
                "64 01000000 00000000"},
    DescribeRow{kLegacy, "44 01000000", "64 01000000 08000000 7b2261223a317d00",
                "64 01000000 00000000"},
};

TEST(ClientSessionDescribe, WidthsOfTheThreeRevisions) {
  for (const DescribeRow& row : kDescribeRows) {
    ClientPeer peer(row.revision);
    const RequestHandle handle = peer.describe();
    EXPECT_EQ(peer.sent(), messages({row.describe})) << name(row.revision);
    const ClientEvent event = peer.receive(row.description);
    const auto completed = get<DescribeCompleted>(event);
    EXPECT_EQ(completed.handle, handle);
    EXPECT_EQ(completed.description_id, 1U);
    EXPECT_EQ(completed.completion, Completion::kAnswered);
    EXPECT_EQ(completed.description, R"({"a":1})");
    EXPECT_EQ(ignored_code(peer.receive(row.description)), ErrorCode::kNotPending);
    EXPECT_EQ(peer.session.request_count(), 0U);
  }
}

TEST(ClientSessionDescribe, WidthOfTheOtherRevisionIsNoAnswer) {
  ClientPeer narrow(k2020_03);
  narrow.describe();
  // Its id is 1, and the length 0x80000 is beyond the end.
  EXPECT_EQ(
      get<DescribeCompleted>(narrow.receive("64 01000000 08000000 7b2261223a317d00")).completion,
      Completion::kMalformed);
  ClientPeer wide(k2020_01);
  wide.describe();
  // Its id is 0x80001.
  EXPECT_TRUE(is<Ignored>(wide.receive("64 0100 08000000 7b2261223a317d00")));
  EXPECT_EQ(wide.session.request_count(), 1U);
}

TEST(ClientSessionDescribe, WideIdIsNotCutTo16Bits) {
  ClientPeer peer(k2020_01);
  peer.describe();
  EXPECT_EQ(ignored_code(peer.receive("64 01000100 05000000 6e756c6c00")), ErrorCode::kNotPending);
  EXPECT_EQ(ignored_code(peer.receive("64 01000100 00000000")), ErrorCode::kStringLengthZero);
  EXPECT_EQ(peer.session.request_count(), 1U);
}

TEST(ClientSessionDescribe, MalformedDescriptionCompletesWithNone) {
  for (const DescribeRow& row : kDescribeRows) {
    ClientPeer peer(row.revision);
    const RequestHandle handle = peer.describe();
    const auto malformed = bytes(row.malformed);
    const std::size_t id_end = malformed.size() - 4;
    for (std::size_t size = 1; size < id_end; ++size) {
      EXPECT_EQ(ignored_code(peer.session.receive(std::span(malformed).first(size))),
                ErrorCode::kTruncated);
    }
    const auto completed = get<DescribeCompleted>(peer.session.receive(malformed));
    EXPECT_EQ(completed.handle, handle) << name(row.revision);
    EXPECT_EQ(completed.description_id, 1U);
    EXPECT_EQ(completed.completion, Completion::kMalformed);
    EXPECT_FALSE(completed.description.has_value());
    EXPECT_EQ(ignored_code(peer.receive(row.malformed)), ErrorCode::kStringLengthZero);
  }
}

// ---- The two kinds of request

TEST(ClientSessionCall, AnswersOfTheOtherKindAreIgnored) {
  for (const Revision revision : kRevisions) {
    ClientPeer peer(revision);
    const RequestHandle call = peer.call();          // id 1
    const RequestHandle describe = peer.describe();  // id 2
    const std::string reply = revision == kLegacy ? "59" : "6b";
    const auto description = [&](std::uint32_t id) {
      return "64" + (description_id_size(revision) == 4 ? id32(id) : id16(id));
    };
    EXPECT_EQ(ignored_code(peer.receive(reply_message(revision, 2, "1"))), ErrorCode::kNotPending);
    EXPECT_EQ(ignored_code(peer.receive(reply + wire_id(revision, 2))), ErrorCode::kTruncated);
    EXPECT_EQ(ignored_code(peer.receive(description(1) + wire_string("1"))),
              ErrorCode::kNotPending);
    EXPECT_EQ(ignored_code(peer.receive(description(1))), ErrorCode::kTruncated);
    EXPECT_EQ(peer.session.request_count(), 2U);
    EXPECT_EQ(get<DescribeCompleted>(peer.receive(description(2) + wire_string("1"))).handle,
              describe);
    EXPECT_EQ(get<CallCompleted>(peer.receive(reply_message(revision, 1, "1"))).handle, call);
  }
}

// ---- What cannot be encoded

void expect_refused(ClientPeer& peer, const OutgoingCall& call) {
  const auto result = peer.session.call(call);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kStringTooLong);
  EXPECT_EQ(peer.sent(), Messages{});
  EXPECT_EQ(peer.session.request_count(), 0U);
  EXPECT_EQ(peer.session.session_count() + peer.session.token_count(), 0U);
}

TEST(ClientSessionCall, TextThatNoMessageCanHoldIsRefusedAndLeavesNoTrace) {
  const HugeText huge;
  if (!huge.mapped()) GTEST_SKIP() << "no address space for 4 GiB";
  for (const Revision revision : kRevisions) {
    // Without the limit of the tables, which would refuse the texts first.
    ClientPeer peer(revision, {.max_text_size = std::numeric_limits<std::size_t>::max()});
    expect_refused(peer, {.verb = huge.text(), .session = "s", .token = "t"});
    expect_refused(peer, {.verb = "v", .args = huge.text(), .session = "s", .token = "t"});
    expect_refused(peer, {.verb = "v", .session = "s", .token = "t", .credentials = huge.text()});
    expect_refused(peer, {.verb = "v", .session = huge.text(), .token = "t"});
    if (revision != kLegacy) {
      expect_refused(peer, {.verb = "v", .session = "s", .token = huge.text()});
    }
    peer.call();
    EXPECT_EQ(peer.sent(), messages({call_message(revision, 1)}));  // no id has been lost
  }
}

}  // namespace
}  // namespace wsapi
