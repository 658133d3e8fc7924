// SPDX-License-Identifier: Apache-2.0

// Barriers, liveness and opening against servers that get them wrong.

#include <gtest/gtest.h>

#include <string>

#include "harness/record/conformance_log.h"
#include "harness/tester/barrier_test_tools.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;

struct BarrierCase {
  const char* what;
  Acts acts;
  bool may_close;
  VerdictKind verdict;
  Fate fate;
  const char* received;  // a part of the mismatch
  ReasonCode code = ReasonCode::kNone;
};

const BarrierCase kBarrierCases[] = {
    {"right", {kRightAnswer}, false, VerdictKind::kPass, Fate::kSilent, ""},
    {"success",
     {"6bID0000000000000000" + hex_string("null")},
     false,
     VerdictKind::kFail,
     Fate::kReplied,
     "a message\n",
     ReasonCode::kGoodRequestNotAnswered},
    {"wrong id",
     {"6b0100" + kError},
     false,
     VerdictKind::kFail,
     Fate::kReplied,
     "01 00",
     ReasonCode::kSilenceRequired},
    {"never",
     {},
     false,
     VerdictKind::kFail,
     Fate::kHang,
     "nothing before the deadline",
     ReasonCode::kGoodRequestNotAnswered},
    {"a text frame",
     {"raw 810161"},
     false,
     VerdictKind::kFail,
     Fate::kReplied,
     "octets that are no frame (text-message)",
     ReasonCode::kFrameViolation},
    {"a reserved bit",
     {"raw c20161"},
     false,
     VerdictKind::kFail,
     Fate::kReplied,
     "rsv-bits",
     ReasonCode::kFrameViolation},
    {"undecodable",
     {"6bID0000"},
     false,
     VerdictKind::kFail,
     Fate::kReplied,
     "truncated",
     ReasonCode::kMalformedMessage},
    {"unknown operation",
     {"00"},
     false,
     VerdictKind::kFail,
     Fate::kReplied,
     "unknown-operation",
     ReasonCode::kMalformedMessage},
    {"empty message", {"raw 8200", kRightAnswer}, false, VerdictKind::kPass, Fate::kSilent, ""},
    {"an invalid close code where it may close",
     {"raw 880203ed"},
     true,
     VerdictKind::kPass,
     Fate::kOrderlyClose,
     ""},
    {"of the wrong direction",
     {"440100", kRightAnswer},
     false,
     VerdictKind::kFail,
     Fate::kReplied,
     "wrong-direction",
     ReasonCode::kMalformedMessage},
    {"a message in front",
     {"650300", kRightAnswer},
     false,
     VerdictKind::kFail,
     Fate::kReplied,
     "EVENT REMOVE",
     ReasonCode::kSilenceRequired},
    {"bytes behind its end",
     {kRightAnswer + "00"},
     false,
     VerdictKind::kFail,
     Fate::kReplied,
     "a message\n",
     ReasonCode::kMalformedMessage},
    {"a PONG in front", {"raw 8a0161", kRightAnswer}, false, VerdictKind::kPass, Fate::kSilent, ""},
    {"a PING in front", {"raw 890161", kRightAnswer}, false, VerdictKind::kPass, Fate::kSilent, ""},
    {"closes",
     {"close"},
     false,
     VerdictKind::kFail,
     Fate::kOrderlyClose,
     "the end of the stream",
     ReasonCode::kGoodRequestNotAnswered},
    {"CLOSE frame",
     {"raw 880203e8", "close"},
     false,
     VerdictKind::kFail,
     Fate::kOrderlyClose,
     "a CLOSE frame with code 1000",
     ReasonCode::kGoodRequestNotAnswered},
    {"may close", {"close"}, true, VerdictKind::kPass, Fate::kOrderlyClose, ""},
    {"may close by a frame",
     {"raw 8800", "close"},
     true,
     VerdictKind::kPass,
     Fate::kOrderlyClose,
     ""},
    {"may close, but breaks the rules",
     {"raw c200"},
     true,
     VerdictKind::kFail,
     Fate::kReplied,
     "rsv-bits",
     ReasonCode::kFrameViolation},
};

TEST(InterpreterBarrierTest, WhatComesInsteadOfTheAnswer) {
  for (const BarrierCase& one : kBarrierCases) {
    const TestCase test_case = barrier_case(Barrier{.allowed = {}, .may_close = one.may_close});
    const Outcome outcome = run(test_case, with_barrier(one.acts));
    const Verdict& verdict = outcome.verdict;
    EXPECT_EQ(verdict.kind(), one.verdict) << one.what << ": " << verdict.reason();
    EXPECT_EQ(name(outcome.fate), name(one.fate)) << one.what;
    EXPECT_FALSE(outcome.unreachable) << one.what;
    EXPECT_FALSE(outcome.unresponsive) << one.what;
    EXPECT_NE(verdict.mismatch().received.find(one.received), std::string::npos)
        << one.what << ": " << verdict.mismatch().received;
    EXPECT_EQ(name(verdict.why().code), name(one.code)) << one.what;
    if (one.verdict == VerdictKind::kPass) continue;
    EXPECT_EQ(verdict.mismatch().expected.find("5a 5a"), std::string::npos)
        << "bytes that nobody has sent: " << verdict.mismatch().expected;
    EXPECT_THAT(verdict.mismatch().expected, testing::ContainsRegex("REPLY [0-9]+ with an error"));
  }
}

TEST(InterpreterBarrierTest, AResetIsNoOrderlyClose) {
  for (const bool may_close : {false, true}) {
    const Outcome outcome =
        run(barrier_case(Barrier{.allowed = {}, .may_close = may_close}), with_barrier({"reset"}));
    EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kFail);
    EXPECT_EQ(outcome.fate, Fate::kReset);
    EXPECT_NE(outcome.verdict.reason().find("a reset of the connection came"), std::string::npos);
  }
}

TEST(InterpreterBarrierTest, ASecondAnswerIsSeenByTheNextBarrier) {
  const auto twice = with_barrier({kRightAnswer, kRightAnswer});
  EXPECT_EQ(run(barrier_case({}, 1), twice).verdict.kind(), VerdictKind::kPass);
  const Outcome outcome = run(barrier_case({}, 2), twice);
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kFail);
  EXPECT_EQ(outcome.fate, Fate::kReplied);
}

TEST(InterpreterBarrierTest, EachBarrierHasAnIdOfItsOwn) {
  std::vector<int> ids;
  const auto note = [&](std::size_t, const std::string& payload) {
    const auto octet = [&](std::size_t at) {
      return std::stoi(payload.substr(at, 2), nullptr, 16);
    };
    if (is_barrier(payload)) ids.push_back(octet(2) + 256 * octet(4));
    return right_answers(payload);
  };
  EXPECT_EQ(run(barrier_case({}, 3), note).verdict.kind(), VerdictKind::kPass);
  ASSERT_EQ(ids.size(), 3U);
  EXPECT_GE(ids[0], 0x5a5a);
  EXPECT_LT(ids[0], 0x6a5a);
  EXPECT_EQ(ids[1], ids[0] + 1);
  EXPECT_EQ(ids[2], ids[0] + 2);
}

TEST(InterpreterBarrierTest, AllowedMessagesComeOnceEach) {
  const Barrier barrier{.allowed = {{{"message", "event-remove"}, {"event_id", 3}}},
                        .may_close = false};
  const std::string remove = "650300";
  const Outcome none = run(barrier_case(barrier), with_barrier({kRightAnswer}));
  EXPECT_EQ(none.verdict.kind(), VerdictKind::kPass);
  EXPECT_EQ(none.fate, Fate::kSilent);
  const Outcome once = run(barrier_case(barrier), with_barrier({remove, kRightAnswer}));
  EXPECT_EQ(once.verdict.kind(), VerdictKind::kPass);
  EXPECT_EQ(once.fate, Fate::kReplied);
  EXPECT_EQ(run(barrier_case(barrier), with_barrier({remove, remove, kRightAnswer})).verdict.kind(),
            VerdictKind::kFail);
  EXPECT_EQ(run(barrier_case(barrier), with_barrier({"650400", kRightAnswer})).verdict.kind(),
            VerdictKind::kFail);
}

// ---- Floods

constexpr const char* kBroadcast =
    "82 1e 42 02000000 6100 02000000 3100 00112233445566778899aabbccddeeff 09";

TEST(InterpreterBarrierTest, ForeignBroadcastsArePassedOver) {
  const std::string broadcast = std::string(kBroadcast).substr(6);
  std::string payload;
  for (const char c : broadcast) payload += c == ' ' ? "" : std::string(1, c);
  EXPECT_EQ(run(barrier_case(), with_barrier({payload, payload, kRightAnswer})).verdict.kind(),
            VerdictKind::kPass);
}

TEST(InterpreterBarrierTest, EventsOfOthersAreCreatedAndRemovedAtAnyTime) {
  const std::string create = "450100020000006100";
  const std::string remove = "650100";
  const auto verdict = [](const Acts& acts) {
    return run(barrier_case(), with_barrier(acts)).verdict.kind();
  };
  EXPECT_EQ(verdict({create, kRightAnswer}), VerdictKind::kPass);
  EXPECT_EQ(verdict({create, remove, kRightAnswer}), VerdictKind::kPass);
  EXPECT_EQ(verdict({create, remove, remove, kRightAnswer}), VerdictKind::kFail);
  EXPECT_EQ(verdict({create, "650200", kRightAnswer}), VerdictKind::kFail);
}

TEST(InterpreterBarrierTest, EndlessBroadcastsEnd) {
  const Outcome outcome = run(barrier_case(), with_barrier({"endless " + std::string(kBroadcast)}));
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kFail);
  EXPECT_EQ(outcome.fate, Fate::kReplied);
  EXPECT_NE(outcome.verdict.mismatch().received.find("EVENT BROADCAST"), std::string::npos);
  const ConformanceLog log = conformance_log(outcome.transcript, Revision::k2020_01);
  EXPECT_EQ(log.entries().size(), ConformanceLog::kMaxEntries);
  EXPECT_GT(log.left_out(), 9000U);
}

TEST(InterpreterBarrierTest, EndlessPingsEndAtTheDeadline) {
  const Outcome outcome = run(barrier_case(), with_barrier({"endless 8900"}), 100ms);
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kFail);
  EXPECT_EQ(outcome.fate, Fate::kHang);
}

TEST(InterpreterBarrierTest, EndlessPongsEndAtTheDeadline) {
  const Outcome outcome = run(barrier_case(), with_barrier({"endless 8a00"}), 100ms);
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kFail);
  EXPECT_EQ(outcome.fate, Fate::kHang);
}

}  // namespace
}  // namespace wsapi
