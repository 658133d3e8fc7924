// SPDX-License-Identifier: Apache-2.0

// The stress part on servers in memory, in virtual time, whose process is made up.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "codec/hex.h"
#include "harness/peers/scripted_memory_server.h"
#include "harness/tester/interpreter.h"
#include "harness/tester/stress_plan.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// ---- The clients

TEST(StressPlanTest, TheSameSeedAndNumberGiveTheSameClient) {
  for (std::uint32_t i = 0; i < 100; ++i) {
    EXPECT_EQ(draw_client(7, i).acts, draw_client(7, i).acts);
    EXPECT_EQ(draw_client(7, i).number, i);
  }
  EXPECT_NE(to_text(draw_client(7, 1)), to_text(draw_client(8, 1)));
}

TEST(StressPlanTest, EveryActIsDrawnAndNoClientIsLong) {
  std::set<StressAct> seen;
  std::set<std::string> clients;
  for (std::uint32_t i = 0; i < 2000; ++i) {
    const StressClient client = draw_client(1, i);
    EXPECT_GE(client.acts.size(), 2U);
    EXPECT_LE(client.acts.size(), kMaxStressActs);
    seen.insert(client.acts.begin(), client.acts.end());
    const std::string text = to_text(client);
    clients.insert(text.substr(text.find(':')));
  }
  EXPECT_EQ(seen.size(), kStressActCount);
  EXPECT_GT(clients.size(), 1000U);
}

TEST(StressPlanTest, AClientInWords) {
  EXPECT_EQ(to_text({.number = 7, .acts = {StressAct::kOffer, StressAct::kHalfFrame}}),
            "client 7: offer, half a frame");
}

// ---- Servers

// A process that dies when the server says so, and can be started again.
class MortalProcess final : public WatchedIut {
 public:
  std::optional<ProcessSample> sample() override { return std::nullopt; }
  [[nodiscard]] bool can_restart() const noexcept override { return true; }
  asio::awaitable<std::string> restart() override {
    ++starts;
    is_dead = false;
    seen.clear();
    co_return "";
  }
  bool has_ended() override { return is_dead; }
  std::vector<FaultReport> take_faults() override { return std::exchange(faults, {}); }

  void die() {
    if (!is_dead) faults.push_back({.kind = FaultKind::kSignal, .title = "SIGSEGV", .detail = ""});
    is_dead = true;
  }

  bool is_dead = false;
  std::size_t starts = 1;
  std::vector<FaultReport> faults;
  std::set<std::string> seen;  // by the server, since the start
};

std::string hex_of(std::string_view verb) { return to_hex(std::as_bytes(std::span(verb))) + "00"; }
bool calls(const std::string& payload, std::string_view verb) {
  return payload.find(hex_of(verb)) != std::string::npos;
}

// Answers rightly while the process lives. `is_fatal` is asked of each message.
using IsFatal = std::function<bool(MortalProcess& process, const std::string& payload)>;
ServerScript mortal(MortalProcess& process, IsFatal is_fatal) {
  return [&process, is_fatal = std::move(is_fatal)](std::size_t, const std::string& payload) {
    if (!process.is_dead && is_fatal(process, payload)) process.die();
    return process.is_dead ? Acts{"close"} : right_answers(payload);
  };
}

asio::awaitable<Outcome> run_in(const TestCase& test_case, IutAccess access) {
  co_return co_await run_case(test_case, access, "unique");
}

Outcome run(MortalProcess* process, ServerScript script) {
  Procedure procedure{.name = "stress", .with = {}};
  procedure.with["clients"] = std::uint64_t{16};
  procedure.with["seed"] = std::uint64_t{1};
  procedure.with["milliseconds"] = std::uint64_t{1000};
  TestCase test_case;
  test_case.id = "test/case";
  test_case.script = script_of({Step{.connection = "main", .action = procedure}});
  return run_with_script(std::move(script), [&](OpenWire open, std::shared_ptr<Clock> clock) {
    IutAccess access{std::move(open), Revision::k2020_01, 2s, server_under_test(), clock};
    access.process = process;
    return run_in(test_case, std::move(access));
  });
}

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

TEST(StressTest, ARightServerPasses) {
  MortalProcess process;
  const Outcome outcome = run(&process, mortal(process, [](auto&, auto&) { return false; }));
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kPass) << outcome.verdict.reason();
  EXPECT_EQ(process.starts, 1U);
  EXPECT_EQ(
      run(nullptr, [](std::size_t, const std::string& payload) { return right_answers(payload); })
          .verdict.kind(),
      VerdictKind::kPass);
}

TEST(StressTest, TheOneClientThatKillsIsFound) {
  MortalProcess process;
  const auto is_fatal = [](auto&, const std::string& payload) { return calls(payload, "delay"); };
  const Outcome outcome = run(&process, mortal(process, is_fatal));
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kFail);
  EXPECT_EQ(outcome.verdict.why().code, ReasonCode::kFailsUnderStress);
  EXPECT_THAT(outcome.verdict.reason(), HasSubstr("5 of 5 times with 1 client alone: client "));
  EXPECT_EQ(lines_in(outcome.verdict.mismatch().received), 1U);
  EXPECT_THAT(outcome.verdict.mismatch().received, HasSubstr("delay"));
  ASSERT_EQ(outcome.faults.size(), 1U);
  EXPECT_EQ(outcome.faults[0].title, "SIGSEGV");
  // What follows has a fresh process, and no fault of the replays.
  EXPECT_FALSE(process.is_dead);
  EXPECT_TRUE(process.faults.empty());
}

TEST(StressTest, TwoThatKillTogetherAreFound) {
  MortalProcess process;
  const auto is_fatal = [](MortalProcess& it, const std::string& payload) {
    for (const char* const verb : {"emit", "broadcast"}) {
      if (calls(payload, verb)) it.seen.insert(verb);
    }
    return it.seen.size() == 2;
  };
  const Outcome outcome = run(&process, mortal(process, is_fatal));
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kFail);
  const std::string& clients = outcome.verdict.mismatch().received;
  EXPECT_LE(lines_in(clients), 4U) << clients;
  EXPECT_THAT(clients, HasSubstr("emit"));
  EXPECT_THAT(clients, HasSubstr("broadcast"));
}

TEST(StressTest, AServerThatAnswersNoMoreIsFound) {
  MortalProcess process;
  // It lives, and is silent once a call was malformed.
  const ServerScript script = [&](std::size_t, const std::string& payload) {
    const bool is_malformed = payload.starts_with("4b") && !payload.ends_with("0000000000");
    if (is_malformed) process.seen.insert("malformed");
    return process.seen.empty() ? right_answers(payload) : Acts{};
  };
  const Outcome outcome = run(&process, script);
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kFail);
  EXPECT_THAT(outcome.verdict.reason(), HasSubstr("answers no good call any more"));
  EXPECT_TRUE(outcome.faults.empty());
}

}  // namespace
}  // namespace wsapi
