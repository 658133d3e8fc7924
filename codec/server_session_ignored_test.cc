// SPDX-License-Identifier: Apache-2.0

// What a ServerSession ignores (protocol sections 4 and 7): malformed, unknown and misdirected
// messages. Nothing is sent, nothing is kept, and the connection stays.

#include <gtest/gtest.h>

#include <array>
#include <span>
#include <utility>

#include "codec/server_session_test_peer.h"

namespace wsapi {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the helpers of this test
using enum Revision;

constexpr std::array<std::string_view, 7> kWholeMessages = {
    "4b 0100 02000000 7600 0000 0000 05000000 6e756c6c00 02000000 6300",
    "55 0100",
    "44 0100",
    "53 0100 02000000 6100",
    "73 0100",
    "54 0100 02000000 6100",
    "74 0100",
};
constexpr std::array<std::string_view, 2> kWholeLegacyMessages = {
    "43 01000000 02000000 7600 02000000 7300 05000000 6e756c6c00 02000000 6300",
    "44 01000000",
};

void expect_truncations_ignored(Revision revision, std::string_view whole) {
  const auto bytes = from_hex(whole).value();
  Peer peer(revision);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const ServerEvent event = peer.session.receive(std::span(bytes).first(size));
    EXPECT_TRUE(is<Ignored>(event)) << whole << ", " << size << " bytes";
  }
  EXPECT_EQ(peer.sent(), Messages{});
  EXPECT_FALSE(peer.session.ended());
  EXPECT_EQ(peer.session.request_count(), 0U);
  EXPECT_EQ(peer.session.session_count(), 0U);
  EXPECT_EQ(peer.session.token_count(), 0U);
  EXPECT_FALSE(is<Ignored>(peer.session.receive(bytes))) << whole;
}

TEST(ServerSessionIgnored, EveryTruncationOfEveryMessage) {
  for (const std::string_view whole : kWholeMessages) {
    for (const Revision revision : kVersion1Revisions) expect_truncations_ignored(revision, whole);
  }
  for (const std::string_view whole : kWholeLegacyMessages) {
    expect_truncations_ignored(kLegacy, whole);
  }
}

TEST(ServerSessionIgnored, MalformedStrings) {
  const std::vector<std::pair<std::string_view, ErrorCode>> rows = {
      {"", ErrorCode::kEmptyMessage},
      {"4b 0100 00000000 0000 0000 05000000 6e756c6c00 00000000", ErrorCode::kStringLengthZero},
      {"4b 0100 02000000 7600 0000 0000 00000000 00000000", ErrorCode::kStringLengthZero},
      {"4b 0100 02000000 7676 0000 0000 05000000 6e756c6c00 00000000",
       ErrorCode::kStringWithoutNul},
      {"4b 0100 02000000 7600 0000 0000 05000000 6e756c6c00 ffffffff", ErrorCode::kLengthBeyondEnd},
      {"53 0100 00000000", ErrorCode::kStringLengthZero},
      {"53 0100 ffffffff 6100", ErrorCode::kLengthBeyondEnd},
      {"54 0100 02000000 6161", ErrorCode::kStringWithoutNul},
  };
  Peer peer;
  for (const auto& [text, code] : rows) EXPECT_EQ(ignored_code(peer.receive(text)), code) << text;
  EXPECT_EQ(peer.sent(), Messages{});
  EXPECT_EQ(peer.session.session_count() + peer.session.token_count(), 0U);
  EXPECT_TRUE(peer.session.reply(peer.call(), {}, {}, "null"));  // the connection stays
}

void expect_others_ignored(Revision revision, std::string_view to_server,
                           std::string_view to_client) {
  Peer peer(revision);
  for (int byte = 0; byte < 256; ++byte) {
    const char operation = static_cast<char>(byte);
    if (to_server.find(operation) != to_server.npos) continue;
    std::array<std::byte, 40> message{static_cast<std::byte>(byte)};
    const bool misdirected = to_client.find(operation) != to_client.npos;
    EXPECT_EQ(ignored_code(peer.session.receive(message)),
              misdirected ? ErrorCode::kWrongDirection : ErrorCode::kUnknownOperation)
        << name(revision) << ' ' << byte;
  }
  EXPECT_EQ(peer.sent(), Messages{});
  EXPECT_FALSE(peer.session.ended());
}

TEST(ServerSessionIgnored, UnknownAndMisdirectedOperations) {
  expect_others_ignored(k2020_03, "KUDSsTtV", "keExXPBdv");
  expect_others_ignored(k2020_01, "KUDSsTtV", "keExXPBdv");
  expect_others_ignored(kLegacy, "CD", "Y*+-!SUd");
}

}  // namespace
}  // namespace wsapi
