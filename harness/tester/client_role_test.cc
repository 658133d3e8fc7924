// SPDX-License-Identifier: Apache-2.0

// A client under test: scripts against the codec's ClientSession, and against clients that are
// wrong, on wires in memory and in virtual time.

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <functional>
#include <string>

#include "codec/client_session.h"
#include "codec/frame.h"
#include "codec/hex.h"
#include "codec/write_buf.h"
#include "harness/net/memory_wire.h"
#include "harness/net/virtual_clock.h"
#include "harness/tester/interpreter.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;

// Collects what a session sends, in frames.
class FrameSink final : public MessageSink {
 public:
  void send(WriteBuf& message) override {
    std::vector<std::byte> payload;
    for (const iovec& part : message.parts()) {
      const auto* const first = static_cast<const std::byte*>(part.iov_base);
      payload.insert(payload.end(), first, first + part.iov_len);
    }
    const auto frame = encode_frame(FrameHeader{}, payload);
    octets.insert(octets.end(), frame.begin(), frame.end());
  }
  std::vector<std::byte> octets;
};

struct ClientBehaviour {
  bool connects_again = true;
  bool is_deaf = false;          // reads nothing and says nothing after its offer
  std::string first_bytes = {};  // hexadecimal, in place of the offer
  int calls = 0;                 // that it makes by itself, right after the offer
};

// A client that connects to the suite at once, and again when its connection ends.
class Client {
 public:
  Client(asio::io_context& io, Clock& clock, ClientBehaviour behaviour, Revision revision)
      : io_(io), clock_(clock), behaviour_(std::move(behaviour)), revision_(revision) {
    connect();
  }

  // A connection that the client has made and that nobody has taken yet.
  [[nodiscard]] OpenWire opener() {
    return [this](Deadline deadline) { return accept(deadline); };
  }
  [[nodiscard]] int connection_count() const { return connection_count_; }
  void stop() { is_stopped_ = true; }

 private:
  void connect() {
    ++connection_count_;
    MemoryWires wires = make_memory_wires(io_.get_executor(), clock_);
    waiting_.push_back(std::move(wires.first));
    arrived_.notify();
    asio::co_spawn(io_, live(std::move(wires.second)), [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    });
  }

  asio::awaitable<WireResult> accept(Deadline deadline) {
    bool in_time = true;
    while (waiting_.empty() && in_time) in_time = co_await clock_.wait(arrived_, deadline);
    if (waiting_.empty()) co_return WireResult(nullptr, "no client connects");
    auto wire = std::move(waiting_.front());
    waiting_.pop_front();
    co_return WireResult(std::move(wire), {});
  }

  asio::awaitable<void> live(std::unique_ptr<Wire> wire) {
    FrameSink sink;
    ClientSession session(revision_, sink);
    session.start();
    for (int i = 0; i < behaviour_.calls; ++i) (void)session.call({.verb = "ping"});
    if (!behaviour_.first_bytes.empty()) sink.octets = from_hex(behaviour_.first_bytes).value();
    FrameDecoder decoder;
    std::array<std::byte, 1000> buffer{};
    bool goes_on = true;
    while (goes_on) {
      if (!sink.octets.empty()) (void)co_await wire->write_all(sink.octets, kNoDeadline);
      sink.octets.clear();
      const ReadOutcome read = co_await wire->read_some(buffer, kNoDeadline);
      goes_on = read.status == ReadStatus::kData && !session.ended();
      if (behaviour_.is_deaf) continue;
      auto rest = std::span<const std::byte>(buffer).first(read.byte_count);
      while (!rest.empty() && goes_on) handle(decoder.next(rest), session, sink, goes_on);
    }
    wire.reset();
    if (behaviour_.connects_again && !is_stopped_) connect();
  }

  static void handle(const FrameEvent& event, ClientSession& session, FrameSink& sink,
                     bool& goes_on) {
    if (event.kind == FrameEventKind::kMessage) (void)session.receive(event.payload);
    if (event.kind == FrameEventKind::kPing) {
      const auto frame = pong_frame({});
      sink.octets.insert(sink.octets.end(), frame.begin(), frame.end());
    }
    goes_on = event.kind != FrameEventKind::kClose && event.kind != FrameEventKind::kViolation;
  }

  asio::io_context& io_;
  Clock& clock_;
  ClientBehaviour behaviour_;
  Revision revision_;
  Notification arrived_{io_.get_executor()};
  std::deque<std::unique_ptr<Wire>> waiting_;
  int connection_count_ = 0;
  bool is_stopped_ = false;
};

template <typename Action>
Step step_of(Action action) {
  return Step{.connection = "main", .action = std::move(action)};
}

TestCase case_of(std::vector<Step> steps, bool disturbs = false) {
  TestCase out;
  out.id = "client/test";
  out.disturbs = disturbs;
  out.script = script_of(std::move(steps));
  return out;
}

struct Result {
  Outcome outcome;
  int connections = 0;
};

asio::awaitable<Outcome> run_in(const TestCase& test_case, IutAccess access) {
  co_return co_await run_case(test_case, access, "unique");
}

Result run(const TestCase& test_case, ClientBehaviour behaviour = {},
           Revision revision = Revision::k2020_01) {
  const auto clock = std::make_shared<VirtualClock>();
  asio::io_context io(1);
  Client client(io, *clock, std::move(behaviour), revision);
  IutAccess access{client.opener(), revision, 5s, client_under_test(), clock};
  Result result;
  result.outcome =
      run_to_end(io, *clock, run_in(test_case, std::move(access)), [&] { client.stop(); });
  result.connections = client.connection_count();
  return result;
}

const Step kPush = step_of(
    SendMessage{.message = {{"message", "event-push"}, {"event_id", 9}, {"data", {{"json", true}}}},
                .frame = {}});
const Pattern kUnexpected{{"message", "event-unexpected"}, {"event_id", 9}};

TEST(ClientRoleTest, ARightClientAnswersTheBarrierInEachRevision) {
  for (const Revision revision : kRevisions) {
    const Result result =
        run(case_of({step_of(Connect{}), step_of(Barrier{}), step_of(Barrier{})}), {}, revision);
    EXPECT_EQ(result.outcome.verdict.kind(), VerdictKind::kPass)
        << name(revision) << ": " << result.outcome.verdict.reason()
        << result.outcome.verdict.mismatch().received;
    EXPECT_EQ(result.outcome.fate, Fate::kSilent);
    EXPECT_EQ(result.outcome.transcript.to_iut(), Direction::kToClient);
  }
}

TEST(ClientRoleTest, ItsAnswersAreExpectedAndJudged) {
  EXPECT_EQ(run(case_of({step_of(Connect{}), kPush,
                         step_of(Expect{.mode = Expect::Mode::kAll, .patterns = {kUnexpected}}),
                         step_of(Barrier{})}))
                .outcome.verdict.kind(),
            VerdictKind::kPass);
  const Outcome outcome = run(case_of({step_of(Connect{}), kPush, step_of(Barrier{})})).outcome;
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kFail) << "nothing may come before the answer";
  EXPECT_NE(outcome.verdict.mismatch().received.find("EVENT UNEXPECTED"), std::string::npos);
}

TEST(ClientRoleTest, CallsOfItsOwnArePassedOver) {
  EXPECT_EQ(
      run(case_of({step_of(Connect{}), step_of(Barrier{})}), {.calls = 3}).outcome.verdict.kind(),
      VerdictKind::kPass);
  const Pattern call{{"message", "call"}, {"verb", "ping"}};
  EXPECT_EQ(run(case_of({step_of(Connect{}),
                         step_of(Expect{.mode = Expect::Mode::kAll, .patterns = {call, call}}),
                         step_of(Barrier{})}),
                {.calls = 2})
                .outcome.verdict.kind(),
            VerdictKind::kPass)
      << "unless the case waits for them";
}

TEST(ClientRoleTest, AClientThatDoesNotOfferFails) {
  const Outcome outcome = run(case_of({step_of(Connect{})}), {.first_bytes = "8203440100"}).outcome;
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kFail);
  EXPECT_TRUE(outcome.verdict.reason().starts_with("the client did not begin with VERSION OFFER"))
      << outcome.verdict.reason();
}

TEST(ClientRoleTest, ADeafClientIsUnresponsive) {
  const Outcome outcome =
      run(case_of({step_of(Connect{}), step_of(Barrier{})}, true), {.is_deaf = true}).outcome;
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kFail);
  EXPECT_EQ(outcome.fate, Fate::kHang);
  EXPECT_TRUE(
      outcome.verdict.reason().starts_with("EVENT PUSH 42405 of an event that was never created"))
      << outcome.verdict.reason();
}

TEST(ClientRoleTest, ItLivesIfItAnswersOnItsConnection) {
  const Result result = run(case_of({step_of(Connect{}), step_of(Barrier{})}, true));
  EXPECT_EQ(result.outcome.verdict.kind(), VerdictKind::kPass) << result.outcome.verdict.reason();
  EXPECT_EQ(result.connections, 1);
}

TEST(ClientRoleTest, ItLivesIfItConnectsAgain) {
  const std::vector<Step> steps{
      step_of(Connect{}),
      step_of(EndOurSide{}),
  };
  const Result result = run(case_of(steps, true));
  EXPECT_EQ(result.outcome.verdict.kind(), VerdictKind::kPass) << result.outcome.verdict.reason();
  EXPECT_EQ(result.connections, 2);
  const Outcome gone = run(case_of(steps, true), {.connects_again = false}).outcome;
  EXPECT_EQ(gone.verdict.kind(), VerdictKind::kFail);
  EXPECT_EQ(gone.verdict.reason(), "liveness check: no client connects");
  EXPECT_EQ(gone.fate, Fate::kUnreachable);
}

TEST(ClientRoleTest, PiecesWithoutAnotherConnectionTakeAShortWait) {
  Step push = kPush;
  std::get<SendMessage>(push.action).frame.piece_size = 1;
  const Result result =
      run(case_of({step_of(Connect{}), push,
                   step_of(Expect{.mode = Expect::Mode::kAll, .patterns = {kUnexpected}})}));
  EXPECT_EQ(result.outcome.verdict.kind(), VerdictKind::kPass) << result.outcome.verdict.reason();
  EXPECT_EQ(result.connections, 1);
}

}  // namespace
}  // namespace wsapi
