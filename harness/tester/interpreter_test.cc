// SPDX-License-Identifier: Apache-2.0

// Scripts against servers that are right, and against scripted ones: steps, patterns, connections.

#include "harness/tester/interpreter.h"

#include <gtest/gtest.h>

#include <string>

#include "harness/peers/peer_thread.h"
#include "harness/peers/reference_server.h"
#include "harness/peers/scripted_memory_server.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;
using Mode = Expect::Mode;
using How = EndOurSide::How;

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

Step call(const Json& id, const char* verb, const Json& args = "null") {
  return step_of(SendMessage{.message = {{"message", "call"},
                                         {"call_id", id},
                                         {"verb", verb},
                                         {"session_id", 0},
                                         {"token_id", 0},
                                         {"args", args},
                                         {"credentials", nullptr}},
                             .frame = {}});
}

Pattern reply(const Json& id) { return {{"message", "reply"}, {"call_id", id}}; }

Step expect(std::vector<Pattern> patterns, Mode mode = Mode::kAll) {
  return step_of(Expect{.mode = mode, .patterns = std::move(patterns)});
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

// A right server, but for these answers to each CALL that is no barrier.
ServerScript with_calls(const Acts& acts) {
  return [acts](std::size_t, const std::string& payload) {
    const bool is_call = payload.starts_with("4b") && !is_barrier(payload);
    return is_call ? acts : right_answers(payload);
  };
}

Outcome run_on_reference(const TestCase& test_case, Revision revision = kReferenceRevision) {
  const Address address =
      std::get<Address>(parse_address(fmt::format("unix:@interpreter-{}", ::getpid())));
  ReferenceServerOptions options;
  options.revision = revision;
  PeerThread server([&](asio::io_context& io) {
    return std::make_unique<ReferenceServer>(io, address, options);
  });
  EXPECT_EQ(server.error(), "");
  asio::io_context io(1);
  const IutAccess access{connecting_to(server.local_address()), revision, 10s};
  return run_to_end(io, run_case(test_case, access, "unique"));
}

TEST(InterpreterTest, ARightServerPassesInEachRevision) {
  for (const Revision revision : kRevisions) {
    TestCase test_case = case_of({step_of(Connect{}), step_of(Barrier{})});
    test_case.disturbs = true;
    const Outcome outcome = run_on_reference(test_case, revision);
    EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kPass) << outcome.verdict.reason();
    EXPECT_EQ(outcome.fate, Fate::kSilent);
    EXPECT_GT(outcome.milliseconds, 0);
    EXPECT_FALSE(outcome.transcript.events().empty());
  }
}

TEST(InterpreterTest, VariablesAreBoundAndSent) {
  const Json subscribe{{"json", {{"event", "$unique"}}}};
  const Json emit{{"json", {{"event", "$unique"}, {"data", {1, 2}}}}};
  const TestCase test_case = case_of(
      {step_of(Connect{}), call(1, "subscribe", subscribe),
       expect({{{"message", "event-create"}, {"event_id", "$id"}, {"name", "$unique"}},
               {{"message", "event-subscribe"}, {"call_id", 1}, {"event_id", "$id"}},
               reply(1)}),
       call(2, "emit", emit),
       expect({{{"message", "event-push"}, {"event_id", "$id"}, {"data", {{"json", {1, 2}}}}},
               {{"message", "reply"}, {"call_id", 2}, {"data", {{"json", 1}}}}}),
       step_of(SendMessage{.message = {{"message", "event-unexpected"}, {"event_id", "$id"}},
                           .frame = {}}),
       step_of(Barrier{.allowed = {{{"message", "event-remove"}, {"event_id", "$id"}}},
                       .may_close = false})});
  const Outcome outcome = run_on_reference(test_case);
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kPass)
      << outcome.verdict.reason() << outcome.verdict.mismatch().received;
}

TEST(InterpreterTest, OwnBroadcastsAreSeen) {
  const Json args{{"json", {{"event", "$unique"}, {"data", true}}}};
  const TestCase test_case = case_of(
      {step_of(Connect{}), call(1, "broadcast", args),
       expect({{{"message", "event-broadcast"}, {"name", "$unique"}, {"hop", 9}}, reply(1)}),
       step_of(Barrier{})});
  EXPECT_EQ(run_on_reference(test_case).verdict.kind(), VerdictKind::kPass);
}

// ---- Expectations

const std::string kReply1 = hex_reply("0100", "1");
const std::string kReply2 = hex_reply("0200", "2");
const std::string kReply3 = hex_reply("0300", "3");

TEST(InterpreterTest, AllInAnyOrder) {
  std::vector<Acts> orders;
  Acts order{kReply1, kReply2, kReply3};
  std::ranges::sort(order);
  do orders.push_back(order);
  while (std::ranges::next_permutation(order).found);
  ASSERT_EQ(orders.size(), 6U);
  for (const Acts& acts : orders) {
    const TestCase test_case =
        case_of({step_of(Connect{}), call(1, "x"), expect({reply(1), reply(2), reply(3)}),
                 step_of(Barrier{})});
    const Outcome outcome = run(test_case, with_calls(acts));
    EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kPass) << outcome.verdict.reason();
    EXPECT_EQ(outcome.fate, Fate::kReplied);
  }
}

TEST(InterpreterTest, AllMeansEachOnce) {
  const TestCase test_case =
      case_of({step_of(Connect{}), call(1, "x"), expect({reply(1), reply(2)})});
  const Outcome twice = run(test_case, with_calls({kReply1, kReply1, kReply2}));
  EXPECT_EQ(twice.verdict.kind(), VerdictKind::kFail);
  EXPECT_EQ(twice.verdict.reason(),
            "REPLY 2 was expected after CALL 1 \"x\"; REPLY 1 without an error came");
  EXPECT_EQ(twice.verdict.mismatch().expected.find("01 00"), std::string::npos)
      << "what has come already is not expected any more";
  const Outcome one = run(test_case, with_calls({kReply2}));
  EXPECT_EQ(one.verdict.kind(), VerdictKind::kFail);
  EXPECT_EQ(one.fate, Fate::kHang);
  EXPECT_FALSE(one.unresponsive) << "it answered when the connection was opened";
}

TEST(InterpreterTest, OneOfIsEnough) {
  const TestCase test_case =
      case_of({step_of(Connect{}), call(1, "x"), expect({reply(1), reply(2)}, Mode::kOneOf),
               step_of(Barrier{})});
  EXPECT_EQ(run(test_case, with_calls({kReply2})).verdict.kind(), VerdictKind::kPass);
  EXPECT_EQ(run(test_case, with_calls({kReply1})).verdict.kind(), VerdictKind::kPass);
  const Outcome neither = run(test_case, with_calls({kReply3}));
  EXPECT_EQ(neither.verdict.kind(), VerdictKind::kFail);
  EXPECT_NE(neither.verdict.mismatch().expected.find("one of\n"), std::string::npos);
  EXPECT_NE(neither.verdict.mismatch().received.find("REPLY"), std::string::npos);
  EXPECT_EQ(run(test_case, with_calls({kReply1, kReply2})).verdict.kind(), VerdictKind::kFail)
      << "the second one comes where nothing may come";
}

// ---- Closing

struct CloseCase {
  Acts acts;
  std::vector<std::uint16_t> codes;
  bool code_required;
  VerdictKind verdict;
  Fate fate;
};

TEST(InterpreterTest, ClosesAsTheyAreAskedFor) {
  const CloseCase cases[] = {
      {{"close"}, {}, false, VerdictKind::kPass, Fate::kOrderlyClose},
      {{"raw 8800", "close"}, {}, false, VerdictKind::kPass, Fate::kOrderlyClose},
      {{"raw 880203ea", "close"}, {1002}, false, VerdictKind::kPass, Fate::kOrderlyClose},
      {{"raw 880203ea", "close"}, {1003}, false, VerdictKind::kFail, Fate::kOrderlyClose},
      {{"raw 8800", "close"}, {1003}, false, VerdictKind::kPass, Fate::kOrderlyClose},
      {{"close"}, {1002}, false, VerdictKind::kPass, Fate::kOrderlyClose},
      {{"close"}, {1002}, true, VerdictKind::kFail, Fate::kOrderlyClose},
      {{"raw 8800", "close"}, {1002}, true, VerdictKind::kFail, Fate::kOrderlyClose},
      {{"raw 880203ea", "close"}, {1002}, true, VerdictKind::kPass, Fate::kOrderlyClose},
      {{"raw 880203eb", "close"}, {1002, 1003}, true, VerdictKind::kPass, Fate::kOrderlyClose},
      {{"raw 880203eb", "close"}, {1002}, true, VerdictKind::kFail, Fate::kOrderlyClose},
      {{kReply1, "close"}, {}, false, VerdictKind::kPass, Fate::kOrderlyClose},
      {{kReply2, "close"}, {}, false, VerdictKind::kFail, Fate::kReplied},
      {{kReply1, kReply1, "close"}, {}, false, VerdictKind::kFail, Fate::kReplied},
      {{"raw 8a00", "close"}, {}, false, VerdictKind::kPass, Fate::kOrderlyClose},
      {{}, {}, false, VerdictKind::kFail, Fate::kHang},
  };
  for (const CloseCase& one : cases) {
    const TestCase test_case = case_of(
        {step_of(Connect{}), call(1, "x"),
         step_of(ExpectClose{
             .allowed = {reply(1)}, .codes = one.codes, .code_required = one.code_required})});
    const Outcome outcome = run(test_case, with_calls(one.acts));
    const std::string what =
        fmt::format("{} codes {}", fmt::join(one.acts, ", "), fmt::join(one.codes, ","));
    EXPECT_EQ(outcome.verdict.kind(), one.verdict) << what << " " << outcome.verdict.reason();
    EXPECT_EQ(name(outcome.fate), name(one.fate)) << what;
    EXPECT_FALSE(outcome.unresponsive) << what;
  }
}

TEST(InterpreterTest, AResetIsAHangUpToo) {
  const TestCase test_case = case_of({step_of(Connect{}), call(1, "x"), step_of(ExpectClose{})});
  const Outcome outcome = run(test_case, with_calls({"reset"}));
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kPass);
  EXPECT_EQ(outcome.fate, Fate::kReset);
}

// ---- Connections, repeats, scripts that are wrong

TEST(InterpreterTest, RepeatsCount) {
  std::vector<std::string> ids;
  const auto note = [&](std::size_t, const std::string& payload) {
    if (payload.starts_with("44")) ids.push_back(payload.substr(2));
    return right_answers(payload);
  };
  const Json describe{{"message", "describe"}, {"description_id", "$i"}};
  const Repeat repeat{.count = 3,
                      .counter = "$i",
                      .steps = {step_of(SendMessage{.message = describe, .frame = {}}),
                                expect({{{"message", "description"}, {"description_id", "$i"}}})}};
  EXPECT_EQ(run(case_of({step_of(Connect{}), step_of(repeat)}), note).verdict.kind(),
            VerdictKind::kPass);
  EXPECT_EQ(ids, (std::vector<std::string>{"0000", "0100", "0200"}));
}

TEST(InterpreterTest, ARepeatStopsAtTheFirstFailure) {
  std::size_t calls = 0;
  const auto count = [&](std::size_t, const std::string& payload) {
    calls += payload.starts_with("4b") ? 1 : 0;
    return payload.starts_with("4b") ? Acts{kReply2} : right_answers(payload);
  };
  const Repeat repeat{.count = 5, .counter = "", .steps = {call(1, "x"), expect({reply(1)})}};
  EXPECT_EQ(run(case_of({step_of(Connect{}), step_of(repeat)}), count).verdict.kind(),
            VerdictKind::kFail);
  EXPECT_EQ(calls, 1U);
}

TEST(InterpreterTest, ConnectionsAreApart) {
  const auto answer = [](std::size_t connection, const std::string& payload) {
    return connection == 1 && is_barrier(payload) ? Acts{} : right_answers(payload);
  };
  const TestCase good = case_of({step_of(Connect{}), step_of(Connect{}, "b"), step_of(Barrier{})});
  EXPECT_EQ(run(good, answer).verdict.kind(), VerdictKind::kPass);
  const TestCase bad =
      case_of({step_of(Connect{}), step_of(Connect{}, "b"), step_of(Barrier{}, "b")});
  const Outcome outcome = run(bad, answer);
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kFail);
  EXPECT_NE(outcome.verdict.reason().find("on connection b; "), std::string::npos);
}

TEST(InterpreterTest, AConnectionMayBeOpenedAgain) {
  for (const How how : {How::kClose, How::kReset, How::kShutdown}) {
    const TestCase test_case = case_of({step_of(Connect{}), step_of(EndOurSide{how}),
                                        step_of(Connect{.negotiate = true}), step_of(Barrier{})});
    const auto right = [](std::size_t, const std::string& p) { return right_answers(p); };
    EXPECT_EQ(run(test_case, right).verdict.kind(), VerdictKind::kPass);
  }
}

TEST(InterpreterTest, AnswersReachUsBehindAShutdown) {
  const TestCase test_case =
      case_of({step_of(Connect{}), call(1, "x"), step_of(EndOurSide{How::kShutdown}),
               expect({reply(1)}), step_of(ExpectClose{})});
  EXPECT_EQ(run(test_case, with_calls({kReply1})).verdict.kind(), VerdictKind::kPass);
}

TEST(InterpreterTest, WrongScriptsAreErrors) {
  const auto right = [](std::size_t, const std::string& p) { return right_answers(p); };
  const std::pair<std::vector<Step>, const char*> scripts[] = {
      {{step_of(Barrier{})}, "uses connection main, which it has not opened"},
      {{step_of(Connect{}), step_of(Barrier{}, "b")}, "uses connection b"},
      {{step_of(Connect{}), call("$nobody", "x")}, "cannot be read"},
      {{step_of(Connect{}), call(70000, "x")}, "cannot be"},
      {{step_of(Connect{}),
        step_of(SendMessage{.message = {{"message", "legacy-describe"}, {"description_id", 1}},
                            .frame = {}})},
       "cannot be encoded"},
      {{step_of(Connect{}), step_of(EndOurSide{How::kClose}), expect({reply(1)})},
       "the suite itself failed"},
  };
  for (const auto& [steps, reason] : scripts) {
    const Outcome outcome = run(case_of(steps), right);
    EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kError) << reason;
    EXPECT_NE(outcome.verdict.reason().find(reason), std::string::npos) << outcome.verdict.reason();
  }
}

TEST(InterpreterTest, FramesAreSentInTheShapeThatIsAskedFor) {
  const FrameShape shapes[] = {
      {.mask = std::array{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}},
       .fragments = {},
       .piece_size = 0},
      {.mask = {}, .fragments = {1, 0, 2}, .piece_size = 0},
      {.mask = {}, .fragments = {100}, .piece_size = 1},
      {.mask = std::array{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}},
       .fragments = {2},
       .piece_size = 3},
  };
  for (const FrameShape& shape : shapes) {
    const WireBytes payload(from_hex("44 0200").value());
    const TestCase test_case =
        case_of({step_of(Connect{}), step_of(SendPayload{.payload = payload, .frame = shape}),
                 expect({{{"message", "description"}, {"description_id", 2}}})});
    EXPECT_EQ(run_on_reference(test_case).verdict.kind(), VerdictKind::kPass);
  }
}

}  // namespace
}  // namespace wsapi
