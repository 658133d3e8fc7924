// SPDX-License-Identifier: Apache-2.0
#pragma once

// A load run: opens connections, makes calls on them at a fixed rate or as fast as the replies
// come, and says what it measured. Connections that end are not opened again.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "harness/load/load_client.h"
#include "harness/load/load_tally.h"
#include "harness/net/address.h"
#include "harness/net/transport.h"
#include "harness/result/exit_status.h"

namespace wsapi {

inline constexpr std::size_t kMaxLoadConnections = 1024;

struct LoadOptions {
  Address address;
  LoadPlan plan;  // without the schedule
  std::size_t connections = 1;
  std::optional<double> rate;  // calls per second over all connections; none: as fast as it goes
  RunTime warmup = std::chrono::seconds(1);     // before the window; not measured
  RunTime duration = std::chrono::seconds(10);  // of the window
};

struct LoadResult {
  std::size_t opened = 0;   // connections
  std::string unreachable;  // why none could be opened; empty where one could
  bool is_interrupted = false;
  LoadTally tally;  // with the window as it was in the end
  // With a rate: calls that the schedule meant to be sent within the window.
  std::uint64_t intended = 0;
  // Measured calls that an interrupted run did not wait for.
  std::uint64_t unanswered = 0;
  // With a rate: whether all were sent, and as many replies came as LoadDemand says.
  bool is_rate_kept = true;

  [[nodiscard]] std::uint64_t unsent() const noexcept {
    return intended > tally.sent ? intended - tally.sent : 0;
  }
  [[nodiscard]] std::size_t lost() const noexcept {
    return tally.errors[static_cast<std::size_t>(LoadError::kConnectionLost)];
  }
  [[nodiscard]] double seconds() const noexcept {
    return std::chrono::duration<double>(tally.window.size()).count();
  }
  // A quantity that passed within the window, per second.
  [[nodiscard]] double per_second(std::uint64_t quantity) const noexcept {
    return seconds() > 0 ? static_cast<double>(quantity) / seconds() : 0;
  }
};

// kOk: every call was answered rightly and the rate was kept; kFailed: there were errors, the rate
// was not kept, or nothing was measured; kUnreachable: no connection could be opened, or all were
// lost.
[[nodiscard]] ExitStatus exit_status(const LoadResult& result);

// Seconds done and all, now and then.
using LoadProgress = std::function<void(std::size_t done, std::size_t all)>;

class LoadRun {
 public:
  LoadRun(LoadOptions options, LoadProgress progress);
  LoadRun(const LoadRun&) = delete;
  LoadRun& operator=(const LoadRun&) = delete;
  ~LoadRun();

  // Called once; must end before the object goes.
  [[nodiscard]] asio::awaitable<LoadResult> run();

  // Ends it early, with what has been measured so far. On the thread of run().
  void interrupt();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wsapi
