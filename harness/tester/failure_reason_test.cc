// SPDX-License-Identifier: Apache-2.0

// What a failure says: what was required after what, what came, and how the other connections were.

#include <gmock/gmock.h>

#include <optional>
#include <string>

#include "harness/net/memory_wire.h"
#include "harness/peers/scripted_memory_server.h"
#include "harness/tester/interpreter.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using Json = nlohmann::json;

template <typename Action>
Step step_of(Action action, std::string connection = "main") {
  return Step{.connection = std::move(connection), .action = std::move(action)};
}

Step payload_of(std::string_view hex) {
  return step_of(SendPayload{.payload = WireBytes(from_hex(hex).value()), .frame = {}});
}

Step stream_of(std::string_view hex, std::string connection = "main") {
  return step_of(SendStream{.bytes = WireBytes(from_hex(hex).value())}, std::move(connection));
}

Step expect(Pattern pattern) { return step_of(Expect{.patterns = {std::move(pattern)}}); }

asio::awaitable<Outcome> run_steps(std::vector<Step> steps, IutAccess access) {
  TestCase test_case;
  test_case.id = "test/case";
  test_case.script = script_of(std::move(steps));
  co_return co_await run_case(test_case, access, "unique");
}

Outcome run(std::vector<Step> steps, ServerScript script, bool has_echo = false) {
  return run_with_script(std::move(script), [&](OpenWire open, std::shared_ptr<Clock> clock) {
    return run_steps(std::move(steps), {std::move(open), Revision::k2020_01, 10s,
                                        server_under_test(has_echo), clock});
  });
}

// A right server, but for these answers to each CALL that is no barrier.
ServerScript with_calls(const Acts& acts) {
  return [acts](std::size_t, const std::string& payload) {
    const bool is_call = payload.starts_with("4b") && !is_barrier(payload);
    return is_call ? acts : right_answers(payload);
  };
}

// CALL 5129 whose args end too soon.
constexpr const char* kCutCall = "4b 0914 02000000 7800 0000 0000 05000000 6e75";
const std::string kError5129 =
    "6b0914" + hex_string("unknown-verb") + "00000000" + hex_string("null");

TEST(FailureReasonTest, WhereSilenceWasRequired) {
  const Outcome outcome =
      run({step_of(Connect{}), payload_of(kCutCall), step_of(Barrier{})}, with_calls({kError5129}));
  EXPECT_EQ(
      outcome.verdict.reason(),
      "silence was required after CALL 5129 (malformed: length-beyond-end at offset 13 in field "
      "args); REPLY 5129 with error unknown-verb came");
  const Reason& why = outcome.verdict.why();
  EXPECT_EQ(why.code, ReasonCode::kSilenceRequired);
  EXPECT_EQ(why.parts.at("came"), "REPLY 5129 with error unknown-verb");
}

TEST(FailureReasonTest, WhereOnlySomeMessagesMayCome) {
  const Barrier barrier{.allowed = {{{"message", "event-remove"}, {"event_id", 3}}}};
  const Outcome outcome =
      run({step_of(Connect{}), payload_of("55 0300"), step_of(barrier)},
          [](std::size_t, const std::string& payload) {
            return payload.starts_with("55") ? Acts{"650400"} : right_answers(payload);
          });
  EXPECT_EQ(outcome.verdict.reason(),
            "nothing but EVENT REMOVE 3 may come after EVENT UNEXPECTED 3; EVENT REMOVE 4 came");
  EXPECT_EQ(outcome.verdict.mismatch().differences,
            (std::vector<Difference>{{"/event_id", "3", "4"}}));
}

TEST(FailureReasonTest, FramesThatBreakARuleAreShown) {
  const Outcome outcome = run({step_of(Connect{}), payload_of(kCutCall), step_of(Barrier{})},
                              with_calls({"raw c20161"}));
  EXPECT_THAT(outcome.verdict.reason(),
              HasSubstr("octets that break the rules of frames (rsv-bits) came after CALL 5129"));
  EXPECT_EQ(outcome.verdict.why().parts.at("octets"), "c2 01 61");
}

TEST(FailureReasonTest, DifferencesGoIntoTheJsonOfAField) {
  const Pattern reply{{"message", "reply"},
                      {"call_id", 5129},
                      {"error", nullptr},
                      {"data", {{"json", {{"creds", {{"uid", 7}}}, {"session", "a"}}}}}};
  const Outcome outcome =
      run({step_of(Connect{}), payload_of(kCutCall), expect(reply)},
          with_calls({hex_reply("0914", R"({"session":"b","creds":{"uid":8}})")}));
  EXPECT_EQ(
      outcome.verdict.reason(),
      "REPLY 5129 without an error was expected after CALL 5129 (malformed: length-beyond-end "
      "at offset 13 in field args); REPLY 5129 without an error came");
  EXPECT_EQ(outcome.verdict.mismatch().differences,
            (std::vector<Difference>{{"/data#/creds/uid", "7", "8"},
                                     {"/data#/session", "\"a\"", "\"b\""}}));
}

TEST(FailureReasonTest, APongWithAnotherPayloadIsSaidToHaveCome) {
  const Outcome outcome =
      run({step_of(Connect{}), stream_of("89026162"), expect({{"pong", "6162"}})},
          [](std::size_t, const std::string& p) {
            return p.starts_with("ping ") ? Acts{"raw 8a00"} : right_answers(p);
          });
  EXPECT_EQ(outcome.verdict.reason(),
            "a PONG with payload 6162 was expected after a PING; an empty PONG came");
}

TEST(FailureReasonTest, PongsAreAskedForOrPassedOver) {
  const auto right = [](std::size_t, const std::string& p) { return right_answers(p); };
  const auto empty = [](std::size_t, const std::string& p) {
    return p.starts_with("ping ") ? Acts{"raw 8a00"} : right_answers(p);
  };
  const auto with = [](const Pattern& pattern) {
    return std::vector<Step>{step_of(Connect{}), stream_of("89026162"), expect(pattern),
                             step_of(Barrier{})};
  };
  EXPECT_EQ(run(with({{"pong", "6162"}}), right).verdict.kind(), VerdictKind::kPass);
  EXPECT_EQ(run(with({{"pong", nullptr}}), right).verdict.kind(), VerdictKind::kPass);
  EXPECT_EQ(run(with({{"pong", nullptr}}), empty).verdict.kind(), VerdictKind::kPass);
  EXPECT_EQ(run(with({{"pong", "6162"}}), empty).verdict.kind(), VerdictKind::kFail);
}

TEST(FailureReasonTest, AnInvalidCloseCodeIsAnEnd) {
  const std::vector<Step> any{step_of(Connect{}), payload_of("4b"), step_of(ExpectClose{})};
  EXPECT_EQ(run(any, with_calls({"raw 880203ed"})).verdict.kind(), VerdictKind::kPass);
  const std::vector<Step> coded{
      step_of(Connect{}), payload_of("4b"),
      step_of(ExpectClose{.allowed = {}, .codes = {1002}, .code_required = true})};
  const Outcome outcome = run(coded, with_calls({"raw 880203ed"}));
  EXPECT_EQ(outcome.verdict.why().code, ReasonCode::kClosedOtherwise);
  EXPECT_THAT(
      outcome.verdict.reason(),
      HasSubstr("by a CLOSE frame with code 1002 after CALL (malformed: truncated at offset 1 "
                "in field call_id); a CLOSE frame with the invalid code 1005 came"));
}

// ---- Other connections

// Answers no barrier on its first connection before the second one has ended.
class StallingServer {
 public:
  StallingServer(asio::io_context& io, Clock& clock) : io_(io), clock_(clock) {}

  OpenWire opener() {
    return [this](Deadline) { return open(); };
  }
  void stop() {
    for (const auto& wire : wires_) wire->close();
  }

 private:
  asio::awaitable<WireResult> open() {
    MemoryWires wires = make_memory_wires(io_.get_executor(), clock_);
    wires_.push_back(std::move(wires.second));
    asio::co_spawn(io_, serve(wires_.back(), wires_.size() == 1), [](const std::exception_ptr& e) {
      if (e) std::rethrow_exception(e);
    });
    co_return WireResult(std::move(wires.first), {});
  }

  asio::awaitable<void> serve(std::shared_ptr<Wire> wire, bool is_first) {
    FrameDecoder decoder;
    std::array<std::byte, 4096> buffer{};
    while (true) {
      const ReadOutcome read = co_await wire->read_some(buffer, kNoDeadline);
      if (read.status != ReadStatus::kData) break;
      auto rest = std::span<const std::byte>(buffer).first(read.byte_count);
      while (!rest.empty()) {
        const FrameEvent event = decoder.next(rest);
        if (event.kind != FrameEventKind::kMessage) break;
        const std::string payload = to_hex(event.payload);
        constexpr int kLooks = 10'000;
        for (int i = 0; i < kLooks && is_barrier(payload) && is_first && !has_ended_; ++i) {
          co_await clock_.sleep_for(10ms);
        }
        for (const std::string& act : right_answers(payload)) {
          const auto octets = TestClient::frame_of(act);
          (void)co_await wire->write_all(octets, clock_.after(10s));
        }
      }
    }
    has_ended_ = has_ended_ || !is_first;
    wire->close();
  }

  asio::io_context& io_;
  Clock& clock_;
  std::vector<std::shared_ptr<Wire>> wires_;
  bool has_ended_ = false;
};

TEST(FailureReasonTest, AConnectionThatStallsTheOthersIsNamed) {
  const auto clock = std::make_shared<VirtualClock>();
  asio::io_context io(1);
  StallingServer server(io, *clock);
  const std::vector<Step> steps{step_of(Connect{}), step_of(Connect{}, "slow"),
                                stream_of("8225 4b0100 05000000 70696e67", "slow"),
                                step_of(Barrier{})};
  const IutAccess access{server.opener(), Revision::k2020_01, 10s, server_under_test(), clock};
  const Outcome outcome = run_to_end(io, *clock, run_steps(steps, access), [&] { server.stop(); });
  EXPECT_EQ(
      outcome.verdict.reason(),
      "CALL 23280 \"no-such-verb\" was not answered by REPLY 23280 with an error; nothing came, "
      "while `slow` holds 13 of 39 octets of a frame; REPLY 23280 with error unknown-verb came "
      "when `slow` had been closed");
  EXPECT_EQ(outcome.fate, Fate::kHang);
}

TEST(FailureReasonTest, OtherConnectionsThatAreIdleAreNotMentioned) {
  const std::vector<Step> steps{step_of(Connect{}), step_of(Connect{}, "b"), payload_of(kCutCall),
                                step_of(Barrier{})};
  const Outcome outcome = run(steps, with_calls({kError5129}));
  EXPECT_FALSE(outcome.verdict.why().parts.contains("others")) << outcome.verdict.reason();
}

TEST(FailureReasonTest, ALimitOfOurOwnIsAnErrorOfTheSuite) {
  const auto clock = std::make_shared<VirtualClock>();
  asio::io_context io(1);
  const OpenWire no_descriptor = [](Deadline) -> asio::awaitable<WireResult> {
    WireResult out(nullptr, "cannot connect to x: Too many open files");
    out.is_suite_limit = true;
    co_return out;
  };
  const IutAccess access{no_descriptor, Revision::k2020_01, 10s, server_under_test(), clock};
  const Outcome outcome = run_to_end(io, *clock, run_steps({step_of(Connect{})}, access), [] {});
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kError);
  EXPECT_EQ(outcome.verdict.reason(),
            "the suite itself failed: cannot connect to x: Too many open files");
  EXPECT_FALSE(outcome.unreachable) << "the implementation is not to blame";
}

// ---- What is no failure

TEST(LegalNoiseTest, AReplyThatABarrierAllowsMayComeLater) {
  const Barrier barrier{.allowed = {{{"message", "reply"}, {"call_id", 1}}}};
  const std::string late = hex_reply("0100", "1");
  const auto steps = [&](int later) {
    std::vector<Step> out{step_of(Connect{}), payload_of("4b"), step_of(barrier)};
    for (int i = 0; i < later; ++i) out.push_back(step_of(Barrier{}));
    return out;
  };
  // The reply comes with the answer to the second barrier, and once more with the third.
  int barriers = 0;
  const auto script = [&](std::size_t, const std::string& payload) {
    Acts acts = right_answers(payload);
    if (payload == "4b") return Acts{};
    if (is_barrier(payload) && ++barriers > 1) acts.insert(acts.begin(), late);
    return acts;
  };
  EXPECT_EQ(run(steps(1), script).verdict.kind(), VerdictKind::kPass);
  barriers = 0;
  EXPECT_EQ(run(steps(2), script).verdict.kind(), VerdictKind::kFail) << "it comes once";
}

TEST(LegalNoiseTest, MayComeAtAnyTimeAlsoBeforeTheVersion) {
  const std::string broadcast =
      "42" + hex_string("a") + hex_string("1") + std::string(32, '1') + "09";
  const auto noisy = [&](std::size_t, const std::string& payload) {
    Acts acts{"raw 8a00", "raw 8a0161", "raw 8200", broadcast, "raw 890161", "raw 8900"};
    for (const std::string& act : right_answers(payload)) acts.push_back(act);
    return acts;
  };
  const Pattern answer{{"message", "description"}, {"description_id", 1}};
  const Outcome outcome =
      run({step_of(Connect{}), payload_of("44 0100"), expect(answer), step_of(Barrier{})}, noisy);
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kPass) << outcome.verdict.reason();
}

TEST(LegalNoiseTest, NoPongGoesIntoAFrameThatIsHalfSent) {
  const auto script = [](std::size_t, const std::string& payload) {
    Acts acts = right_answers(payload);
    if (payload.starts_with("56")) acts.insert(acts.end(), {"raw 890161", "450100020000006100"});
    return acts;
  };
  const Pattern created{{"message", "event-create"}, {"event_id", 1}, {"name", "a"}};
  const Pattern answer{{"message", "description"}, {"description_id", 0x0101}};
  const Outcome outcome = run({step_of(Connect{}), stream_of("820344"), expect(created),
                               stream_of("0101"), expect(answer), step_of(Barrier{})},
                              script);
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kPass) << outcome.verdict.reason();
  const auto& events = outcome.transcript.events();
  std::vector<std::string> sent;
  for (const Transcript::Event& event : events) {
    if (event.connection == 0 && event.kind == Transcript::Kind::kSent) {
      sent.push_back(to_hex(outcome.transcript.octets(event)));
    }
  }
  const auto rest = std::ranges::find(sent, "0101");
  ASSERT_NE(rest, sent.end());
  EXPECT_EQ(*std::prev(rest), "820344");
  EXPECT_EQ(*std::next(rest), "8a0161");
}

// ---- Known-good exchanges with echo

Acts echo_answers(const std::string& payload) {
  const std::string verb = hex_string("echo");
  if (!payload.starts_with("4b") || payload.substr(6, verb.size()) != verb) {
    return right_answers(payload);
  }
  const std::size_t args = 6 + verb.size() + 8;  // after session and token
  const std::string object = payload.substr(args, payload.size() - args - 8);
  return {"6b" + payload.substr(2, 4) + "0000000000000000" + object};
}

TEST(EchoExchangeTest, BringsBackWhatWasSent) {
  std::vector<std::string> calls;
  const auto note = [&](std::size_t, const std::string& payload) {
    if (payload.starts_with("4b")) calls.push_back(payload);
    return echo_answers(payload);
  };
  const std::vector<Step> steps{step_of(Connect{}), step_of(Barrier{}), step_of(Barrier{})};
  const Outcome outcome = run(steps, note, true);
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kPass) << outcome.verdict.reason();
  ASSERT_EQ(calls.size(), 2U);
  EXPECT_NE(calls[0].substr(6), calls[1].substr(6)) << "another text each time";
}

TEST(EchoExchangeTest, AStubPassesNothing) {
  const std::vector<Step> steps{step_of(Connect{}), step_of(Barrier{})};
  const auto right = [](std::size_t, const std::string& p) { return right_answers(p); };
  const Outcome outcome = run(steps, right, true);
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kFail);
  EXPECT_THAT(
      outcome.verdict.reason(),
      HasSubstr("CALL 23130 \"echo\" was not answered by REPLY 23130 without an error; REPLY "
                "23130 with error unknown-verb came"));
  std::string last;
  const auto repeats = [&](std::size_t, const std::string& payload) {
    if (!payload.starts_with("4b")) return right_answers(payload);
    Acts acts = echo_answers(payload);
    if (last.empty()) last = acts.front().substr(6);
    return Acts{"6b" + payload.substr(2, 4) + last};
  };
  EXPECT_EQ(run(steps, repeats, true).verdict.kind(), VerdictKind::kPass);
  const std::vector<Step> twice{step_of(Connect{}), step_of(Barrier{}), step_of(Barrier{})};
  EXPECT_EQ(run(twice, repeats, true).verdict.kind(), VerdictKind::kFail);
}

TEST(EchoExchangeTest, WithoutAVersionTheVerbThatCannotExistIsCalled) {
  const std::vector<Step> steps{step_of(Connect{.negotiate = false}), step_of(Barrier{})};
  const auto refuses = [](std::size_t, const std::string& p) { return right_answers(p); };
  EXPECT_EQ(run(steps, refuses, true).verdict.kind(), VerdictKind::kPass);
}

}  // namespace
}  // namespace wsapi
