// SPDX-License-Identifier: Apache-2.0

// A ClientSession and a server that sends whatever it likes: nothing grows beyond its bound, no
// request completes that was not asked for, and what is no message for a client has no effect.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

#include "codec/client_session_test_peer.h"

namespace wsapi {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the helpers of this test
using enum Revision;

constexpr std::array<std::string_view, 8> kWholeMessages = {
    "45 0300 04000000 65767400",
    "65 0300",
    "58 0200 0300",
    "78 0200 0300",
    "50 0300 05000000 7472756500",
    "42 04000000 65767400 05000000 7472756500 000102030405060708090a0b0c0d0e0f 09",
    "6b 0200 00000000 00000000 05000000 6e756c6c00",
    "64 0200 05000000 6e756c6c00",
};
constexpr std::array<std::string_view, 8> kWholeLegacyMessages = {
    "2b 03000000 04000000 65767400",
    "2d 03000000 04000000 65767400",
    "53 02000000 03000000 04000000 65767400",
    "55 02000000 03000000 04000000 65767400",
    "21 03000000 04000000 65767400 05000000 7472756500",
    "2a 04000000 65767400 05000000 7472756500 000102030405060708090a0b0c0d0e0f 09",
    "59 02000000 00000000 00000000 05000000 6e756c6c00",
    "64 02000000 05000000 6e756c6c00",
};

void expect_truncations_ignored(Revision revision, std::string_view whole) {
  const auto message = bytes(whole);
  ClientPeer peer(revision);
  peer.call();  // id 1, so that no answer above is for it
  (void)peer.sent();
  for (std::size_t size = 0; size < message.size(); ++size) {
    EXPECT_TRUE(is<Ignored>(peer.session.receive(std::span(message).first(size))))
        << whole << ", " << size << " bytes";
  }
  EXPECT_EQ(peer.sent(), Messages{});
  EXPECT_FALSE(peer.session.ended());
  EXPECT_EQ(peer.session.event_count(), 0U);
  EXPECT_EQ(peer.session.request_count(), 1U);
}

TEST(ClientSessionHostile, TruncationsHaveNoEffect) {
  for (const std::string_view whole : kWholeMessages) {
    for (const Revision revision : kVersion1Revisions) expect_truncations_ignored(revision, whole);
  }
  for (const std::string_view whole : kWholeLegacyMessages) {
    expect_truncations_ignored(kLegacy, whole);
  }
}

void expect_others_ignored(Revision revision, std::string_view to_client,
                           std::string_view to_server) {
  ClientPeer peer(revision);
  peer.call();
  (void)peer.sent();
  for (int byte = 0; byte < 256; ++byte) {
    const char operation = static_cast<char>(byte);
    if (to_client.find(operation) != to_client.npos) continue;
    std::array<std::byte, 40> message{static_cast<std::byte>(byte)};
    const bool misdirected = to_server.find(operation) != to_server.npos;
    EXPECT_EQ(ignored_code(peer.session.receive(message)),
              misdirected ? ErrorCode::kWrongDirection : ErrorCode::kUnknownOperation)
        << name(revision) << ' ' << byte;
  }
  EXPECT_EQ(peer.sent(), Messages{});
  EXPECT_FALSE(peer.session.ended());
  EXPECT_EQ(peer.session.request_count(), 1U);
}

TEST(ClientSessionHostile, UnknownAndMisdirectedOperationsAreIgnored) {
  expect_others_ignored(k2020_03, "keExXPBdv", "KUDSsTtV");
  expect_others_ignored(k2020_01, "keExXPBdv", "KUDSsTtV");
  expect_others_ignored(kLegacy, "Y*+-!SUd", "CD");
}

TEST(ClientSessionHostile, EveryMessageOfTwoBytes) {
  for (const Revision revision : kRevisions) {
    for (int first = 0; first < 256; ++first) {
      if (revision != kLegacy && first == 'v') continue;  // see the test of the versions
      ClientPeer peer(revision);
      peer.call();
      peer.describe();
      (void)peer.sent();
      for (int second = 0; second < 256; ++second) {
        const std::array message{static_cast<std::byte>(first), static_cast<std::byte>(second)};
        EXPECT_TRUE(is<Ignored>(peer.session.receive(message))) << first << ' ' << second;
      }
      EXPECT_EQ(peer.sent(), Messages{});
      EXPECT_EQ(peer.session.request_count(), 2U);
    }
  }
}

TEST(ClientSessionHostile, EventsWithoutEndFillTheTableOnly) {
  ClientPeer peer;
  for (std::uint32_t id = 0; id <= 0xffff; ++id) {
    const auto code = ignored_code(peer.receive("45" + id16(id) + wire_string("evt")));
    ASSERT_EQ(code, id < 4096 ? ErrorCode::kNone : ErrorCode::kTableFull);
  }
  EXPECT_EQ(peer.session.event_count(), ClientLimits{}.max_events);
  ClientPeer names;
  const std::string name(64 * 1024, 'x');
  for (std::uint32_t id = 0; id < 40; ++id) {
    const bool room = id < ClientLimits{}.max_event_text_size / name.size();
    ASSERT_EQ(ignored_code(names.receive("45" + id16(id) + wire_string(name))),
              room ? ErrorCode::kNone : ErrorCode::kTableFull);
  }
  EXPECT_EQ(names.session.event_count(), 16U);
}

// Often another id, sometimes another byte anywhere, sometimes cut off or made longer.
void damage(std::vector<std::byte>& message, std::mt19937& random) {
  const auto below = [&](std::size_t count) { return random() % count; };
  constexpr std::size_t kIdsSize = 6;
  if (below(2) == 0) {
    const std::size_t at = 1 + below(std::min(kIdsSize, message.size() - 1));
    message[at] = static_cast<std::byte>(below(8));
  }
  if (below(8) == 0) message[below(message.size())] = static_cast<std::byte>(below(256));
  if (below(8) == 0) message.resize(below(message.size() + 4));
}

// Messages of a server with bytes changed, cut off or added, in any order. Each call and each
// description completes once, each message is answered by one EVENT UNEXPECTED at most, and the
// tables stay within their limits.
void run_random_server(Revision revision, std::uint32_t seed) {
  constexpr int kMessages = 2000;
  std::mt19937 random(seed);
  const auto below = [&](std::size_t count) { return random() % count; };
  ClientPeer peer(revision, {.max_events = 4, .max_event_text_size = 64});
  const auto& whole = revision == kLegacy ? kWholeLegacyMessages : kWholeMessages;
  std::size_t submitted = 0;
  std::size_t completed = 0;
  for (int i = 0; i < kMessages; ++i) {
    if (below(4) == 0) {
      below(2) == 0 ? peer.call() : peer.describe();
      ++submitted;
    }
    (void)peer.sent();
    auto message = bytes(whole[below(whole.size())]);
    damage(message, random);
    if (revision != kLegacy && !message.empty() && message[0] == std::byte{'v'}) continue;
    const ClientEvent event = peer.session.receive(message);
    if (is<CallCompleted>(event) || is<DescribeCompleted>(event)) ++completed;
    ASSERT_FALSE(is<HangUp>(event));
    ASSERT_LE(peer.sent().size(), 1U);
    ASSERT_LE(peer.session.event_count(), 4U);
    ASSERT_EQ(peer.session.request_count(), submitted - completed);
  }
  EXPECT_GT(completed, 0U);
  peer.session.end();
  while (peer.session.next_disconnected()) ++completed;
  EXPECT_EQ(completed, submitted);
}

TEST(ClientSessionHostile, RandomServers) {
  for (const Revision revision : kRevisions) {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
      SCOPED_TRACE(testing::Message() << name(revision) << ", seed " << seed);
      run_random_server(revision, seed);
    }
  }
}

}  // namespace
}  // namespace wsapi
