// SPDX-License-Identifier: Apache-2.0

// Bindings, names of connections, and what may or must never come, against scripted servers.

#include <gtest/gtest.h>

#include <string>

#include "harness/peers/scripted_memory_server.h"
#include "harness/tester/interpreter.h"
#include "harness/tester/known_good_requests.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;
using Mode = Expect::Mode;

template <typename Action>
Step step_of(Action action, std::string connection = "main") {
  return Step{.connection = std::move(connection), .action = std::move(action)};
}

TestCase case_of(std::vector<Step> steps) {
  TestCase out;
  out.id = "test/case";
  out.script = script_of(std::move(steps));
  return out;
}

Step call_1() {
  return step_of(
      SendPayload{.payload = WireBytes(call_bytes(1, "x", kReferenceRevision)), .frame = {}});
}

Pattern reply(const Json& id) { return {{"message", "reply"}, {"call_id", id}}; }

asio::awaitable<Outcome> run_in(const TestCase& test_case, IutAccess access) {
  co_return co_await run_case(test_case, access, "unique");
}

// In virtual time: deadlines pass at once.
Outcome run(const TestCase& test_case, ServerScript script) {
  return run_with_script(std::move(script), [&](OpenWire open, std::shared_ptr<Clock> clock) {
    return run_in(test_case,
                  {std::move(open), kReferenceRevision, 10s, server_under_test(), clock});
  });
}

// A right server, but for these answers to each CALL that is no barrier.
ServerScript with_calls(const Acts& acts) {
  return [acts](std::size_t, const std::string& payload) {
    const bool is_call = payload.starts_with("4b") && !is_barrier(payload);
    return is_call ? acts : right_answers(payload);
  };
}

const std::string kReply1 = hex_reply("0100", "1");
const std::string kReply2 = hex_reply("0200", "2");

TEST(InterpreterStepsTest, ConnectionsAndBindingsFollowACounter) {
  std::vector<std::string> payloads;
  const auto note = [&](std::size_t connection, const std::string& payload) {
    if (payload.starts_with("54")) payloads.push_back(std::to_string(connection) + " " + payload);
    return right_answers(payload);
  };
  const Json token{{"message", "token-create"}, {"token_id", 1}, {"token", "$token"}};
  const Let let{{{.variable = "$token", .text = "t$i", .is_uuid = false}}};
  const Repeat repeat{
      .count = 2,
      .counter = "$i",
      .steps = {step_of(Connect{}, "client-$i"), step_of(let),
                step_of(SendMessage{.message = token, .frame = {}, .cut = 2}, "client-$i"),
                step_of(Barrier{}, "client-$i")}};
  const Outcome outcome = run(case_of({step_of(repeat), step_of(Barrier{}, "client-0")}), note);
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kPass) << outcome.verdict.reason();
  EXPECT_EQ(payloads, (std::vector<std::string>{"0 5401000300000074", "1 5401000300000074"}));
}

TEST(InterpreterStepsTest, ACounterBeginsWhereItIsTold) {
  const Json remove{{"message", "token-remove"}, {"token_id", "$i"}};
  std::vector<std::string> payloads;
  const auto note = [&](std::size_t, const std::string& payload) {
    if (payload.starts_with("74")) payloads.push_back(payload);
    return right_answers(payload);
  };
  const Repeat repeat{.count = 2,
                      .counter = "$i",
                      .steps = {step_of(SendMessage{.message = remove, .frame = {}})},
                      .from = 7};
  const Outcome outcome =
      run(case_of({step_of(Connect{}), step_of(repeat), step_of(Barrier{})}), note);
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kPass) << outcome.verdict.reason();
  EXPECT_EQ(payloads, (std::vector<std::string>{"740700", "740800"}));
}

TEST(InterpreterStepsTest, WhatIsAllowedMayComeInBetween) {
  const auto two_then_one = with_calls({kReply2, kReply1});
  const auto case_with = [](std::vector<Pattern> allowed) {
    return case_of(
        {step_of(Connect{}), call_1(),
         step_of(
             Expect{.mode = Mode::kAll, .patterns = {reply(1)}, .allowed = std::move(allowed)})});
  };
  EXPECT_EQ(run(case_with({reply(2)}), two_then_one).verdict.kind(), VerdictKind::kPass);
  EXPECT_EQ(run(case_with({reply(3)}), two_then_one).verdict.kind(), VerdictKind::kFail);
  EXPECT_EQ(run(case_with({reply(2)}), with_calls({kReply2, kReply2, kReply1})).verdict.kind(),
            VerdictKind::kFail);
}

TEST(InterpreterStepsTest, ARefusalMayBeTold) {
  const TestCase test_case =
      case_of({step_of(Connect{}), call_1(), step_of(ExpectClose{.may_tell = true})});
  EXPECT_EQ(run(test_case, with_calls({kReply2, "close"})).verdict.kind(), VerdictKind::kPass);
  EXPECT_EQ(run(test_case, with_calls({"close"})).verdict.kind(), VerdictKind::kPass);
  EXPECT_EQ(run(test_case, with_calls({kReply2, kReply2, "close"})).verdict.kind(),
            VerdictKind::kFail);
  EXPECT_EQ(run(test_case, with_calls({"7601", "close"})).verdict.kind(), VerdictKind::kFail);
}

TEST(InterpreterStepsTest, ACloseFrameIsNotTheEndOfTheStream) {
  const auto case_with = [](bool then_end) {
    return case_of({step_of(Connect{}), call_1(), step_of(ExpectClose{.then_end = then_end})});
  };
  const std::string close_frame = "raw 880203e8";
  EXPECT_EQ(run(case_with(false), with_calls({close_frame})).verdict.kind(), VerdictKind::kPass);
  EXPECT_EQ(run(case_with(true), with_calls({close_frame})).verdict.kind(), VerdictKind::kFail);
  EXPECT_EQ(run(case_with(true), with_calls({close_frame, kReply1})).verdict.kind(),
            VerdictKind::kFail);
  EXPECT_EQ(run(case_with(true), with_calls({close_frame, "close"})).verdict.kind(),
            VerdictKind::kPass);
  EXPECT_EQ(run(case_with(true), with_calls({"close"})).verdict.kind(), VerdictKind::kPass);
}

TEST(InterpreterStepsTest, ABarrierSaysWhatMustNeverCome) {
  const auto pong = [](const std::string& payload) {
    return [payload](std::size_t, const std::string& p) {
      Acts acts = right_answers(p);
      if (is_barrier(p)) acts.insert(acts.begin(), "raw 8a01" + payload);
      return acts;
    };
  };
  const Barrier barrier{.allowed = {}, .never = {{{"pong", "61"}}}};
  const TestCase test_case = case_of({step_of(Connect{}), step_of(barrier)});
  EXPECT_EQ(run(test_case, pong("62")).verdict.kind(), VerdictKind::kPass);
  EXPECT_EQ(run(test_case, pong("61")).verdict.kind(), VerdictKind::kFail);
}

}  // namespace
}  // namespace wsapi
