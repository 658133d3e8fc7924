// SPDX-License-Identifier: Apache-2.0

#include "harness/tester/exchanges.h"

#include <fmt/format.h>

#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace wsapi {

using Kind = Received::Kind;

asio::awaitable<LowerTester*> Exchanges::open(std::string name, bool negotiates) {
  WireResult result = co_await context_.access().open_wire(context_.deadline());
  if (result.wire == nullptr) {
    context_.cannot_connect(result);
    co_return nullptr;
  }
  LowerTester& tester = context_.add(std::move(name), std::move(result.wire));
  const std::optional<Opening> opening = context_.role().opening(context_.revision());
  if (negotiates && opening) {
    context_.set_opening(true);
    co_await negotiate(tester, *opening);
    context_.set_opening(false);
  }
  co_return context_.may_go_on() ? &tester : nullptr;
}

asio::awaitable<LowerTester*> Exchanges::try_open(std::string name) {
  const Deadline end = context_.deadline();
  WireResult result = co_await context_.access().open_wire(end);
  if (result.wire == nullptr) co_return nullptr;
  LowerTester& tester = context_.add(std::move(name), std::move(result.wire));
  const std::optional<Opening> opening = context_.role().opening(context_.revision());
  if (!opening) co_return &tester;
  if (!opening->iut_speaks_first) (void)co_await tester.send_frames(opening->ours, end);
  const Received received = co_await context_.receive_own(tester, end);
  if (!context_.matches_pattern(opening->theirs, received)) co_return nullptr;
  if (opening->iut_speaks_first) (void)co_await tester.send_frames(opening->ours, end);
  tester.set_negotiated();
  co_return &tester;
}

std::vector<LowerTester*> Exchanges::open_testers() const {
  std::vector<LowerTester*> out = context_.testers();
  std::erase_if(out, [](const LowerTester* tester) { return tester->ended(); });
  return out;
}

asio::awaitable<void> Exchanges::negotiate(LowerTester& tester, const Opening& opening) {
  if (!opening.iut_speaks_first) {
    (void)co_await tester.send_frames(opening.ours, context_.deadline());
  }
  co_await expect_opening(tester, opening);
  if (opening.iut_speaks_first) {
    (void)co_await tester.send_frames(opening.ours, context_.deadline());
  }
}

asio::awaitable<void> Exchanges::expect_opening(LowerTester& tester, const Opening& opening) {
  Received received = co_await context_.receive_own(tester, context_.deadline());
  if (context_.matches_pattern(opening.theirs, received)) {
    tester.set_negotiated();
    co_return;
  }
  Failure failure{.code = opening.failure,
                  .expected = context_.describe({opening.theirs}),
                  .patterns = {opening.theirs}};
  co_await context_.fail(tester, std::move(failure), std::move(received));
}

GoodExchange Exchanges::next_exchange(LowerTester& tester) const {
  const Revision revision = context_.revision();
  return context_.role().good_exchange(
      {.number = tester.next_barrier_number(),
       .revision = revision,
       .is_negotiated = tester.is_negotiated() || !has_version_negotiation(revision),
       .where = context_.case_id() + "/" + tester.name()});
}

asio::awaitable<void> Exchanges::barrier(LowerTester& tester, Barrier barrier) {
  const GoodExchange exchange = next_exchange(tester);
  (void)co_await tester.send_frames(exchange.request, context_.deadline());
  Fate& fate = context_.outcome().fate;
  if (fate == Fate::kNotObserved && !context_.in_liveness()) fate = Fate::kSilent;
  co_await await_answer(tester, exchange, std::move(barrier));
}

asio::awaitable<bool> Exchanges::try_good_exchange(LowerTester& tester) {
  const GoodExchange exchange = next_exchange(tester);
  const Deadline end = context_.deadline();
  bool goes_on = co_await tester.send_frames(exchange.request, end);
  while (goes_on) {
    const Received received = co_await tester.receive(end);
    if (context_.matches_pattern(exchange.answer, received)) co_return true;
    goes_on = received.kind == Kind::kMessage || received.kind == Kind::kPong;
  }
  co_return false;
}

asio::awaitable<void> Exchanges::negotiate_and_barrier(LowerTester& tester) {
  context_.set_opening(true);
  const std::optional<Opening> opening = context_.role().opening(context_.revision());
  const GoodExchange exchange = next_exchange(tester);
  if (opening) (void)co_await tester.send_frames(opening->ours, context_.deadline());
  (void)co_await tester.send_frames(exchange.request, context_.deadline());
  if (opening) co_await expect_opening(tester, *opening);
  if (context_.may_go_on()) {
    Barrier plain;
    co_await await_answer(tester, exchange, std::move(plain));
  }
  context_.set_opening(false);
}

asio::awaitable<void> Exchanges::await_answer(LowerTester& tester, const GoodExchange& exchange,
                                              Barrier barrier) {
  const Deadline end = context_.deadline();
  std::vector<Pattern> wanted = barrier.allowed;
  wanted.push_back(exchange.answer);
  wanted.insert(wanted.end(), barrier.never.begin(), barrier.never.end());
  while (true) {
    Received received = co_await context_.receive_own(tester, end, wanted);
    if (context_.matches_pattern(exchange.answer, received)) {
      context_.allow_late(tester, std::move(barrier.allowed));
      co_return;
    }
    const bool is_allowed = context_.remove_match(barrier.allowed, received);
    const bool may_not_come = !is_allowed && context_.remove_match(barrier.never, received);
    if (is_allowed || (!may_not_come && context_.remove_late(tester, received))) {
      context_.outcome().fate = Fate::kReplied;
    } else if (barrier.may_close &&
               (received.kind == Kind::kClose || received.kind == Kind::kEnd)) {
      context_.outcome().fate = Fate::kOrderlyClose;
      co_return;
    } else if (may_not_come || received.kind != Kind::kPong) {
      Failure failure = failure_of(exchange, barrier, received);
      co_await context_.fail(tester, std::move(failure), std::move(received));
      co_return;
    }
  }
}

Failure Exchanges::failure_of(const GoodExchange& exchange, const Barrier& barrier,
                              const Received& received) const {
  const std::string answer = context_.words_of_patterns({exchange.answer}, "or");
  Failure out{.expected = fmt::format("in answer to {}\n{}", exchange.request_words,
                                      context_.describe({exchange.answer}))};
  if (!barrier.allowed.empty()) {
    out.expected += "before it may come\n" + context_.describe(barrier.allowed);
  }
  const bool may_come_at_all = received.kind == Kind::kMessage || received.kind == Kind::kPong;
  if (!may_come_at_all || context_.is_about_the_same(exchange.answer, received)) {
    out.code = ReasonCode::kGoodRequestNotAnswered;
    out.patterns = {exchange.answer};
    out.parts = {{"request", exchange.request_words}, {"required", answer}};
  } else if (barrier.allowed.empty()) {
    out.code = ReasonCode::kSilenceRequired;
  } else {
    out.code = ReasonCode::kMessageNotAllowed;
    out.patterns = barrier.allowed;
    out.parts = {{"required", context_.words_of_patterns(barrier.allowed, "and")}};
  }
  return out;
}

asio::awaitable<void> Exchanges::liveness() {
  const Fate fate = context_.outcome().fate;
  context_.set_phase(CaseContext::Phase::kLiveness);
  co_await context_.role().check_liveness(*this);
  context_.set_phase(CaseContext::Phase::kBody);
  if (context_.may_go_on() && fate != Fate::kNotObserved) context_.outcome().fate = fate;
}

}  // namespace wsapi
