// SPDX-License-Identifier: Apache-2.0

// The version negotiation of a ClientSession (protocol section 4).

#include <gtest/gtest.h>

#include "codec/client_session_test_peer.h"

namespace wsapi {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the helpers of this test
using enum Revision;

constexpr std::string_view kOffer = "56 09144c17 01 01";

TEST(ClientSessionVersion, StartSendsTheOfferOnce) {
  for (const Revision revision : kVersion1Revisions) {
    RecordingSink sink;
    ClientSession session(revision, sink);
    EXPECT_EQ(sink.take(), Messages{});
    session.start();
    EXPECT_EQ(sink.take(), messages({kOffer}));
    session.start();
    EXPECT_EQ(sink.take(), Messages{});
    EXPECT_FALSE(session.version().has_value());
  }
}

TEST(ClientSessionVersion, TheOfferIsFirstWhateverIsSentFirst) {
  RecordingSink calls;
  ClientSession calling(k2020_03, calls);
  EXPECT_TRUE(calling.call({.verb = "v", .session = "s", .token = "t"}).ok());
  EXPECT_EQ(calls.take(), messages({kOffer, "53 0100 02000000 7300", "54 0100 02000000 7400",
                                    "4b 0100 02000000 7600 0100 0100 05000000 6e756c6c00 "
                                    "00000000"}));
  RecordingSink describes;
  ClientSession describing(k2020_01, describes);
  EXPECT_TRUE(describing.describe().ok());
  EXPECT_EQ(describes.take(), messages({kOffer, "44 0100"}));

  RecordingSink answers;
  ClientSession answering(k2020_03, answers);
  EXPECT_TRUE(is<Handled>(answering.receive(bytes("50 0300 05000000 7472756500"))));
  EXPECT_EQ(answers.take(), messages({kOffer, "55 0300"}));
}

TEST(ClientSessionVersion, NothingWaitsForTheAnswer) {
  ClientPeer peer;
  peer.call();
  peer.describe();
  EXPECT_EQ(peer.sent(), messages({call_message(k2020_03, 1), "44 0200"}));
  EXPECT_TRUE(is<CallCompleted>(peer.receive(reply_message(k2020_03, 1, "1"))));
  EXPECT_TRUE(is<Handled>(peer.receive("76 01")));
}

TEST(ClientSessionVersion, GoodAnswerGivesTheVersion) {
  for (const Revision revision : kVersion1Revisions) {
    for (const std::string_view answer : {"76 01", "76 01 02", "76 01 00 ff"}) {
      ClientPeer peer(revision);
      EXPECT_TRUE(is<Handled>(peer.receive(answer)));
      EXPECT_EQ(peer.session.version(), 1);
      EXPECT_FALSE(peer.session.ended());
      EXPECT_EQ(peer.sent(), Messages{});
    }
  }
}

TEST(ClientSessionVersion, UnsupportedOrMissingVersionHangsUp) {
  for (const Revision revision : kVersion1Revisions) {
    for (const std::string_view answer : {"76 00", "76 02", "76 ff", "76 02 01", "76"}) {
      ClientPeer peer(revision);
      peer.call();
      (void)peer.sent();
      EXPECT_FALSE(get<HangUp>(peer.receive(answer)).reason.empty()) << answer;
      EXPECT_TRUE(peer.session.ended());
      EXPECT_FALSE(peer.session.version().has_value());
      EXPECT_EQ(peer.sent(), Messages{});
      const auto left = peer.session.next_disconnected();
      ASSERT_TRUE(left.has_value());
      EXPECT_EQ(get<CallCompleted>(*left).error, "disconnected");
    }
  }
}

TEST(ClientSessionVersion, SecondAnswerIsIgnoredUnlessItIsABadOne) {
  ClientPeer peer;
  EXPECT_TRUE(is<Handled>(peer.receive("76 01")));
  EXPECT_EQ(ignored_code(peer.receive("76 01")), ErrorCode::kNotPending);
  EXPECT_EQ(peer.session.version(), 1);
  EXPECT_FALSE(peer.session.ended());
  EXPECT_TRUE(is<HangUp>(peer.receive("76 02")));
  EXPECT_TRUE(peer.session.ended());
}

TEST(ClientSessionVersion, AnswerBeforeTheOfferIsIgnored) {
  RecordingSink sink;
  ClientSession session(k2020_03, sink);
  EXPECT_EQ(ignored_code(session.receive(bytes("76 01"))), ErrorCode::kNotPending);
  EXPECT_FALSE(session.version().has_value());
  EXPECT_EQ(sink.take(), Messages{});
  session.start();
  EXPECT_TRUE(is<Handled>(session.receive(bytes("76 01"))));
  EXPECT_EQ(session.version(), 1);
}

TEST(ClientSessionVersion, LegacyHasNone) {
  RecordingSink sink;
  ClientSession session(kLegacy, sink);
  session.start();
  EXPECT_EQ(sink.take(), Messages{});
  for (const std::string_view text : {"76", "76 00", "76 01"}) {
    EXPECT_EQ(ignored_code(session.receive(bytes(text))), ErrorCode::kUnknownOperation);
  }
  EXPECT_FALSE(session.ended());
  EXPECT_FALSE(session.version().has_value());
  EXPECT_TRUE(session.call({.verb = "v"}).ok());
  EXPECT_EQ(sink.take(), messages({call_message(kLegacy, 1)}));
}

TEST(ClientSessionVersion, SinkMayEndTheSessionWithinTheOffer) {
  RecordingSink sink;
  ClientSession session(k2020_03, sink);
  sink.end_at(session, 1);
  const auto handle = session.call({.verb = "v", .session = "s"});
  ASSERT_TRUE(handle.ok());
  EXPECT_EQ(sink.take(), messages({kOffer}));
  const auto left = session.next_disconnected();
  ASSERT_TRUE(left.has_value());
  EXPECT_EQ(get<CallCompleted>(*left).handle, *handle);
}

}  // namespace
}  // namespace wsapi
