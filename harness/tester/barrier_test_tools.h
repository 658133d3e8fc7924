// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests of barriers, opening and liveness: cases of barriers, run against scripted servers in
// virtual time.

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/peers/scripted_memory_server.h"
#include "harness/tester/interpreter.h"

namespace wsapi {

template <typename Action>
Step step_of(Action action, std::string connection = "main") {
  return Step{.connection = std::move(connection), .action = std::move(action)};
}

inline TestCase barrier_case(Barrier barrier = {}, int barriers = 1) {
  TestCase out;
  out.id = "test/barrier";
  std::vector<Step> steps{step_of(Connect{})};
  for (int i = 0; i < barriers; ++i) steps.push_back(step_of(barrier));
  out.script = script_of(std::move(steps));
  return out;
}

inline asio::awaitable<Outcome> run_in(const TestCase& test_case, IutAccess access) {
  co_return co_await run_case(test_case, access, "unique");
}

// In virtual time: deadlines pass at once.
inline Outcome run(const TestCase& test_case, ServerScript script,
                   std::chrono::milliseconds timeout = std::chrono::seconds{10},
                   Revision revision = Revision::k2020_01) {
  return run_with_script(std::move(script), [&](OpenWire open, std::shared_ptr<Clock> clock) {
    return run_in(test_case, {std::move(open), revision, timeout, server_under_test(), clock});
  });
}

// A server that is right but for what it answers to the barrier's call. "ID" is the call's id.
inline ServerScript with_barrier(const Acts& acts) {
  return [acts](std::size_t, const std::string& payload) {
    if (!is_barrier(payload)) return right_answers(payload);
    Acts out = acts;
    for (std::string& act : out) {
      if (const auto at = act.find("ID"); at != std::string::npos) {
        act.replace(at, 2, payload.substr(2, 4));
      }
    }
    return out;
  };
}

inline const std::string kError = hex_string("unknown-verb") + "00000000" + hex_string("null");
inline const std::string kRightAnswer = "6bID" + kError;

}  // namespace wsapi
