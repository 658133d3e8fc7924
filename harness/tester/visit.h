// SPDX-License-Identifier: Apache-2.0
#pragma once

// A visit: a connection that is opened, gets some octets, and ends. Procedures pay many of them.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/suite/procedure.h"
#include "harness/tester/exchanges.h"

namespace wsapi {

struct Visit {
  enum class Ending : std::uint8_t {
    kClose,
    kReset,
    kShutdown,  // we end our sending, and the IUT ends the connection
    kAwait,     // the IUT ends the connection
  };
  bool negotiates = true;
  std::vector<std::byte> octets;
  Ending ending = Ending::kClose;
};

// Of the parameters opening, stream and, where the procedure has it, ending.
[[nodiscard]] Visit visit_of(const Procedure& procedure);

// Opens and sends. Null where no connection could be opened; the verdict then says why. The next
// visit takes the place of one that was not ended.
[[nodiscard]] asio::awaitable<LowerTester*> begin_visit(CaseContext& context, const Visit& visit);
// Where the IUT does not end a connection that it is to end, the verdict says so.
[[nodiscard]] asio::awaitable<void> end_visit(CaseContext& context, LowerTester& tester,
                                              Visit::Ending ending);
// Both, `count` times, until something fails.
[[nodiscard]] asio::awaitable<void> pay_visits(CaseContext& context, const Visit& visit,
                                               std::size_t count);

// Whether a good call on a fresh connection is answered, without a verdict.
[[nodiscard]] asio::awaitable<bool> is_served(CaseContext& context);

}  // namespace wsapi
