// SPDX-License-Identifier: Apache-2.0

#include "harness/tester/interpreter.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "codec/annotate.h"
#include "codec/decode.h"
#include "codec/encode.h"
#include "codec/hex.h"
#include "codec/json_form.h"
#include "harness/suite/pattern.h"
#include "harness/tester/known_good_requests.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;
using Kind = Received::Kind;

// Broadcasts of other clients, which may come at any time (section 4, Events).
constexpr std::size_t kMaxForeignBroadcasts = 10'000;

// Named, as g++ 12 destroys a braced temporary of this kind inside a co_await twice.
const FrameShape kOneFrame;
const Barrier kPlainBarrier;

std::string dump_of(const Received& received, Revision revision) {
  std::string out = to_string(received) + "\n";
  if (received.kind == Kind::kMessage) {
    out += to_text(annotate(received.payload, revision, Direction::kToClient), received.payload);
  } else if (!received.payload.empty()) {
    out += printable(to_hex(received.payload, " ")) + "\n";
  }
  return out;
}

class CaseRun {
 public:
  CaseRun(const IutAccess& access, std::string unique) : access_(access) {
    variables_["$unique"] = std::move(unique);
  }

  asio::awaitable<void> run(const TestCase& test_case) {
    note_broadcasts(test_case.steps);
    co_await run_steps(test_case.steps);
    for (auto& [name, tester] : testers_) tester->end(EndOurSide::How::kClose);
    if (test_case.disturbs && outcome_.verdict.may_go_on()) co_await liveness();
    outcome_.verdict.set(VerdictKind::kPass);
  }

  asio::awaitable<void> liveness() {
    const Fate fate = outcome_.fate;
    in_liveness_ = true;
    const Connect how{.negotiate = false};
    LowerTester* const tester = co_await open("liveness", how);
    if (tester != nullptr) {
      // Offer and call in one go: the client need not wait for the answer (section 4).
      if (access_.revision != Revision::kLegacy) {
        (void)co_await tester->send_message(offer_bytes(), kOneFrame, deadline());
      }
      co_await liveness_answers(*tester);
      tester->end(EndOurSide::How::kClose);
    }
    in_liveness_ = false;
    if (outcome_.verdict.may_go_on() && fate != Fate::kNotObserved) outcome_.fate = fate;
  }

  Outcome take() && { return std::move(outcome_); }

 private:
  [[nodiscard]] Deadline deadline() const { return deadline_in(access_.timeout); }
  [[nodiscard]] bool legacy() const { return access_.revision == Revision::kLegacy; }

  // Where a fault is laid: every text of a verdict goes through here.
  void fail(const LowerTester& tester, std::string_view what, std::string expected,
            const Received& received) {
    outcome_.fate = fate_of(received);
    const std::string where = in_liveness_ ? "liveness check: " : "";
    const std::string on =
        tester.name() == "main" || in_liveness_ ? "" : " on connection " + tester.name();
    // Legacy opens without an exchange: there a connection on which nothing ever came tells.
    const bool no_answer = opening_ || (legacy() && !tester.has_received());
    if (received.kind == Kind::kTimeout && no_answer) outcome_.unresponsive = true;
    outcome_.verdict.set(received.kind == Kind::kError ? VerdictKind::kError : VerdictKind::kFail,
                         fmt::format("{}{}{}: {} came", where, what, on, to_string(received)),
                         {std::move(expected), dump_of(received, access_.revision)});
  }

  // ---- Opening

  asio::awaitable<LowerTester*> open(std::string name, Connect how) {
    ConnectResult result = co_await connect(access_.address, deadline());
    if (result.status != ConnectStatus::kOk) {
      outcome_.unreachable = true;
      outcome_.fate = Fate::kUnreachable;
      outcome_.verdict.set(in_liveness_ ? VerdictKind::kFail : VerdictKind::kInconc,
                           (in_liveness_ ? "liveness check: " : "") + printable(result.message));
      co_return nullptr;
    }
    auto tester = std::make_unique<LowerTester>(name, std::move(result.stream), access_.revision,
                                                outcome_.log, access_.corpus);
    LowerTester& opened = *tester;
    testers_[std::move(name)] = std::move(tester);
    if (how.negotiate && has_version_negotiation(access_.revision)) co_await negotiate(opened);
    co_return outcome_.verdict.may_go_on() ? &opened : nullptr;
  }

  asio::awaitable<void> negotiate(LowerTester& tester) {
    opening_ = true;
    (void)co_await tester.send_message(offer_bytes(), kOneFrame, deadline());
    co_await expect_version_set(tester);
    opening_ = false;
  }

  asio::awaitable<void> expect_version_set(LowerTester& tester) {
    const Json pattern{{"message", "version-set"}, {"version", kVersion1}};
    const Received received = co_await receive_own(tester, deadline());
    if (!message_matches(pattern, received)) {
      fail(tester, "the offer of version 1 was not answered by VERSION SET 1",
           example_of(pattern, variables_, access_.revision), received);
    }
  }

  asio::awaitable<void> liveness_answers(LowerTester& tester) {
    opening_ = true;
    const std::uint32_t id = tester.next_barrier_id();
    (void)co_await tester.send_message(call_bytes(id, kNoSuchVerb, access_.revision), kOneFrame,
                                       deadline());
    if (access_.revision != Revision::kLegacy) co_await expect_version_set(tester);
    if (outcome_.verdict.may_go_on()) co_await await_barrier(tester, id, kPlainBarrier);
    opening_ = false;
  }

  // ---- Steps

  asio::awaitable<void> run_steps(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      if (!outcome_.verdict.may_go_on()) co_return;
      if (const auto* const repeat = std::get_if<Repeat>(&step.action)) {
        co_await run_repeat(*repeat);
      } else if (const auto* const how = std::get_if<Connect>(&step.action)) {
        (void)co_await open(step.connection, *how);
      } else if (const auto tester = testers_.find(step.connection); tester != testers_.end()) {
        co_await run_step(*tester->second, step);
      } else {
        outcome_.verdict.set(VerdictKind::kError, "the script uses connection " + step.connection +
                                                      ", which it has not opened");
      }
    }
  }

  asio::awaitable<void> run_repeat(const Repeat& repeat) {
    for (std::size_t i = 0; i < repeat.count; ++i) {
      if (!repeat.counter.empty()) variables_[repeat.counter] = i;
      co_await run_steps(repeat.steps);
    }
  }

  asio::awaitable<void> run_step(LowerTester& tester, const Step& step) {
    if (const auto* const send = std::get_if<SendMessage>(&step.action)) {
      co_await run_send(tester, *send);
    } else if (const auto* const payload = std::get_if<SendPayload>(&step.action)) {
      (void)co_await tester.send_message(payload->payload.expand(), payload->frame, deadline());
    } else if (const auto* const stream = std::get_if<SendStream>(&step.action)) {
      (void)co_await send_octets(tester, stream->bytes.expand());
    } else if (const auto* const expect = std::get_if<Expect>(&step.action)) {
      co_await run_expect(tester, *expect);
    } else if (const auto* const barrier = std::get_if<Barrier>(&step.action)) {
      co_await run_barrier(tester, *barrier);
    } else if (const auto* const close = std::get_if<ExpectClose>(&step.action)) {
      co_await run_expect_close(tester, *close);
    } else if (const auto* const end = std::get_if<EndOurSide>(&step.action)) {
      tester.end(end->how);
    }
  }

  asio::awaitable<bool> send_octets(LowerTester& tester, std::vector<std::byte> octets) {
    outcome_.log.add(tester.name(), '>', octets, "octets of the stream");
    co_return co_await tester.send_stream(octets, 0, deadline());
  }

  asio::awaitable<void> run_send(LowerTester& tester, const SendMessage& send) {
    const auto message = from_json(substitute(send.message, variables_).dump());
    if (!message) {
      outcome_.verdict.set(VerdictKind::kError,
                           "the script's message cannot be read: " + to_string(message.error()));
      co_return;
    }
    const auto bytes = encode_to_bytes(message->message, access_.revision);
    if (!bytes) {
      outcome_.verdict.set(VerdictKind::kError,
                           "the script's message cannot be encoded: " + to_string(bytes.error()));
      co_return;
    }
    (void)co_await tester.send_message(*bytes, send.frame, deadline());
  }

  // Takes the pattern out that `received` matches; whether there was one.
  bool take_match(std::vector<Pattern>& patterns, const Received& received) {
    const auto it = std::ranges::find_if(
        patterns, [&](const Pattern& pattern) { return message_matches(pattern, received); });
    if (it == patterns.end()) return false;
    patterns.erase(it);
    return true;
  }

  bool message_matches(const Pattern& pattern, const Received& received) {
    if (received.kind == Kind::kPong && pattern.contains("pong")) {
      const Json& payload = pattern.at("pong");
      return payload.is_null() || payload == to_hex(received.payload);
    }
    if (received.kind != Kind::kMessage) return false;
    const auto decoded = decode(received.payload, access_.revision, Direction::kToClient);
    if (!decoded || info_of(decoded->message).name != pattern.value("message", "")) return false;
    if (decoded->size != received.payload.size()) return false;
    return matches(pattern, Json::parse(to_json(decoded->message)), variables_);
  }

  asio::awaitable<void> run_expect(LowerTester& tester, const Expect& expect) {
    std::vector<Pattern> open = expect.patterns;
    const Deadline end = deadline();
    while (!open.empty()) {
      const Received received = co_await receive_own(tester, end);
      if (take_match(open, received)) {
        outcome_.fate = Fate::kReplied;
        if (expect.mode == Expect::Mode::kOneOf) co_return;
        continue;
      }
      if (received.kind == Kind::kPong) continue;  // unsolicited ones are right (RFC 6455, 5.5.3)
      fail(tester, "an expected message did not come", examples(open), received);
      co_return;
    }
  }

  std::string examples(const std::vector<Pattern>& patterns) {
    std::string out;
    for (const Pattern& pattern : patterns) {
      if (!out.empty()) out += "and, or instead of it:\n";
      out += example_of(pattern, variables_, access_.revision);
    }
    return out;
  }

  asio::awaitable<void> run_barrier(LowerTester& tester, const Barrier& barrier) {
    const std::uint32_t id = tester.next_barrier_id();
    (void)co_await tester.send_message(call_bytes(id, kNoSuchVerb, access_.revision), kOneFrame,
                                       deadline());
    if (outcome_.fate == Fate::kNotObserved) outcome_.fate = Fate::kSilent;
    co_await await_barrier(tester, id, barrier);
  }

  asio::awaitable<void> await_barrier(LowerTester& tester, std::uint32_t id,
                                      const Barrier& barrier) {
    const Json answer{{"message", legacy() ? "legacy-reply" : "reply"},
                      {"call_id", id},
                      {"error", {{"present", true}}}};
    std::vector<Pattern> allowed = barrier.allowed;
    const Deadline end = deadline();
    while (true) {
      const Received received = co_await receive_own(tester, end);
      if (message_matches(answer, received)) co_return;
      if (take_match(allowed, received)) {
        outcome_.fate = Fate::kReplied;
      } else if (barrier.may_close &&
                 (received.kind == Kind::kClose || received.kind == Kind::kEnd)) {
        outcome_.fate = Fate::kOrderlyClose;
        co_return;
      } else if (received.kind != Kind::kPong) {
        fail(tester, "a call of a verb that does not exist was not answered by an error next",
             examples({answer}), received);
        co_return;
      }
    }
  }

  asio::awaitable<void> run_expect_close(LowerTester& tester, const ExpectClose& close) {
    std::vector<Pattern> allowed = close.allowed;
    const Deadline end = deadline();
    std::string expected = close.code_required ? "a CLOSE frame" : "the end of the connection";
    if (!close.codes.empty())
      expected += fmt::format(" with code {}", fmt::join(close.codes, " or "));
    while (true) {
      const Received received = co_await receive_own(tester, end);
      if (take_match(allowed, received) || received.kind == Kind::kPong) continue;
      if (!received.ended()) {
        fail(tester, "the connection was not closed", expected + "\n", received);
        co_return;
      }
      // An empty CLOSE before the end of the stream is a plain hang-up too (section 8).
      const bool has_code = received.kind == Kind::kClose && received.close_code.has_value();
      const bool right_code =
          has_code && std::ranges::find(close.codes, *received.close_code) != close.codes.end();
      if (has_code ? !close.codes.empty() && !right_code : close.code_required) {
        fail(tester, "the connection was closed in another way", expected + "\n", received);
      } else {
        outcome_.fate = fate_of(received);
      }
      co_return;
    }
  }

  // The next thing that is not somebody else's broadcast.
  asio::awaitable<Received> receive_own(LowerTester& tester, Deadline end) {
    while (true) {
      Received received = co_await tester.receive(end);
      if (!is_foreign_broadcast(received)) co_return received;
      if (++foreign_broadcasts_ > kMaxForeignBroadcasts) co_return received;
    }
  }

  bool is_foreign_broadcast(const Received& received) {
    if (received.kind != Kind::kMessage) return false;
    const auto decoded = decode(received.payload, access_.revision, Direction::kToClient);
    if (!decoded) return false;
    std::string_view name;
    if (const auto* const m = std::get_if<EventBroadcast>(&decoded->message))
      name = m->name;
    else if (const auto* const old = std::get_if<legacy::EventBroadcast>(&decoded->message))
      name = old->name;
    else
      return false;
    // Names of this case's own broadcasts hold its $unique.
    const auto& unique = variables_["$unique"].get_ref<const std::string&>();
    return !own_broadcasts_ || name.find(unique) == std::string_view::npos;
  }

  void note_broadcasts(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      if (const auto* const repeat = std::get_if<Repeat>(&step.action))
        note_broadcasts(repeat->steps);
      const auto* const expect = std::get_if<Expect>(&step.action);
      if (expect == nullptr) continue;
      own_broadcasts_ |= std::ranges::any_of(expect->patterns, [](const Pattern& pattern) {
        return pattern.value("message", "").ends_with("event-broadcast");
      });
    }
  }

  const IutAccess& access_;
  Variables variables_;
  std::map<std::string, std::unique_ptr<LowerTester>> testers_;
  Outcome outcome_;
  bool in_liveness_ = false;
  bool opening_ = false;
  bool own_broadcasts_ = false;
  std::size_t foreign_broadcasts_ = 0;
};

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

}  // namespace

asio::awaitable<Outcome> run_case(const TestCase& test_case, const IutAccess& access,
                                  std::string unique) {
  const auto start = std::chrono::steady_clock::now();
  CaseRun run(access, std::move(unique));
  co_await run.run(test_case);
  Outcome outcome = std::move(run).take();
  outcome.milliseconds = milliseconds_since(start);
  co_return outcome;
}

asio::awaitable<Outcome> check_liveness(const IutAccess& access) {
  CaseRun run(access, "liveness");
  co_await run.liveness();
  co_return std::move(run).take();
}

}  // namespace wsapi
