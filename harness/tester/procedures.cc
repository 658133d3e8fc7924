// SPDX-License-Identifier: Apache-2.0

#include "harness/tester/procedures.h"

#include <algorithm>
#include <array>
#include <boost/asio/use_awaitable.hpp>

namespace wsapi {
namespace {

using Run = asio::awaitable<void> (*)(CaseContext& context, const Procedure& procedure);

struct Implementation {
  std::string_view name;
  Run run;
};

constexpr std::array kImplementations{
    Implementation{"memory-per-message", memory_per_message},
    Implementation{"memory-per-connection", memory_per_connection},
    Implementation{"memory-touched", memory_touched},
    Implementation{"left-over", left_over},
    Implementation{"idle-after", idle_after},
    Implementation{"served-after", served_after},
    Implementation{"stress", stress},
};

const Implementation* find(std::string_view name) {
  const auto* const found = std::ranges::find(kImplementations, name, &Implementation::name);
  return found == kImplementations.end() ? nullptr : found;
}

}  // namespace

bool is_implemented(std::string_view procedure) { return find(procedure) != nullptr; }

asio::awaitable<void> run_procedure(CaseContext& context, const Procedure& procedure) {
  const Implementation* const found = find(procedure.name);
  if (found == nullptr) {
    context.script_error({ReasonCode::kUnknownProcedure, {{"name", procedure.name}}});
    co_return;
  }
  co_await found->run(context, procedure);
}

}  // namespace wsapi
