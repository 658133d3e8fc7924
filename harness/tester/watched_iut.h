// SPDX-License-Identifier: Apache-2.0
#pragma once

// The implementation under test as a process: what it costs, what it reports, and, where the suite
// started it, a fresh one. Cases of a remote target have none.

#include <optional>
#include <string>
#include <vector>

#include "harness/net/wire.h"
#include "harness/result/fault.h"
#include "harness/tester/process_sample.h"

namespace wsapi {

class WatchedIut {
 public:
  WatchedIut() = default;
  WatchedIut(const WatchedIut&) = delete;
  WatchedIut& operator=(const WatchedIut&) = delete;
  virtual ~WatchedIut() = default;

  // std::nullopt where there is no process any more, or the system does not tell.
  [[nodiscard]] virtual std::optional<ProcessSample> sample() = 0;

  // Whether the suite can end it and start a fresh one.
  [[nodiscard]] virtual bool can_restart() const noexcept = 0;
  // Ends the process if it runs, starts a fresh one and waits until it accepts connections. Empty,
  // or why that could not be done.
  [[nodiscard]] virtual asio::awaitable<std::string> restart() = 0;

  // Ends the process for good, if the suite has started it: the end of a run. Faults that come to
  // light with that can be taken afterwards.
  [[nodiscard]] virtual asio::awaitable<void> stop() { co_return; }

  // Ends the process now, if the suite has started it: it hangs, and that it ends says nothing.
  virtual void end_at_once() {}

  // Whether the process has ended, by itself or at once.
  [[nodiscard]] virtual bool has_ended() = 0;
  // The faults that have come to light since the last call, in their order; each once. The end of
  // the process is one of them.
  [[nodiscard]] virtual std::vector<FaultReport> take_faults() = 0;
};

// Of the requirements of cases (requirements.h) those that are met because the process is known.
[[nodiscard]] std::vector<std::string> requirements_met_by(WatchedIut& process);

}  // namespace wsapi
