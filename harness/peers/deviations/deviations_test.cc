// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "harness/peers/builtin.h"
#include "harness/peers/deviations/defects.h"
#include "harness/peers/deviations/variants.h"
#include "harness/peers/peer_thread.h"
#include "harness/peers/server_test_client.h"

namespace wsapi {
namespace {

constexpr std::size_t kFewestDefects = 150;
constexpr std::size_t kFewestVariants = 40;

std::string protocol_page() {
  std::ifstream in(WSAPI_SOURCE_VECTORS_DIR "/PROTOCOL.md");
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void expect_good_rows(const std::vector<Deviation>& table) {
  const std::string page = protocol_page();
  const auto is_anchor = [&](std::string_view rule) {
    return page.find(fmt::format("<a id=\"{}\"></a>", rule)) != std::string::npos;
  };
  std::set<std::string_view> names;
  for (const Deviation& one : table) {
    EXPECT_TRUE(names.insert(one.name).second) << one.name << " is there twice";
    EXPECT_TRUE(std::regex_match(std::string(one.name), std::regex("[a-z0-9]+(-[a-z0-9]+)*")))
        << one.name;
    EXPECT_TRUE(is_anchor(one.rule)) << one.name << ": " << one.rule;
    for (const std::string_view sibling : one.siblings) {
      EXPECT_TRUE(is_anchor(sibling)) << one.name << ": " << sibling;
    }
    EXPECT_TRUE(one.summary.ends_with('.')) << one.name;
  }
}

TEST(Deviations, DefectsAreManyAndBreakRulesOfTheProtocol) {
  EXPECT_GE(defects().size(), kFewestDefects);
  expect_good_rows(defects());
}

TEST(Deviations, VariantsAreManyAndUseRulesOfTheProtocol) {
  EXPECT_GE(variants().size(), kFewestVariants);
  expect_good_rows(variants());
}

class DeviantServerTest : public testing::Test {
 protected:
  void start(const std::vector<const char*>& names) {
    BuiltinPeer peer;
    for (const char* const name : names) {
      const Deviation* one = find_deviation(defects(), name);
      if (one == nullptr) one = find_deviation(variants(), name);
      ASSERT_NE(one, nullptr) << name;
      peer.deviations.push_back(one);
    }
    const auto address =
        std::get<Address>(parse_address(fmt::format("unix:@deviant-{}", ::getpid())));
    thread_ = std::make_unique<PeerThread>(
        [&](asio::io_context& io) { return make_builtin(io, address, peer); });
    ASSERT_EQ(thread_->error(), "");
  }
  TestClient connect() { return TestClient(thread_->local_address()); }

  std::unique_ptr<PeerThread> thread_;
};

TEST_F(DeviantServerTest, MessagesThatComeAreChanged) {
  start({"session-not-bound"});
  TestClient client = connect();
  client.negotiate();
  client.send_message("53 0100" + hex_string("one"));
  client.send_message("4b 0100" + hex_string("echo") + "0100 0000" + hex_string("1") + "00000000");
  EXPECT_EQ(client.receive_frame(),
            "6b0100" + hex_string("unknown-session") + "00000000" + hex_string("null"));
}

TEST_F(DeviantServerTest, MessagesThatGoAreChanged) {
  start({"reply-twice"});
  TestClient client = connect();
  client.negotiate();
  client.send_message(hex_call("0100", "echo", "1"));
  EXPECT_EQ(client.receive_frame(), hex_reply("0100", "1"));
  EXPECT_EQ(client.receive_frame(), hex_reply("0100", "1"));
}

TEST_F(DeviantServerTest, FramesThatComeAreChanged) {
  start({"reserved-bits-ignored"});
  TestClient client = connect();
  client.send("f2 07 56 09144c17 01 01");
  EXPECT_EQ(client.receive(4), "82027601");
}

TEST_F(DeviantServerTest, FramesThatGoAreChanged) {
  start({"two-fragments"});
  TestClient client = connect();
  client.send("82 07 56 09144c17 01 01");
  EXPECT_EQ(client.receive(6),
            "020176"
            "800101");
}

TEST_F(DeviantServerTest, ControlFramesAreChanged) {
  start({"pong-answered"});
  TestClient client = connect();
  client.send("8a 01 70");
  EXPECT_EQ(client.receive_frame("8a"), "70");
}

TEST_F(DeviantServerTest, SeveralAreThereTogether) {
  start({"no-fragmentation", "pong-empty", "hop-of-0", "reply-twice"});
  TestClient client = connect();
  client.negotiate();
  client.send("89 01 70");
  EXPECT_EQ(client.receive_frame("8a"), "");
  client.send_message(hex_call("0100", "echo", "1"));
  EXPECT_EQ(client.receive_frame(), hex_reply("0100", "1"));
  EXPECT_EQ(client.receive_frame(), hex_reply("0100", "1"));
  client.send("02 01 44 80 02 0100");
  client.send("89 00");
  EXPECT_EQ(client.receive(2), "8a00");
}

TEST_F(DeviantServerTest, HalfAFrameOfOneStallsAllUntilItGoes) {
  start({"half-frame-stalls-all"});
  TestClient other = connect();
  other.negotiate();
  {
    TestClient stalls = connect();
    stalls.send("82 07 56");
    TestClient late = connect();  // once it is accepted, the half frame has been read
    other.send_message(hex_call("0100", "echo", "1"));
  }
  EXPECT_EQ(other.receive_frame(), hex_reply("0100", "1"));
}

TEST_F(DeviantServerTest, WithoutDeviationsThereAreNoHooks) { EXPECT_EQ(make_hooks({}), nullptr); }

TEST(HarmsProcess, IsSaidOfDefectsThatEndIt) {
  EXPECT_TRUE(harms_process({.deviations = {find_deviation(defects(), "crash-on-long-verb")}}));
  EXPECT_TRUE(harms_process({.name = "crash"}));
  EXPECT_FALSE(harms_process({.deviations = {find_deviation(defects(), "reply-twice")}}));
}

}  // namespace
}  // namespace wsapi
