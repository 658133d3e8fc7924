// SPDX-License-Identifier: Apache-2.0
#pragma once

// Opening connections and known-good exchanges on them, in the way of the role.

#include <string>
#include <vector>

#include "harness/suite/script.h"
#include "harness/tester/case_context.h"
#include "harness/tester/iut_role.h"

namespace wsapi {

class Exchanges {
 public:
  explicit Exchanges(CaseContext& context) : context_(context) {}

  // A new connection of that name. Null where it cannot be opened; the verdict then says why.
  [[nodiscard]] asio::awaitable<LowerTester*> open(std::string name, bool negotiate);
  // The same without a verdict; negotiated.
  [[nodiscard]] asio::awaitable<LowerTester*> try_open(std::string name);
  // Those that nobody has ended.
  [[nodiscard]] std::vector<LowerTester*> open_testers() const;

  // A known-good exchange; what comes instead of its answer goes into the verdict.
  [[nodiscard]] asio::awaitable<void> barrier(LowerTester& tester, Barrier barrier);
  [[nodiscard]] asio::awaitable<void> barrier(LowerTester& tester) {
    return barrier(tester, Barrier{});
  }
  // The same without a verdict: whether the answer came, whatever came before it.
  [[nodiscard]] asio::awaitable<bool> try_good_exchange(LowerTester& tester);
  // Our part of the negotiation and the request of a barrier without waiting in between, on a
  // connection where we speak first; then both answers.
  [[nodiscard]] asio::awaitable<void> negotiate_and_barrier(LowerTester& tester);

  // The liveness check of the role.
  [[nodiscard]] asio::awaitable<void> liveness();

 private:
  asio::awaitable<void> negotiate(LowerTester& tester, const Opening& opening);
  asio::awaitable<void> expect_opening(LowerTester& tester, const Opening& opening);
  asio::awaitable<void> await_answer(LowerTester& tester, const GoodExchange& exchange,
                                     Barrier barrier);
  // What the case fails by where `received` came instead of the answer.
  [[nodiscard]] Failure failure_of(const GoodExchange& exchange, const Barrier& barrier,
                                   const Received& received) const;
  [[nodiscard]] GoodExchange next_exchange(LowerTester& tester) const;

  CaseContext& context_;
};

}  // namespace wsapi
