// SPDX-License-Identifier: Apache-2.0

// Sessions and tokens of a ClientSession: when their ids are created and removed on the server, and
// the bounds of the tables (protocol section 4).

#include <gtest/gtest.h>

#include <optional>

#include "codec/client_session_test_peer.h"

namespace wsapi {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the helpers of this test
using enum Revision;

using Text = std::optional<std::string_view>;

std::string call_message_with(std::uint32_t id, std::uint32_t session_id, std::uint32_t token_id) {
  return "4b" + id16(id) + "020000007600" + id16(session_id) + id16(token_id) +
         "050000006e756c6c0000000000";
}

ErrorCode call(ClientPeer& peer, Text session, Text token) {
  const auto result = peer.session.call({.verb = "v", .session = session, .token = token});
  return result ? ErrorCode::kNone : result.error().code;
}

TEST(ClientSessionTexts, AreCreatedOnceBeforeTheFirstCallThatUsesThem) {
  for (const Revision revision : kVersion1Revisions) {
    ClientPeer peer(revision);
    EXPECT_EQ(call(peer, "name", "tok"), ErrorCode::kNone);
    EXPECT_EQ(peer.sent(),
              messages({"53 0100 05000000 6e616d6500", "54 0100 04000000 746f6b00",
                        "4b 0100 02000000 7600 0100 0100 05000000 6e756c6c00 00000000"}));
    EXPECT_EQ(call(peer, "name", "tok"), ErrorCode::kNone);
    EXPECT_EQ(peer.sent(), Messages{call_message_with(2, 1, 1)});
    EXPECT_EQ(peer.session.session_count(), 1U);
    EXPECT_EQ(peer.session.token_count(), 1U);
  }
}

TEST(ClientSessionTexts, NoneIsId0) {
  ClientPeer peer;
  EXPECT_EQ(call(peer, {}, {}), ErrorCode::kNone);
  EXPECT_EQ(call(peer, "s", {}), ErrorCode::kNone);
  EXPECT_EQ(call(peer, {}, "t"), ErrorCode::kNone);
  EXPECT_EQ(peer.sent(), messages({call_message_with(1, 0, 0), "53 0100 02000000 7300",
                                   call_message_with(2, 1, 0), "54 0100 02000000 7400",
                                   call_message_with(3, 0, 1)}));
}

TEST(ClientSessionTexts, EachTextHasItsOwnIdAndTheEmptyOneToo) {
  ClientPeer peer;
  EXPECT_EQ(call(peer, "a", "a"), ErrorCode::kNone);
  EXPECT_EQ(call(peer, "b", "a"), ErrorCode::kNone);
  EXPECT_EQ(call(peer, "", ""), ErrorCode::kNone);
  EXPECT_EQ(call(peer, "a", ""), ErrorCode::kNone);
  EXPECT_EQ(
      peer.sent(),
      messages({"53 0100 02000000 6100", "54 0100 02000000 6100", call_message_with(1, 1, 1),
                "53 0200 02000000 6200", call_message_with(2, 2, 1), "53 0300 01000000 00",
                "54 0200 01000000 00", call_message_with(3, 3, 2), call_message_with(4, 1, 2)}));
}

TEST(ClientSessionTexts, RemovedOnesAreCreatedAgainUnderAnotherId) {
  ClientPeer peer;
  EXPECT_EQ(call(peer, "a", "a"), ErrorCode::kNone);
  (void)peer.sent();
  EXPECT_TRUE(peer.session.remove_session("a"));
  EXPECT_EQ(peer.sent(), messages({"73 0100"}));
  EXPECT_EQ(peer.session.session_count(), 0U);
  EXPECT_EQ(peer.session.token_count(), 1U);
  EXPECT_TRUE(peer.session.remove_token("a"));
  EXPECT_EQ(peer.sent(), messages({"74 0100"}));
  EXPECT_EQ(peer.session.token_count(), 0U);
  EXPECT_EQ(call(peer, "a", "a"), ErrorCode::kNone);
  EXPECT_EQ(peer.sent(), messages({"53 0200 02000000 6100", "54 0200 02000000 6100",
                                   call_message_with(2, 2, 2)}));
}

TEST(ClientSessionTexts, RemovingWhatIsNotBoundSendsNothing) {
  ClientPeer peer;
  EXPECT_EQ(call(peer, "session", "token"), ErrorCode::kNone);
  (void)peer.sent();
  EXPECT_FALSE(peer.session.remove_session("token"));
  EXPECT_FALSE(peer.session.remove_token("session"));
  EXPECT_FALSE(peer.session.remove_session(""));
  EXPECT_EQ(peer.sent(), Messages{});
}

TEST(ClientSessionTexts, FullTableRefusesNewTextsOnlyAndSendsNothing) {
  ClientPeer peer(k2020_03, {.max_sessions = 1, .max_tokens = 1});
  EXPECT_EQ(call(peer, "a", "t"), ErrorCode::kNone);
  (void)peer.sent();
  const auto session = peer.session.call({.verb = "v", .session = "b", .token = "t"});
  EXPECT_EQ(session.error(), (Error{.code = ErrorCode::kTableFull, .field = "session"}));
  const auto token = peer.session.call({.verb = "v", .session = "a", .token = "u"});
  EXPECT_EQ(token.error(), (Error{.code = ErrorCode::kTableFull, .field = "token"}));
  EXPECT_EQ(peer.session.request_count(), 1U);
  EXPECT_EQ(peer.sent(), Messages{});
  EXPECT_EQ(call(peer, "a", "t"), ErrorCode::kNone);
  EXPECT_EQ(call(peer, {}, {}), ErrorCode::kNone);
  EXPECT_EQ(peer.sent(), (Messages{call_message_with(2, 1, 1), call_message_with(3, 0, 0)}));
  EXPECT_TRUE(peer.session.remove_session("a"));
  EXPECT_EQ(call(peer, "b", {}), ErrorCode::kNone);
}

TEST(ClientSessionTexts, RefusedCallBindsNeitherText) {
  ClientPeer peer(k2020_03, {.max_tokens = 0});
  EXPECT_EQ(call(peer, "a", "t"), ErrorCode::kTableFull);
  EXPECT_EQ(peer.session.session_count(), 0U);
  EXPECT_EQ(call(peer, "b", {}), ErrorCode::kNone);
  EXPECT_EQ(peer.sent(), messages({"53 0100 02000000 6200", call_message_with(1, 1, 0)}));
}

TEST(ClientSessionTexts, TextsOfEachTableHaveALimitInBytes) {
  ClientPeer peer(k2020_03, {.max_text_size = 4});
  EXPECT_EQ(call(peer, "12345", {}), ErrorCode::kTableFull);
  EXPECT_EQ(call(peer, "123", "1234"), ErrorCode::kNone);
  EXPECT_EQ(call(peer, "45", {}), ErrorCode::kTableFull);
  EXPECT_EQ(call(peer, {}, "5"), ErrorCode::kTableFull);
  EXPECT_EQ(call(peer, "4", ""), ErrorCode::kNone);
}

TEST(ClientSessionTexts, LegacyHasNoTables) {
  ClientPeer peer(kLegacy, {.max_sessions = 0, .max_tokens = 0, .max_text_size = 0});
  EXPECT_EQ(call(peer, "a", "t"), ErrorCode::kNone);
  EXPECT_EQ(peer.sent(),
            messages({"43 01000000 02000000 7600 02000000 6100 05000000 6e756c6c00 00000000"}));
  EXPECT_FALSE(peer.session.remove_session("a"));
  EXPECT_FALSE(peer.session.remove_token("t"));
  EXPECT_EQ(peer.sent(), Messages{});
}

}  // namespace
}  // namespace wsapi
