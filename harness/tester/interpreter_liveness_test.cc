// SPDX-License-Identifier: Apache-2.0

// Opening and liveness against servers that get them wrong.

#include <gtest/gtest.h>

#include <string>

#include "harness/tester/barrier_test_tools.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;

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
            "the offer of version 1 was not answered by VERSION SET 1; nothing came");
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
    const ReasonCode code = outcome.verdict.why().code;
    EXPECT_TRUE(code == ReasonCode::kVersionNotSet || code == ReasonCode::kMalformedMessage)
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
