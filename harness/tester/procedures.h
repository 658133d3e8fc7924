// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the procedures of scripts do (harness/suite/procedure.h has their names and parameters).

#include <string_view>

#include "harness/suite/procedure.h"
#include "harness/tester/case_context.h"

namespace wsapi {

// What fails goes into the verdict of the case. `procedure` must outlive the call.
[[nodiscard]] asio::awaitable<void> run_procedure(CaseContext& context, const Procedure& procedure);

[[nodiscard]] bool is_implemented(std::string_view procedure);

// ---- The procedures; procedures_watch.cc, procedures_memory.cc and stress.cc

[[nodiscard]] asio::awaitable<void> memory_per_message(CaseContext& context,
                                                       const Procedure& procedure);
[[nodiscard]] asio::awaitable<void> memory_per_connection(CaseContext& context,
                                                          const Procedure& procedure);
[[nodiscard]] asio::awaitable<void> memory_touched(CaseContext& context,
                                                   const Procedure& procedure);
[[nodiscard]] asio::awaitable<void> left_over(CaseContext& context, const Procedure& procedure);
[[nodiscard]] asio::awaitable<void> idle_after(CaseContext& context, const Procedure& procedure);
[[nodiscard]] asio::awaitable<void> served_after(CaseContext& context, const Procedure& procedure);
[[nodiscard]] asio::awaitable<void> stress(CaseContext& context, const Procedure& procedure);

}  // namespace wsapi
