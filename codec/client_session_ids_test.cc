// SPDX-License-Identifier: Apache-2.0

// The ids of a ClientSession's requests, and how many may be pending (protocol section 4).

#include <gtest/gtest.h>

#include <set>

#include "codec/client_session_test_peer.h"

namespace wsapi {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the helpers of this test
using enum Revision;

std::string describe_message(Revision revision, std::uint32_t id) {
  return "44" + wire_id(revision, id);
}

std::string description_message(Revision revision, std::uint32_t id) {
  return "64" + (description_id_size(revision) == 4 ? id32(id) : id16(id)) + wire_string("null");
}

// Submits calls and has them answered until `last` was the id of the last one.
void use_ids_up_to(ClientPeer& peer, std::uint32_t first, std::uint32_t last) {
  const Revision revision = peer.session.revision();
  for (std::uint32_t id = first; id <= last; ++id) {
    peer.call();
    ASSERT_TRUE(is<CallCompleted>(peer.receive(reply_message(revision, id, "null")))) << id;
  }
  (void)peer.sent();
}

TEST(ClientSessionIds, OneCounterFrom1ForCallsAndDescriptions) {
  for (const Revision revision : kRevisions) {
    ClientPeer peer(revision);
    peer.call();
    peer.describe();
    peer.call();
    EXPECT_EQ(peer.sent(), (Messages{call_message(revision, 1), describe_message(revision, 2),
                                     call_message(revision, 3)}));
    // An id that is free again is not used before its turn.
    EXPECT_TRUE(is<CallCompleted>(peer.receive(reply_message(revision, 1, "null"))));
    peer.call();
    EXPECT_EQ(peer.sent(), Messages{call_message(revision, 4)});
  }
}

TEST(ClientSessionIds, WrapBehind65535AndSkip0AndWhatIsPending) {
  for (const Revision revision : kRevisions) {
    ClientPeer peer(revision);
    const RequestHandle first = peer.call();       // keeps id 1
    const RequestHandle second = peer.describe();  // keeps id 2
    use_ids_up_to(peer, 3, 3);
    const RequestHandle fourth = peer.call();  // keeps id 4
    use_ids_up_to(peer, 5, 65534);

    peer.describe();
    const RequestHandle again = peer.call();
    peer.call();
    EXPECT_EQ(peer.sent(), (Messages{describe_message(revision, 65535), call_message(revision, 3),
                                     call_message(revision, 5)}));
    EXPECT_EQ(peer.session.request_count(), 6U);

    const auto completed = [&](std::uint32_t id) {
      return get<CallCompleted>(peer.receive(reply_message(revision, id, "null"))).handle;
    };
    EXPECT_EQ(completed(3), again);
    EXPECT_EQ(completed(1), first);
    EXPECT_EQ(completed(4), fourth);
    EXPECT_EQ(get<DescribeCompleted>(peer.receive(description_message(revision, 2))).handle,
              second);
  }
}

TEST(ClientSessionIds, WrapOntoAFullBlockOfPendingOnes) {
  ClientPeer peer;
  for (int i = 0; i < 4094; ++i) peer.call();  // keep ids 1 to 4094
  (void)peer.sent();
  use_ids_up_to(peer, 4095, 65535);
  peer.call();
  EXPECT_EQ(peer.sent(), Messages{call_message(k2020_03, 4095)});
}

TEST(ClientSessionIds, HandlesAreNeverUsedTwice) {
  ClientPeer peer;
  std::set<RequestHandle> handles;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 100; ++i) {
      const RequestHandle handle = peer.call();
      EXPECT_TRUE(handles.insert(handle).second);
      const auto id = static_cast<std::uint32_t>(handles.size());
      EXPECT_EQ(get<CallCompleted>(peer.receive(reply_message(k2020_03, id, "null"))).handle,
                handle);
    }
  }
}

// ---- 4095 requests

TEST(ClientSessionLimits, The4096thRequestIsRefusedAndNothingIsSent) {
  for (const Revision revision : kRevisions) {
    ClientPeer peer(revision, {.max_requests = 100'000});
    for (std::uint32_t id = 1; id <= 4095; ++id) id % 2 == 0 ? peer.call() : peer.describe();
    EXPECT_EQ(peer.session.request_count(), 4095U);
    EXPECT_EQ(peer.sent().size(), 4095U);

    const auto call = peer.session.call({.verb = "v", .session = "s", .token = "t"});
    ASSERT_FALSE(call.ok());
    EXPECT_EQ(call.error().code, ErrorCode::kBusy);
    EXPECT_EQ(name(call.error().code), "busy");
    const auto describe = peer.session.describe();
    ASSERT_FALSE(describe.ok());
    EXPECT_EQ(describe.error().code, ErrorCode::kBusy);
    EXPECT_EQ(peer.sent(), Messages{});
    EXPECT_EQ(peer.session.request_count(), 4095U);
    EXPECT_EQ(peer.session.session_count() + peer.session.token_count(), 0U);

    EXPECT_TRUE(is<CallCompleted>(peer.receive(reply_message(revision, 4094, "null"))));
    EXPECT_TRUE(is<DescribeCompleted>(peer.receive(description_message(revision, 1))));
    peer.call();
    peer.describe();
    EXPECT_EQ(peer.sent(),
              (Messages{call_message(revision, 4096), describe_message(revision, 4097)}));
    EXPECT_FALSE(peer.session.describe().ok());
  }
}

TEST(ClientSessionLimits, LowerLimitsOfRequests) {
  ClientPeer one(k2020_03, {.max_requests = 1});
  one.call();
  EXPECT_EQ(one.session.describe().error().code, ErrorCode::kBusy);
  ClientPeer none(k2020_03, {.max_requests = 0});
  EXPECT_EQ(none.session.call({.verb = "v"}).error().code, ErrorCode::kBusy);
  EXPECT_EQ(none.sent(), Messages{});
}

}  // namespace
}  // namespace wsapi
