// SPDX-License-Identifier: Apache-2.0

#include "harness/tester/interpreter.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "codec/encode.h"
#include "codec/json_form.h"
#include "harness/suite/overloaded.h"
#include "harness/tester/case_context.h"
#include "harness/tester/exchanges.h"
#include "harness/tester/piece_sender.h"
#include "harness/tester/procedures.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

using Kind = Received::Kind;

class Interpreter {
 public:
  explicit Interpreter(CaseContext& context)
      : context_(context), exchanges_(context), pieces_(context) {}

  asio::awaitable<void> run_steps(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      if (!context_.may_go_on()) co_return;
      // A kind of step that has no overload of run() does not compile.
      const Overloaded run_action{
          [&](const Repeat& repeat) { return run_repeat(repeat); },
          [&](const Procedure& procedure) { return run_procedure(context_, procedure); },
          [&](const Let& let) { return run_let(let); },
          [&](const Connect& connect) { return run_connect(connection_of(step), connect); },
          [&](const auto& action) { return run_on_connection(connection_of(step), action); }};
      co_await std::visit(run_action, step.action);
    }
  }

 private:
  asio::awaitable<void> run_repeat(const Repeat& repeat) {
    for (std::size_t i = 0; i < repeat.count; ++i) {
      if (!repeat.counter.empty()) {
        context_.variables()[repeat.counter] = repeat.from + i;
      }
      co_await run_steps(repeat.steps);
    }
  }

  asio::awaitable<void> run_let(const Let& let) {
    Variables& variables = context_.variables();
    for (const Let::Binding& binding : let.bindings) {
      if (!binding.text) {
        variables.erase(binding.variable);
        continue;
      }
      const std::string text = interpolate(*binding.text, variables);
      variables[binding.variable] =
          binding.is_uuid ? uuid_text(interpolate("$unique", variables) + "/" + text) : text;
    }
    co_return;
  }

  [[nodiscard]] std::string connection_of(const Step& step) {
    return interpolate(step.connection, context_.variables());
  }

  asio::awaitable<void> run_connect(std::string name, const Connect& connect) {
    (void)co_await exchanges_.open(std::move(name), connect.negotiate);
  }

  template <typename Action>
  asio::awaitable<void> run_on_connection(std::string name, const Action& action) {
    LowerTester* const tester = context_.find(name);
    if (tester == nullptr) {
      context_.script_error({ReasonCode::kUnknownConnection, {{"connection", printable(name)}}});
      co_return;
    }
    co_await run(*tester, action);
  }

  asio::awaitable<void> run(LowerTester& tester, const SendMessage& send) {
    const auto message = from_json(substitute(send.message, context_.variables()).dump());
    if (!message) {
      context_.script_error(
          {ReasonCode::kUnreadableMessage, {{"detail", printable(to_string(message.error()))}}});
      co_return;
    }
    auto bytes = encode_to_bytes(*message, context_.revision());
    if (!bytes) {
      context_.script_error(
          {ReasonCode::kUnencodableMessage, {{"detail", printable(to_string(bytes.error()))}}});
      co_return;
    }
    bytes->resize(bytes->size() - std::min(send.cut, bytes->size()));
    co_await send_payload(tester, *bytes, send.frame);
  }

  asio::awaitable<void> run(LowerTester& tester, const SendPayload& send) {
    const std::vector<std::byte> payload = send.payload.expand();
    co_await send_payload(tester, payload, send.frame);
  }

  asio::awaitable<void> run(LowerTester& tester, const SendStream& send) {
    // What continues a frame that an earlier step began is a piece of it.
    if (tester.sent_part()) co_await pieces_.let_iut_read(tester);
    const std::vector<std::byte> octets = send.bytes.expand();
    (void)co_await tester.send_stream(octets, context_.deadline());
  }

  asio::awaitable<void> run(LowerTester& tester, const Expect& expect) {
    std::vector<Pattern> missing = expect.patterns;
    std::vector<Pattern> allowed = expect.allowed;
    std::optional<Received> other_pong;
    const Deadline end = context_.deadline();
    while (!missing.empty()) {
      Received received = co_await context_.receive_own(tester, end, missing);
      if (context_.remove_match(missing, received)) {
        context_.outcome().fate = Fate::kReplied;
        if (expect.mode == Expect::Mode::kOneOf) co_return;
        continue;
      }
      if (context_.remove_match(allowed, received)) continue;
      if (context_.remove_late(tester, received)) continue;
      if (received.kind == Kind::kPong) {
        // One that nobody asked for is right (RFC 6455, 5.5.3): it tells only if no other comes.
        other_pong = std::move(received);
        continue;
      }
      if (received.kind == Kind::kTimeout && other_pong) received = std::move(*other_pong);
      co_await context_.fail(tester, failure_of(expect, missing), std::move(received));
      co_return;
    }
  }

  [[nodiscard]] Failure failure_of(const Expect& expect,
                                   const std::vector<Pattern>& missing) const {
    const bool all = expect.mode == Expect::Mode::kAll;
    return {.code = ReasonCode::kExpectedMessageMissing,
            .expected = (missing.size() == 1 ? ""
                         : all               ? "all of\n"
                                             : "one of\n") +
                        context_.describe(missing),
            .patterns = missing,
            .parts = {{"required", context_.words_of_patterns(missing, all ? "and" : "or")}}};
  }

  asio::awaitable<void> run(LowerTester& tester, const Barrier& barrier) {
    Barrier own = barrier;
    co_await exchanges_.barrier(tester, std::move(own));
  }

  asio::awaitable<void> run(LowerTester& tester, const ExpectClose& close) {
    std::vector<Pattern> allowed = close.allowed;
    const Deadline end = context_.deadline();
    Received received = co_await context_.receive_own(tester, end, allowed);
    bool may_tell = close.may_tell;
    while (context_.remove_match(allowed, received) || context_.remove_late(tester, received) ||
           received.kind == Kind::kPong || (may_tell && is_refusal(received))) {
      if (received.kind == Kind::kMessage) may_tell = false;
      received = co_await context_.receive_own(tester, end, allowed);
    }
    const bool is_close = received.kind == Kind::kClose;
    co_await judge_close(tester, close, std::move(received));
    if (close.then_end && is_close && context_.may_go_on()) co_await expect_end(tester);
  }

  // What comes after a CLOSE frame is passed over: it shows as that CLOSE again.
  asio::awaitable<void> expect_end(LowerTester& tester) {
    const Deadline end = context_.deadline();
    Received received = co_await tester.receive(end);
    while (received.kind == Kind::kClose) received = co_await tester.receive(end);
    if (received.ended()) co_return;
    Failure failure{.code = ReasonCode::kClosedOtherwise,
                    .expected = "the end of the stream\n",
                    .parts = {{"required", "the end of the stream, too,"}}};
    co_await context_.fail(tester, std::move(failure), std::move(received));
  }

  asio::awaitable<void> run(LowerTester& tester, const EndOurSide& end) {
    tester.end(end.how);
    co_return;
  }

  asio::awaitable<void> send_payload(LowerTester& tester, std::span<const std::byte> payload,
                                     const FrameShape& shape) {
    const std::vector<std::byte> octets = frames_of(payload, shape);
    Cuts cuts = cuts_every(shape.piece_size, octets.size());
    cuts.insert(cuts.end(), shape.cuts.begin(), shape.cuts.end());
    (void)co_await pieces_.send(tester, octets, std::move(cuts));
  }

  // What a server may send before it hangs up on an offer (protocol section 4).
  [[nodiscard]] bool is_refusal(const Received& received) const {
    return received.kind == Kind::kMessage &&
           !has_operation_of<VersionSet>(received.payload, context_.revision());
  }

  asio::awaitable<void> judge_close(LowerTester& tester, const ExpectClose& close,
                                    Received received) {
    std::string required = close.code_required ? "a CLOSE frame" : "the end of the connection";
    if (!close.codes.empty()) {
      required += fmt::format(" with code {}", fmt::join(close.codes, " or "));
    }
    // An empty CLOSE before the end of the stream is a plain hang-up too (section 8).
    const bool has_code = received.kind == Kind::kClose && received.close_code.has_value();
    const bool is_wrong_code =
        has_code && !close.codes.empty() &&
        std::ranges::find(close.codes, *received.close_code) == close.codes.end();
    Failure failure{.code = ReasonCode::kNotClosed, .expected = required + "\n"};
    if (received.ended()) {
      if (!is_wrong_code && (has_code || !close.code_required)) {
        context_.outcome().fate = fate_of(received);
        co_return;
      }
      failure.code = ReasonCode::kClosedOtherwise;
      failure.parts = {{"required", std::move(required)}};
    }
    co_await context_.fail(tester, std::move(failure), std::move(received));
  }

  CaseContext& context_;
  Exchanges exchanges_;
  PieceSender pieces_;
};

}  // namespace

asio::awaitable<Outcome> run_case(const TestCase& test_case, const IutAccess& access,
                                  std::string unique) {
  CaseContext context(access, std::move(unique), steps_of(test_case));
  context.set_case_id(test_case.id);
  Interpreter interpreter(context);
  co_await interpreter.run_steps(steps_of(test_case));
  Exchanges exchanges(context);
  const bool is_checked = test_case.disturbs && context.may_go_on();
  if (access.role->can_open() || !is_checked) {
    for (LowerTester* const tester : context.testers()) tester->end(EndOurSide::How::kClose);
  }
  if (is_checked) co_await exchanges.liveness();
  context.outcome().verdict.set(VerdictKind::kPass);
  co_return std::move(context).finish();
}

asio::awaitable<Outcome> check_liveness(const IutAccess& access) {
  const std::vector<Step> no_steps;
  CaseContext context(access, "liveness", no_steps);
  Exchanges exchanges(context);
  co_await exchanges.liveness();
  co_return std::move(context).finish();
}

}  // namespace wsapi
