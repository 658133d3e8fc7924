// SPDX-License-Identifier: Apache-2.0

// Barriers, liveness and opening against servers that get them wrong.

#include <gtest/gtest.h>

#include <string>

#include "harness/peers/scripted_memory_server.h"
#include "harness/record/conformance_log.h"
#include "harness/tester/interpreter.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;

template <typename Action>
Step step_of(Action action, std::string connection = "main") {
  return Step{.connection = std::move(connection), .action = std::move(action)};
}

TestCase barrier_case(Barrier barrier = {}, int barriers = 1) {
  TestCase out;
  out.id = "test/barrier";
  std::vector<Step> steps{step_of(Connect{})};
  for (int i = 0; i < barriers; ++i) steps.push_back(step_of(barrier));
  out.script = script_of(std::move(steps));
  return out;
}

asio::awaitable<Outcome> run_in(const TestCase& test_case, IutAccess access) {
  co_return co_await run_case(test_case, access, "unique");
}

// In virtual time: deadlines pass at once.
Outcome run(const TestCase& test_case, ServerScript script, std::chrono::milliseconds timeout = 10s,
            Revision revision = Revision::k2020_01) {
  return run_with_script(std::move(script), [&](OpenWire open, std::shared_ptr<Clock> clock) {
    return run_in(test_case, {std::move(open), revision, timeout, server_under_test(), clock});
  });
}

// A server that is right but for what it answers to the barrier's call. "ID" is the call's id.
ServerScript with_barrier(const Acts& acts) {
  return [acts](std::size_t, const std::string& payload) {
    if (!is_barrier(payload)) return right_answers(payload);
    Acts out = acts;
    for (std::string& act : out) {
      if (const auto at = act.find("ID"); at != std::string::npos) {
        act.replace(at, 2, payload.substr(2, 4));
      }
    }
    return out;
  };
}

const std::string kError = hex_string("unknown-verb") + "00000000" + hex_string("null");
const std::string kRightAnswer = "6bID" + kError;

struct BarrierCase {
  const char* what;
  Acts acts;
  bool may_close;
  VerdictKind verdict;
  Fate fate;
  const char* received;  // a part of the mismatch
};

const BarrierCase kBarrierCases[] = {
    {"right", {kRightAnswer}, false, VerdictKind::kPass, Fate::kSilent, ""},
    {"success",
     {"6bID0000000000000000" + hex_string("null")},
     false,
     VerdictKind::kFail,
     Fate::kReplied,
     "a message\n"},
    {"wrong id", {"6b0100" + kError}, false, VerdictKind::kFail, Fate::kReplied, "01 00"},
    {"never", {}, false, VerdictKind::kFail, Fate::kHang, "nothing before the deadline"},
    {"a text frame",
     {"raw 810161"},
     false,
     VerdictKind::kFail,
     Fate::kReplied,
     "octets that are no frame (text-message)"},
    {"a reserved bit", {"raw c20161"}, false, VerdictKind::kFail, Fate::kReplied, "rsv-bits"},
    {"undecodable", {"6bID0000"}, false, VerdictKind::kFail, Fate::kReplied, "truncated"},
    {"unknown operation", {"00"}, false, VerdictKind::kFail, Fate::kReplied, "unknown-operation"},
    {"empty message",
     {"raw 8200", kRightAnswer},
     false,
     VerdictKind::kFail,
     Fate::kReplied,
     "empty-message"},
    {"of the wrong direction",
     {"440100", kRightAnswer},
     false,
     VerdictKind::kFail,
     Fate::kReplied,
     "wrong-direction"},
    {"a message in front",
     {"450100020000006100", kRightAnswer},
     false,
     VerdictKind::kFail,
     Fate::kReplied,
     "EVENT CREATE"},
    {"bytes behind its end",
     {kRightAnswer + "00"},
     false,
     VerdictKind::kFail,
     Fate::kReplied,
     "a message\n"},
    {"a PONG in front", {"raw 8a0161", kRightAnswer}, false, VerdictKind::kPass, Fate::kSilent, ""},
    {"a PING in front", {"raw 890161", kRightAnswer}, false, VerdictKind::kPass, Fate::kSilent, ""},
    {"closes", {"close"}, false, VerdictKind::kFail, Fate::kOrderlyClose, "the end of the stream"},
    {"CLOSE frame",
     {"raw 880203e8", "close"},
     false,
     VerdictKind::kFail,
     Fate::kOrderlyClose,
     "a CLOSE frame with code 1000"},
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
     "rsv-bits"},
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
    if (one.verdict == VerdictKind::kPass) continue;
    EXPECT_TRUE(verdict.reason().starts_with(
        "a call of a verb that does not exist was not answered by an error next: "))
        << verdict.reason();
    EXPECT_NE(verdict.mismatch().expected.find("5a 5a"), std::string::npos) << one.what;
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
  std::vector<std::string> ids;
  const auto note = [&](std::size_t, const std::string& payload) {
    if (is_barrier(payload)) ids.push_back(payload.substr(2, 4));
    return right_answers(payload);
  };
  EXPECT_EQ(run(barrier_case({}, 3), note).verdict.kind(), VerdictKind::kPass);
  EXPECT_EQ(ids, (std::vector<std::string>{"5a5a", "5b5a", "5c5a"}));
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

// ---- Opening

Acts but_offer(const std::string& payload, Acts acts) {
  return payload.starts_with("56") ? std::move(acts) : right_answers(payload);
}

TEST(InterpreterOpenTest, AnOfferThatIsNotAnsweredIsUnresponsive) {
  const Outcome outcome =
      run(barrier_case(), [](std::size_t, const std::string& p) { return but_offer(p, {}); });
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kFail);
  EXPECT_EQ(outcome.fate, Fate::kHang);
  EXPECT_TRUE(outcome.unresponsive);
  EXPECT_FALSE(outcome.unreachable);
  EXPECT_EQ(outcome.verdict.reason(),
            "the offer of version 1 was not answered by VERSION SET 1: nothing before the deadline "
            "came");
}

// Legacy has no offer: what it does not answer first is the case's own message.
TEST(InterpreterOpenTest, ALegacyServerThatNeverSaysAnythingIsUnresponsive) {
  const auto silent = [](std::size_t, const std::string&) { return Acts{}; };
  const Outcome outcome = run(barrier_case(), silent, 10s, Revision::kLegacy);
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kFail);
  EXPECT_EQ(outcome.fate, Fate::kHang);
  EXPECT_TRUE(outcome.unresponsive);
}

TEST(InterpreterOpenTest, AnOfferThatIsAnsweredWrongly) {
  for (const char* answer : {"7602", "76", "7601ff", "7600", "close", "5609144c170101"}) {
    const Outcome outcome = run(
        barrier_case(), [=](std::size_t, const std::string& p) { return but_offer(p, {answer}); });
    EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kFail) << answer;
    EXPECT_FALSE(outcome.unresponsive) << answer;
    EXPECT_TRUE(outcome.verdict.reason().starts_with("the offer of version 1 was not answered"))
        << outcome.verdict.reason();
  }
}

TEST(InterpreterOpenTest, NobodyListens) {
  asio::io_context io(1);
  const Address nowhere =
      std::get<Address>(parse_address(fmt::format("unix:@nobody-{}", ::getpid())));
  const IutAccess access{connecting_to(nowhere), Revision::k2020_01, 10s};
  const Outcome outcome = run_to_end(io, run_case(barrier_case(), access, "unique"));
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kInconc);
  EXPECT_TRUE(outcome.unreachable);
  EXPECT_EQ(outcome.fate, Fate::kUnreachable);
  EXPECT_NE(outcome.verdict.reason().find("nobody-"), std::string::npos);
}

// ---- Liveness

TestCase disturbing_case() {
  TestCase out = barrier_case();
  out.disturbs = true;
  return out;
}

TEST(InterpreterLivenessTest, AGoodServerPassesAndKeepsItsFate) {
  const Outcome outcome =
      run(disturbing_case(), [](std::size_t, const std::string& p) { return right_answers(p); });
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kPass) << outcome.verdict.reason();
  EXPECT_EQ(outcome.fate, Fate::kSilent);
}

struct LivenessCase {
  const char* what;
  Acts to_call;  // on the second connection
  Fate fate;
  bool unresponsive;
};

TEST(InterpreterLivenessTest, AServerThatFellOverFails) {
  const LivenessCase cases[] = {
      {"silent", {}, Fate::kHang, true},
      {"closes", {"close"}, Fate::kOrderlyClose, false},
      {"success", {hex_reply("5a5a", "null")}, Fate::kReplied, false},
  };
  for (const LivenessCase& one : cases) {
    const Outcome outcome =
        run(disturbing_case(), [&](std::size_t connection, const std::string& payload) {
          return connection > 0 && is_barrier(payload) ? one.to_call : right_answers(payload);
        });
    EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kFail) << one.what;
    EXPECT_TRUE(outcome.verdict.reason().starts_with("liveness check: ")) << one.what;
    EXPECT_EQ(name(outcome.fate), name(one.fate)) << one.what;
    EXPECT_EQ(outcome.unresponsive, one.unresponsive) << one.what;
  }
}

TEST(InterpreterLivenessTest, AServerThatIsGoneFails) {
  const Outcome outcome = run(disturbing_case(), [](std::size_t, const std::string& payload) {
    Acts acts = right_answers(payload);
    if (is_barrier(payload)) acts.insert(acts.begin(), "stop listening");
    return acts;
  });
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kFail);
  EXPECT_TRUE(outcome.unreachable);
  EXPECT_EQ(outcome.fate, Fate::kUnreachable);
  EXPECT_TRUE(outcome.verdict.reason().starts_with("liveness check: "));
}

TEST(InterpreterLivenessTest, IsNotAskedForWhereNothingDisturbs) {
  std::size_t connections = 0;
  const auto count = [&](std::size_t number, const std::string& p) {
    connections = number + 1;
    return p.empty() ? Acts{} : right_answers(p);
  };
  EXPECT_EQ(run(barrier_case(), count).verdict.kind(), VerdictKind::kPass);
  EXPECT_EQ(connections, 1U);
  EXPECT_EQ(run(disturbing_case(), count).verdict.kind(), VerdictKind::kPass);
  EXPECT_EQ(connections, 2U);
}

TEST(InterpreterLivenessTest, AloneItGivesNoVerdictWhereAllIsWell) {
  const auto right = [](std::size_t, const std::string& p) { return right_answers(p); };
  const auto check = [](IutAccess access) -> asio::awaitable<Outcome> {
    co_return co_await check_liveness(access);
  };
  const Outcome outcome = run_with_script(right, [&](OpenWire open, std::shared_ptr<Clock> clock) {
    return check({std::move(open), Revision::k2020_01, 10s, server_under_test(), clock});
  });
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kNone);
}

}  // namespace
}  // namespace wsapi
