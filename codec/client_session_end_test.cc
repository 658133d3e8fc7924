// SPDX-License-Identifier: Apache-2.0

// The end of a ClientSession: by its owner, by a hang-up, and within a send (protocol section 4).

#include <gtest/gtest.h>

#include <functional>

#include "codec/client_session_test_peer.h"

namespace wsapi {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the helpers of this test
using enum Revision;

TEST(ClientSessionEnd, WhatIsPendingCompletesInTheOrderOfSubmission) {
  for (const Revision revision : kRevisions) {
    ClientPeer peer(revision);
    const RequestHandle first = peer.call();
    const RequestHandle second = peer.describe();
    peer.call();
    const RequestHandle fourth = peer.call();
    EXPECT_TRUE(is<CallCompleted>(peer.receive(reply_message(revision, 3, "null"))));
    EXPECT_FALSE(peer.session.next_disconnected().has_value());  // not before the end
    peer.session.end();

    auto event = peer.session.next_disconnected();
    ASSERT_TRUE(event.has_value());
    const auto call = get<CallCompleted>(*event);
    EXPECT_EQ(call.handle, first);
    EXPECT_EQ(call.call_id, 1U);
    EXPECT_EQ(call.completion, Completion::kDisconnected);
    EXPECT_EQ(call.error, "disconnected");
    EXPECT_FALSE(call.info.has_value());
    EXPECT_EQ(call.data, "null");
    event = peer.session.next_disconnected();
    ASSERT_TRUE(event.has_value());
    const auto describe = get<DescribeCompleted>(*event);
    EXPECT_EQ(describe.handle, second);
    EXPECT_EQ(describe.description_id, 2U);
    EXPECT_EQ(describe.completion, Completion::kDisconnected);
    EXPECT_FALSE(describe.description.has_value());
    event = peer.session.next_disconnected();
    ASSERT_TRUE(event.has_value());
    EXPECT_EQ(get<CallCompleted>(*event).handle, fourth);
    EXPECT_FALSE(peer.session.next_disconnected().has_value());
    EXPECT_EQ(peer.session.request_count(), 0U);
  }
}

TEST(ClientSessionEnd, OrderIsThatOfSubmissionWhereTheIdsHaveWrapped) {
  ClientPeer peer;
  for (std::uint32_t id = 1; id <= 65534; ++id) {
    peer.call();
    ASSERT_TRUE(is<CallCompleted>(peer.receive(reply_message(k2020_03, id, "null"))));
  }
  peer.call();  // id 65535
  peer.call();  // id 1
  peer.session.end();
  EXPECT_EQ(get<CallCompleted>(*peer.session.next_disconnected()).call_id, 65535U);
  EXPECT_EQ(get<CallCompleted>(*peer.session.next_disconnected()).call_id, 1U);
}

TEST(ClientSessionEnd, NothingIsTakenOrSentAnyMore) {
  for (const Revision revision : kRevisions) {
    const bool legacy = revision == kLegacy;
    ClientPeer peer(revision);
    EXPECT_TRUE(peer.session.call({.verb = "v", .session = "s", .token = "t"}).ok());
    (void)peer.receive(legacy ? "2b 03000000 04000000 65767400" : "45 0300 04000000 65767400");
    (void)peer.receive(legacy ? "53 01000000 03000000 04000000 65767400" : "58 0100 0300");
    EXPECT_TRUE(peer.session.listens("evt"));
    (void)peer.sent();
    peer.session.end();
    peer.session.end();
    EXPECT_TRUE(peer.session.ended());
    peer.session.start();
    EXPECT_EQ(peer.session.call({.verb = "v"}).error().code, ErrorCode::kEnded);
    EXPECT_EQ(peer.session.describe().error().code, ErrorCode::kEnded);
    EXPECT_FALSE(peer.session.remove_session("s"));
    EXPECT_FALSE(peer.session.remove_token("t"));
    EXPECT_FALSE(peer.session.listens("evt"));
    const std::string reply = reply_message(revision, 1, "null");
    for (const std::string_view text :
         {std::string_view(reply), std::string_view("50 0900 05000000 7472756500"),
          std::string_view("76 01"), std::string_view("76"), std::string_view()}) {
      EXPECT_TRUE(is<HangUp>(peer.receive(text)));
    }
    EXPECT_EQ(peer.sent(), Messages{});
    EXPECT_EQ(
        peer.session.session_count() + peer.session.token_count() + peer.session.event_count(), 0U);
    EXPECT_EQ(peer.session.request_count(), 1U);  // until it is asked for
    EXPECT_TRUE(peer.session.next_disconnected().has_value());
    EXPECT_FALSE(peer.session.next_disconnected().has_value());
  }
}

TEST(ClientSessionEnd, EndBeforeTheStart) {
  RecordingSink sink;
  ClientSession session(k2020_03, sink);
  session.end();
  session.start();
  EXPECT_EQ(session.call({.verb = "v"}).error().code, ErrorCode::kEnded);
  EXPECT_EQ(sink.take(), Messages{});
}

// ---- The connection fails while the session sends

// Runs `act` on a session that ends within the count-th send, and returns how many requests are
// disconnected. Whatever it does then, it sends no more and keeps nothing.
int disconnected_by(Revision revision, int count, const std::function<void(ClientPeer&)>& act) {
  ClientPeer peer(revision);
  EXPECT_TRUE(peer.session.call({.verb = "v", .session = "old", .token = "old"}).ok());
  (void)peer.sent();
  peer.sink.end_at(peer.session, count);
  act(peer);
  EXPECT_TRUE(peer.session.ended());
  EXPECT_EQ(peer.sent().size(), static_cast<std::size_t>(count));
  EXPECT_EQ(peer.session.session_count() + peer.session.token_count(), 0U);
  int disconnected = 0;
  while (peer.session.next_disconnected()) ++disconnected;
  return disconnected;
}

TEST(ClientSessionEndsWhileSending, RequestsThatWereTakenComplete) {
  const auto call = [](ClientPeer& peer) {
    EXPECT_TRUE(
        peer.session.call({.verb = "v", .session = "a new one", .token = "a new one"}).ok());
  };
  // SESSION CREATE, TOKEN CREATE, CALL
  for (const int count : {1, 2, 3}) EXPECT_EQ(disconnected_by(k2020_03, count, call), 2);
  EXPECT_EQ(disconnected_by(kLegacy, 1, call), 2);
  for (const Revision revision : kRevisions) {
    EXPECT_EQ(disconnected_by(revision, 1, [](ClientPeer& peer) { peer.describe(); }), 2);
  }
}

TEST(ClientSessionEndsWhileSending, Others) {
  EXPECT_EQ(disconnected_by(k2020_03, 1,
                            [](ClientPeer& peer) {
                              EXPECT_TRUE(is<Handled>(peer.receive("50 0300 05000000 7472756500")));
                              EXPECT_TRUE(is<HangUp>(peer.receive("50 0300 05000000 7472756500")));
                            }),
            1);
  EXPECT_EQ(disconnected_by(k2020_03, 1,
                            [](ClientPeer& peer) {
                              EXPECT_TRUE(peer.session.remove_session("old"));
                              EXPECT_FALSE(peer.session.remove_token("old"));
                            }),
            1);
  EXPECT_EQ(
      disconnected_by(k2020_03, 1,
                      [](ClientPeer& peer) { EXPECT_TRUE(peer.session.remove_token("old")); }),
      1);
}

}  // namespace
}  // namespace wsapi
