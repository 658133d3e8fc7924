// SPDX-License-Identifier: Apache-2.0

// Sessions and tokens of a ServerSession: how ids are bound and unbound, and the bounds of the
// tables (protocol sections 4 and 8).

#include <gtest/gtest.h>

#include <optional>

#include "codec/server_session_test_peer.h"

namespace wsapi {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the helpers of this test
using enum Revision;

constexpr std::string_view kUnknownSession =
    "6b 0100 10000000 756e6b6e6f776e2d73657373696f6e00 00000000 05000000 6e756c6c00";

// The texts that a CALL with these ids gets; std::nullopt where it was no request.
struct Texts {
  std::optional<std::string> session;
  std::optional<std::string> token;
};

// Ids as they are on the wire: "0100" is 1.
std::optional<Texts> call_with(Peer& peer, const std::string& session_id,
                               const std::string& token_id) {
  const ServerEvent event = peer.receive("4b 0100 02000000 7600" + session_id + token_id +
                                         "05000000 6e756c6c00 00000000");
  const auto* call = std::get_if<CallRequest>(&event);
  if (call == nullptr) return std::nullopt;
  Texts texts;
  if (call->session) texts.session = std::string(*call->session);
  if (call->token) texts.token = std::string(*call->token);
  return texts;
}

std::optional<std::string> session_of(Peer& peer, const std::string& id) {
  const auto texts = call_with(peer, id, "0000");
  return texts ? texts->session : std::nullopt;
}

std::optional<std::string> token_of(Peer& peer, const std::string& id) {
  const auto texts = call_with(peer, "0000", id);
  return texts ? texts->token : std::nullopt;
}

void create_session(Peer& peer, const std::string& id, std::string_view name) {
  EXPECT_TRUE(is<Handled>(peer.receive("53" + id + wire_string(name))));
}

void create_token(Peer& peer, const std::string& id, std::string_view token) {
  EXPECT_TRUE(is<Handled>(peer.receive("54" + id + wire_string(token))));
}

void remove_session(Peer& peer, const std::string& id) {
  EXPECT_TRUE(is<Handled>(peer.receive("73" + id)));
}

void remove_token(Peer& peer, const std::string& id) {
  EXPECT_TRUE(is<Handled>(peer.receive("74" + id)));
}

TEST(ServerSessionTables, CallGetsTheTextsOfItsIdsAndNothingIsAnswered) {
  for (const Revision revision : kVersion1Revisions) {
    Peer peer(revision);
    EXPECT_TRUE(is<Handled>(peer.receive("53 0100 05000000 6e616d6500")));
    EXPECT_TRUE(is<Handled>(peer.receive("54 0200 04000000 746f6b00")));
    const auto texts = call_with(peer, "0100", "0200");
    ASSERT_TRUE(texts.has_value());
    EXPECT_EQ(texts->session, "name");
    EXPECT_EQ(texts->token, "tok");
    remove_session(peer, "0100");
    remove_token(peer, "0200");
    EXPECT_EQ(peer.sent(), Messages{});
  }
}

TEST(ServerSessionTables, UnknownSessionIsAnErrorAndNoRequest) {
  for (const Revision revision : kVersion1Revisions) {
    Peer peer(revision);
    EXPECT_FALSE(call_with(peer, "0100", "0000").has_value());
    EXPECT_EQ(peer.sent(), messages({kUnknownSession}));
    EXPECT_EQ(peer.session.request_count(), 0U);
    create_session(peer, "0100", "a");
    EXPECT_EQ(session_of(peer, "0100"), "a");
    remove_session(peer, "0100");
    EXPECT_EQ(peer.sent(), Messages{});
    EXPECT_FALSE(call_with(peer, "0100", "0000").has_value());
    EXPECT_EQ(peer.sent(), messages({kUnknownSession}));
  }
}

TEST(ServerSessionTables, UnknownTokenIsNoToken) {
  Peer peer;
  const auto texts = call_with(peer, "0000", "0900");
  ASSERT_TRUE(texts.has_value());
  EXPECT_FALSE(texts->token.has_value());
  create_token(peer, "0900", "a");
  EXPECT_EQ(token_of(peer, "0900"), "a");
  remove_token(peer, "0900");
  EXPECT_FALSE(token_of(peer, "0900").has_value());
  EXPECT_EQ(peer.sent(), Messages{});
}

TEST(ServerSessionTables, FirstTextStaysUntilItIsRemoved) {
  Peer peer;
  create_session(peer, "0100", "first");
  create_session(peer, "0100", "second");
  create_token(peer, "0100", "one");
  create_token(peer, "0100", "two");
  EXPECT_EQ(session_of(peer, "0100"), "first");
  EXPECT_EQ(token_of(peer, "0100"), "one");
  remove_session(peer, "0100");
  remove_token(peer, "0100");
  create_session(peer, "0100", "second");
  create_token(peer, "0100", "two");
  EXPECT_EQ(session_of(peer, "0100"), "second");
  EXPECT_EQ(token_of(peer, "0100"), "two");
  EXPECT_EQ(peer.session.session_count(), 1U);
  EXPECT_EQ(peer.session.token_count(), 1U);
  EXPECT_EQ(peer.sent(), Messages{});
}

TEST(ServerSessionTables, IdsOfOneKindStayWhenTheOtherIsRemoved) {
  Peer peer;
  create_session(peer, "0500", "name");
  create_token(peer, "0500", "tok");
  remove_token(peer, "0500");
  EXPECT_EQ(session_of(peer, "0500"), "name");
  EXPECT_FALSE(token_of(peer, "0500").has_value());
  create_token(peer, "0500", "tok");
  remove_session(peer, "0500");
  EXPECT_EQ(token_of(peer, "0500"), "tok");
  EXPECT_EQ(peer.sent(), Messages{});
  EXPECT_FALSE(session_of(peer, "0500").has_value());
  EXPECT_EQ(peer.sent(), messages({kUnknownSession}));
}

TEST(ServerSessionTables, EventsAndSessionsOfOneIdAreApart) {
  Peer peer;
  create_session(peer, "0100", "name");
  create_token(peer, "0100", "tok");
  EXPECT_TRUE(peer.session.subscribe(peer.call(), "evt"));  // the event has id 1, too
  (void)peer.receive("55 0100");
  EXPECT_EQ(session_of(peer, "0100"), "name");
  EXPECT_EQ(token_of(peer, "0100"), "tok");
  EXPECT_EQ(peer.session.event_count(), 0U);
}

TEST(ServerSessionTables, RemovingWhatIsUnknownHasNoEffect) {
  Peer peer;
  create_session(peer, "0100", "name");
  create_token(peer, "0100", "tok");
  for (const char* const id : {"0000", "0200", "ffff"}) {
    remove_session(peer, id);
    remove_token(peer, id);
  }
  EXPECT_EQ(peer.session.session_count(), 1U);
  EXPECT_EQ(peer.session.token_count(), 1U);
  EXPECT_EQ(peer.sent(), Messages{});
}

TEST(ServerSessionTables, IdZeroIsNoneAndNeverBound) {
  Peer peer;
  create_session(peer, "0000", "name");
  create_token(peer, "0000", "tok");
  EXPECT_EQ(peer.session.session_count() + peer.session.token_count(), 0U);
  const auto texts = call_with(peer, "0000", "0000");
  ASSERT_TRUE(texts.has_value());
  EXPECT_FALSE(texts->session.has_value());
  EXPECT_FALSE(texts->token.has_value());
}

TEST(ServerSessionTables, HighestIdIsBound) {
  Peer peer;
  create_session(peer, "ffff", "name");
  create_token(peer, "ffff", "tok");
  EXPECT_EQ(session_of(peer, "ffff"), "name");
  EXPECT_EQ(token_of(peer, "ffff"), "tok");
}

TEST(ServerSessionTables, NameOf36BytesIsBoundAndOf37NotAndTheEmptyOneIs) {
  Peer peer;
  const std::string longest(36, 'x');
  create_session(peer, "0100", longest);
  create_session(peer, "0200", longest + "x");
  create_session(peer, "0300", "");
  EXPECT_EQ(session_of(peer, "0100"), longest);
  EXPECT_EQ(session_of(peer, "0300"), "");
  EXPECT_EQ(peer.sent(), Messages{});
  EXPECT_FALSE(session_of(peer, "0200").has_value());
  EXPECT_EQ(peer.sent(), messages({kUnknownSession}));
  create_token(peer, "0100", longest + longest);  // a token has no such limit
  EXPECT_EQ(token_of(peer, "0100"), longest + longest);
}

TEST(ServerSessionTables, EachTableHasItsLimit) {
  Peer peer(k2020_03, {.max_sessions = 2, .max_tokens = 1});
  for (const char* const id : {"0100", "0200", "0300"}) {
    create_session(peer, id, id);
    create_token(peer, id, id);
  }
  EXPECT_EQ(peer.session.session_count(), 2U);
  EXPECT_EQ(peer.session.token_count(), 1U);
  EXPECT_FALSE(session_of(peer, "0300").has_value());
  EXPECT_FALSE(token_of(peer, "0200").has_value());
  remove_session(peer, "0100");
  remove_token(peer, "0100");
  create_session(peer, "0300", "now");
  create_token(peer, "0200", "now");
  EXPECT_EQ(session_of(peer, "0300"), "now");
  EXPECT_EQ(token_of(peer, "0200"), "now");
}

TEST(ServerSessionTables, AllTextsTogetherHaveALimit) {
  Peer peer(k2020_03, {.max_text_size = 10});
  create_session(peer, "0100", "123456");
  create_token(peer, "0100", "12345");  // one byte too many
  EXPECT_EQ(peer.session.token_count(), 0U);
  create_token(peer, "0100", "1234");
  EXPECT_EQ(token_of(peer, "0100"), "1234");
  create_token(peer, "0200", "1");
  create_session(peer, "0200", "1");
  EXPECT_EQ(peer.session.token_count(), 1U);
  EXPECT_EQ(peer.session.session_count(), 1U);
  create_session(peer, "0300", "");  // needs no room
  EXPECT_EQ(peer.session.session_count(), 2U);
  remove_session(peer, "0100");
  remove_session(peer, "0100");  // gives no room a second time
  create_token(peer, "0200", "123456");
  create_token(peer, "0300", "1");
  EXPECT_EQ(peer.session.token_count(), 2U);
  EXPECT_EQ(token_of(peer, "0200"), "123456");
}

TEST(ServerSessionTables, EndForgetsAll) {
  Peer peer;
  create_session(peer, "0100", "name");
  create_token(peer, "0100", "tok");
  peer.session.end();
  EXPECT_EQ(peer.session.session_count() + peer.session.token_count(), 0U);
}

TEST(ServerSessionTables, LegacyHasNone) {
  Peer peer(kLegacy);
  EXPECT_EQ(ignored_code(peer.receive("53 0100 02000000 6100")), ErrorCode::kWrongDirection);
  EXPECT_EQ(ignored_code(peer.receive("54 0100 02000000 6100")), ErrorCode::kUnknownOperation);
  EXPECT_EQ(ignored_code(peer.receive("73 0100")), ErrorCode::kUnknownOperation);
  EXPECT_EQ(ignored_code(peer.receive("74 0100")), ErrorCode::kUnknownOperation);
  EXPECT_EQ(peer.session.session_count() + peer.session.token_count(), 0U);
  EXPECT_EQ(peer.sent(), Messages{});
}

}  // namespace
}  // namespace wsapi
