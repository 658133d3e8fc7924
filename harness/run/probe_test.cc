// SPDX-License-Identifier: Apache-2.0

#include "harness/run/probe.h"

#include <gtest/gtest.h>

#include <string>

#include "harness/peers/null_peers.h"
#include "harness/peers/peer_thread.h"
#include "harness/peers/reference_server.h"
#include "harness/peers/scripted_memory_server.h"
#include "harness/suite/requirements.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kShort = 200ms;  // where the deadline is meant to pass

Address some_address() {
  static int number = 0;
  return std::get<Address>(parse_address(fmt::format("unix:@probe-{}-{}", ::getpid(), ++number)));
}

// Options of a probe of a peer on a thread of its own.
struct ThreadOptions : ProbeOptions {
  Address address;
};

ThreadOptions options_for(const Address& address, std::chrono::milliseconds timeout) {
  ThreadOptions options;
  options.address = address;
  options.timeout = timeout;
  return options;
}

ProbeResult probe_thread(const PeerThread::MakePeer& make, ThreadOptions options) {
  options.open_wire = connecting_to(options.address);
  PeerThread server(make);
  EXPECT_EQ(server.error(), "");
  asio::io_context io(1);
  return run_to_end(io, probe(std::move(options)));
}

ProbeResult probe_reference(Revision revision, bool test_api, ThreadOptions options) {
  ReferenceServerOptions server_options;
  server_options.revision = revision;
  server_options.test_api = test_api;
  const Address address = options.address;
  return probe_thread(
      [&](asio::io_context& io) {
        return std::make_unique<ReferenceServer>(io, address, server_options);
      },
      std::move(options));
}

ProbeResult probe_null(NullPeerKind kind, ThreadOptions options) {
  const Address address = options.address;
  return probe_thread(
      [&](asio::io_context& io) { return std::make_unique<NullPeer>(io, address, kind); },
      std::move(options));
}

// In memory and in virtual time.
ProbeResult probe_script(ServerScript script, std::chrono::milliseconds timeout = 10s) {
  return run_with_script(std::move(script), [&](OpenWire open, std::shared_ptr<Clock> clock) {
    ProbeOptions options;
    options.open_wire = std::move(open);
    options.timeout = timeout;
    options.clock = clock;
    return probe(options);
  });
}

TEST(ProbeTest, FindsTheRevision) {
  for (const Revision revision : kRevisions) {
    // A legacy server says nothing to an offer, and that takes a deadline to find out.
    const auto timeout = revision == Revision::kLegacy ? kShort : 10s;
    const ProbeResult found = probe_reference(revision, true, options_for(some_address(), timeout));
    EXPECT_EQ(found.unreachable, "");
    EXPECT_EQ(found.revision, revision);
    EXPECT_EQ(found.revision_note, "by its DESCRIPTION");
    EXPECT_TRUE(found.has_test_api()) << name(revision);
    EXPECT_EQ(found.test_api_note, "it knows 10 of the 10 verbs");
  }
}

TEST(ProbeTest, FindsThatThereIsNoTestApi) {
  for (const Revision revision : kRevisions) {
    const auto timeout = revision == Revision::kLegacy ? kShort : 10s;
    const ProbeResult found =
        probe_reference(revision, false, options_for(some_address(), timeout));
    EXPECT_EQ(found.revision, revision);
    EXPECT_FALSE(found.has_test_api());
    EXPECT_EQ(found.test_api_note, "it knows 0 of the 10 verbs");
  }
}

TEST(ProbeTest, BelievesWhatItIsTold) {
  ThreadOptions options = options_for(some_address(), 10s);
  options.revision = Revision::k2020_03;
  options.test_api = TestApiMode::kFull;
  ProbeResult found = probe_reference(Revision::k2020_01, false, options);
  EXPECT_EQ(found.revision, Revision::k2020_03);
  EXPECT_EQ(found.revision_note, "as told");
  EXPECT_TRUE(found.has_test_api());
  EXPECT_EQ(found.test_api_note, "as told");
  options.address = some_address();
  options.test_api = TestApiMode::kNone;
  found = probe_reference(Revision::k2020_01, true, options);
  EXPECT_FALSE(found.has_test_api());
}

TEST(ProbeTest, AsksForTheTestApiInTheToldRevision) {
  ThreadOptions options = options_for(some_address(), 10s);
  options.revision = Revision::kLegacy;
  const ProbeResult found = probe_reference(Revision::kLegacy, true, options);
  EXPECT_EQ(found.revision, Revision::kLegacy);
  EXPECT_TRUE(found.has_test_api()) << found.test_api_note;
}

TEST(ProbeTest, SomeOfTheVerbsAreNotTheTestApi) {
  std::vector<std::string> verbs;
  for (const std::string_view verb : kTestApiVerbs) verbs.emplace_back(verb);
  std::erase(verbs, "delay");
  const ProbeResult found = probe_script(
      [&](std::size_t, const std::string& payload) { return right_answers(payload, verbs); });
  EXPECT_EQ(found.revision, Revision::k2020_01);
  EXPECT_FALSE(found.has_test_api());
  EXPECT_EQ(found.offered.size(), 9U);
  EXPECT_EQ(std::ranges::find(found.offered, "verb:delay"), found.offered.end());
}

TEST(ProbeTest, VerbsThatAnswerWronglyAreNamedAndStayOffered) {
  const std::vector<std::string> verbs{"echo",        "whoami", "subscribe", "emit",
                                       "unsubscribe", "fail",   "mute"};
  const ProbeResult found = probe_script(
      [&](std::size_t, const std::string& payload) { return right_answers(payload, verbs); });
  EXPECT_EQ(
      found.faulty_verbs,
      (std::vector<std::string>{"echo answers other data", "fail answers without an error",
                                "whoami answers other data", "mute answers, which it must not"}));
  EXPECT_EQ(found.test_api_note,
            "it knows 7 of the 10 verbs; echo answers other data; fail answers without an error; "
            "whoami answers other data; mute answers, which it must not");
  EXPECT_EQ(found.offered.size(), 7U);
  EXPECT_FALSE(found.has_echo);
}

TEST(ProbeTest, VerbsThatFailInTheirOwnWayArePresent) {
  const ProbeResult found = probe_script([](std::size_t, const std::string& payload) -> Acts {
    if (!payload.starts_with("4b") || is_barrier(payload)) return right_answers(payload);
    return {"6b" + payload.substr(2, 4) + hex_string("invalid-request") + "00000000" +
            hex_string("null")};
  });
  EXPECT_TRUE(found.has_test_api());
  EXPECT_EQ(found.faulty_verbs.size(), 10U);
  EXPECT_EQ(found.faulty_verbs[2], "delay answers an error (invalid-request)");
}

TEST(ProbeTest, AVerbThatDoesNotAnswerIsNamed) {
  const ProbeResult found = probe_script([](std::size_t, const std::string& payload) -> Acts {
    const bool is_delay = payload.starts_with("4b") && payload.find(hex_string("delay")) == 6;
    return is_delay ? Acts{} : right_answers(payload);
  });
  EXPECT_EQ(found.faulty_verbs, std::vector<std::string>{"delay does not answer"});
  EXPECT_EQ(found.offered, std::vector<std::string>{"verb:delay"});
}

TEST(ProbeTest, TheReferenceServerHasNoFaultsAndIsMeasured) {
  for (const Revision revision : kRevisions) {
    ThreadOptions options = options_for(some_address(), 10s);
    options.revision = revision;
    const ProbeResult found = probe_reference(revision, true, options);
    EXPECT_TRUE(found.has_echo) << name(revision);
    EXPECT_TRUE(found.faulty_verbs.empty());
    EXPECT_TRUE(found.contradictions.empty());
    EXPECT_FALSE(found.hopeless);
    EXPECT_GT(found.round_trip, 0us);
    EXPECT_LT(found.round_trip, 1s);
  }
}

// ---- Revisions that do not fit

TEST(ProbeTest, ADescriptionOfAnotherRevisionThanToldIsAContradiction) {
  ThreadOptions options = options_for(some_address(), 10s);
  options.revision = Revision::k2020_03;
  const ProbeResult found = probe_reference(Revision::k2020_01, true, options);
  ASSERT_EQ(found.contradictions.size(), 1U);
  EXPECT_EQ(to_text(found.contradictions[0]),
            "its DESCRIPTION is one of revision 2020-01, but the run was told revision 2020-03");
  EXPECT_FALSE(found.hopeless);
}

TEST(ProbeTest, ADescriptionOfNoRevisionIsAContradiction) {
  const ProbeResult found = probe_script([](std::size_t, const std::string& payload) {
    return payload.starts_with("44") ? Acts{"6402"} : right_answers(payload);
  });
  ASSERT_EQ(found.contradictions.size(), 1U);
  EXPECT_EQ(found.revision, kReferenceRevision);
  EXPECT_NE(to_text(found.contradictions[0]).find("no revision has a DESCRIPTION of this form"),
            std::string::npos);
}

TEST(ProbeTest, AVersionSetWithoutAVersionIsNoOtherRevision) {
  const ProbeResult found = probe_script([](std::size_t, const std::string& payload) {
    return payload.starts_with("56") ? Acts{"76"} : right_answers(payload);
  });
  EXPECT_EQ(found.revision, kReferenceRevision);
  EXPECT_FALSE(found.hopeless);
}

TEST(ProbeTest, AnotherRevisionThanToldIsHopeless) {
  for (const auto& [spoken, told] : {std::pair{Revision::k2020_01, Revision::kLegacy},
                                     std::pair{Revision::kLegacy, Revision::k2020_01}}) {
    ThreadOptions options = options_for(some_address(), 10s);
    options.revision = told;
    const auto start = std::chrono::steady_clock::now();
    const ProbeResult found = probe_reference(spoken, true, options);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
    ASSERT_TRUE(found.hopeless.has_value()) << name(spoken);
    EXPECT_EQ(found.hopeless->code, ReasonCode::kIutOtherRevision);
  }
}

TEST(ProbeTest, OtherMessagesArePassedOver) {
  const std::string broadcast =
      "42" + hex_string("a") + hex_string("1") + std::string(32, '1') + "09";
  const ProbeResult found = probe_script([&](std::size_t, const std::string& payload) {
    Acts acts = right_answers(payload);
    acts.insert(acts.begin(), broadcast);
    acts.insert(acts.begin(), "64ffff0000" + hex_string("null"));
    return acts;
  });
  EXPECT_EQ(found.revision, Revision::k2020_01);
  EXPECT_EQ(found.test_api_note, "it knows 0 of the 10 verbs");
}

TEST(ProbeTest, WithoutADescriptionItIsTheReferenceRevision) {
  const ProbeResult found = probe_script([](std::size_t, const std::string& payload) {
    return payload.starts_with("44") ? Acts{} : right_answers(payload);
  });
  EXPECT_EQ(found.unreachable, "");
  EXPECT_EQ(found.revision, kReferenceRevision);
  EXPECT_TRUE(found.revision_note.starts_with("by its VERSION SET")) << found.revision_note;
  EXPECT_EQ(found.test_api_note, "it knows 0 of the 10 verbs");
}

TEST(ProbeTest, PeersThatAreNoServersEndQuickly) {
  for (const NullPeerKind kind :
       {NullPeerKind::kEcho, NullPeerKind::kSilent, NullPeerKind::kClose}) {
    const auto start = std::chrono::steady_clock::now();
    const ProbeResult found = probe_null(kind, options_for(some_address(), kShort));
    EXPECT_LT(std::chrono::steady_clock::now() - start, 5s) << name(kind);
    EXPECT_EQ(found.unreachable, "") << name(kind);
    EXPECT_EQ(found.revision, kReferenceRevision) << name(kind);
    EXPECT_FALSE(found.has_test_api()) << name(kind);
    EXPECT_EQ(found.test_api_note, "it does not answer") << name(kind);
    ASSERT_TRUE(found.hopeless.has_value()) << name(kind);
    EXPECT_EQ(found.hopeless->code, ReasonCode::kIutNotWsapi);
  }
}

TEST(ProbeTest, APeerThatEchoesIsFoundOutWithoutWaiting) {
  const auto start = std::chrono::steady_clock::now();
  const ProbeResult found = probe_null(NullPeerKind::kEcho, options_for(some_address(), 10s));
  EXPECT_FALSE(found.has_test_api());
  EXPECT_EQ(found.hopeless->parts.at("what"), "it echoes what it is sent");
  EXPECT_LT(std::chrono::steady_clock::now() - start, 800ms);
}

TEST(ProbeTest, AYesPeerHasNoVerbs) {
  const ProbeResult found = probe_null(NullPeerKind::kYes, options_for(some_address(), 10s));
  EXPECT_EQ(found.revision, Revision::k2020_01);
  EXPECT_FALSE(found.has_test_api()) << "even the verb that cannot exist is there";
}

TEST(ProbeTest, EndlessMessagesEnd) {
  const ProbeResult found = probe_script(
      [](std::size_t, const std::string& payload) {
        return payload.empty() ? Acts{} : Acts{"endless 8202 7601"};
      },
      1s);
  EXPECT_EQ(found.revision, kReferenceRevision);
  EXPECT_FALSE(found.has_test_api());
}

TEST(ProbeTest, NobodyListens) {
  asio::io_context io(1);
  ThreadOptions options = options_for(some_address(), 10s);
  options.open_wire = connecting_to(options.address);
  const ProbeResult found = run_to_end(io, probe(options));
  EXPECT_NE(found.unreachable.find("probe-"), std::string::npos) << found.unreachable;
}

TEST(ProbeTest, GoneBehindTheFirstConnection) {
  const ProbeResult found = probe_script([](std::size_t, const std::string& payload) -> Acts {
    if (payload.empty()) return {"stop listening"};
    return right_answers(payload);
  });
  EXPECT_EQ(found.revision, Revision::k2020_01);
  EXPECT_NE(found.unreachable, "");
}

}  // namespace
}  // namespace wsapi
