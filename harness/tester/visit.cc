// SPDX-License-Identifier: Apache-2.0

#include "harness/tester/visit.h"

#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace wsapi {
namespace {

using Ending = Visit::Ending;
using Kind = Received::Kind;

Ending ending_of(const std::string& text) {
  if (text == "reset") return Ending::kReset;
  if (text == "shutdown") return Ending::kShutdown;
  if (text == "await") return Ending::kAwait;
  return Ending::kClose;
}

// Whatever comes before the end is of no interest here.
asio::awaitable<void> await_end(CaseContext& context, LowerTester& tester) {
  const Deadline end = context.deadline();
  Received received = co_await tester.receive(end);
  while (received.kind == Kind::kMessage || received.kind == Kind::kPong) {
    received = co_await tester.receive(end);
  }
  if (received.ended()) co_return;
  Failure failure{.code = ReasonCode::kNotClosed, .expected = "the end of the connection\n"};
  co_await context.fail(tester, std::move(failure), std::move(received));
}

}  // namespace

Visit visit_of(const Procedure& procedure) {
  Visit visit{.negotiates = procedure.text("opening") == "negotiate",
              .octets = procedure.octets("stream").expand()};
  if (procedure.with.contains("ending")) visit.ending = ending_of(procedure.text("ending"));
  return visit;
}

asio::awaitable<LowerTester*> begin_visit(CaseContext& context, const Visit& visit) {
  Exchanges exchanges(context);
  LowerTester* const tester = co_await exchanges.open("visitor", visit.negotiates);
  if (tester == nullptr) co_return nullptr;
  // Where the IUT takes no more, it has ended the connection, which is right or judged elsewhere.
  if (!visit.octets.empty()) (void)co_await tester->send_stream(visit.octets, context.deadline());
  co_return tester;
}

asio::awaitable<void> end_visit(CaseContext& context, LowerTester& tester, Visit::Ending ending) {
  switch (ending) {
    case Ending::kClose: break;
    case Ending::kReset: tester.end(EndOurSide::How::kReset); co_return;
    case Ending::kShutdown:
      tester.end(EndOurSide::How::kShutdown);
      co_await await_end(context, tester);
      break;
    case Ending::kAwait: co_await await_end(context, tester); break;
  }
  tester.end(EndOurSide::How::kClose);
}

asio::awaitable<void> pay_visits(CaseContext& context, const Visit& visit, std::size_t count) {
  for (std::size_t i = 0; i < count && context.may_go_on(); ++i) {
    LowerTester* const tester = co_await begin_visit(context, visit);
    if (tester != nullptr) co_await end_visit(context, *tester, visit.ending);
  }
}

asio::awaitable<bool> is_served(CaseContext& context) {
  Exchanges exchanges(context);
  LowerTester* const tester = co_await exchanges.try_open("check");
  if (tester == nullptr) co_return false;
  const bool is_answered = co_await exchanges.try_good_exchange(*tester);
  tester->end(EndOurSide::How::kClose);
  co_return is_answered;
}

}  // namespace wsapi
