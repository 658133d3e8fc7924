// SPDX-License-Identifier: Apache-2.0
#pragma once

// The implementation under test as a process that the suite starts, watches, and ends. Nothing of
// it is left when the object goes, or when the suite is killed.
//
//   SupervisedProcess process(executor, {.spawn = {.command = {"server", "unix:@x"}},
//                                        .address = address});
//   if (const std::string error = co_await process.start(); !error.empty()) ...
//   ...
//   co_await process.stop();
//   for (const FaultReport& fault : process.take_faults()) ...
//
// Faults are how the process or one of its children ends, what sanitizers report, and lines of its
// output that tell of one. Everything is on the thread of the executor.

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/net/address.h"
#include "harness/net/transport.h"
#include "harness/process/descendants.h"
#include "harness/process/fault_patterns.h"
#include "harness/process/process_output.h"
#include "harness/process/sanitizer_files.h"
#include "harness/process/sanitizer_report.h"
#include "harness/process/spawn.h"
#include "harness/tester/watched_iut.h"

namespace wsapi {

struct ProcessSpec {
  SpawnSpec spawn = {};  // with the address put in
  Address address;       // where it accepts connections
  std::chrono::milliseconds ready_limit{10'000};
  std::chrono::milliseconds stop_grace{5'000};  // from SIGTERM to SIGKILL
  FaultPatterns patterns = {};
};

// What the process and its descendants use.
using SampleProcess = std::function<std::optional<ProcessSample>(int pid)>;

class SupervisedProcess final : public WatchedIut {
 public:
  SupervisedProcess(const asio::any_io_executor& executor, ProcessSpec spec,
                    SampleProcess sample = {});
  ~SupervisedProcess() override;

  // Starts it and waits until it accepts connections. Empty, or why it does not; it is stopped
  // then.
  [[nodiscard]] asio::awaitable<std::string> start();
  // Ends it and all its descendants: SIGTERM, and SIGKILL for those that still run after the grace
  // time.
  [[nodiscard]] asio::awaitable<void> stop() override;

  [[nodiscard]] std::optional<ProcessSample> sample() override;
  [[nodiscard]] bool can_restart() const noexcept override { return true; }
  [[nodiscard]] asio::awaitable<std::string> restart() override;
  void end_at_once() override;
  [[nodiscard]] bool has_ended() override;
  [[nodiscard]] std::vector<FaultReport> take_faults() override;

  [[nodiscard]] int pid() const noexcept { return main_pid_; }  // of the last start
  [[nodiscard]] std::chrono::microseconds ready_after() const noexcept { return ready_after_; }
  [[nodiscard]] std::size_t start_count() const noexcept { return start_count_; }
  // Whether the last stop needed SIGKILL.
  [[nodiscard]] bool had_to_be_killed() const noexcept { return had_to_be_killed_; }
  // What the last start has written, in printable ASCII with times: bounded (output_lines.h).
  [[nodiscard]] std::string output() const;

 private:
  [[nodiscard]] std::string spawn_process();
  asio::awaitable<std::string> wait_until_ready();
  [[nodiscard]] asio::awaitable<bool> wait_for_group(std::chrono::milliseconds limit);
  void watch_from_time_to_time();

  // Looks at everything that can tell of a fault, in the order that leaves nothing out.
  void poll();
  void reap();
  void note_line(std::string_view line, SanitizerReports& reports);
  void note_fault(FaultReport fault);
  void note_end(int status);
  void note_child(int signal);
  [[nodiscard]] std::string last_lines() const;

  [[nodiscard]] bool runs() const noexcept { return spawned_.pid > 0; }
  [[nodiscard]] bool group_is_empty() const;
  void kill_everything();
  // Once nothing of it runs any more.
  void let_go();

  asio::any_io_executor executor_;
  ProcessSpec spec_;
  SampleProcess sample_;
  std::string token_;  // a variable by which descendants are known
  SanitizerFiles sanitizer_files_;
  SanitizerReports output_reports_;  // of sanitizers that write there all the same
  SanitizerReports error_reports_;

  Spawned spawned_;
  int main_pid_ = -1;
  std::optional<int> end_status_;  // as waitpid tells it
  bool is_end_noted_ = false;
  bool is_stopping_ = false;
  bool had_to_be_killed_ = false;
  std::size_t start_count_ = 0;
  std::chrono::microseconds ready_after_{0};
  std::shared_ptr<ProcessOutput> output_;
  std::shared_ptr<ProcessOutput> errors_;
  Descendants descendants_;
  std::vector<pid_t> strays_;  // killed, outside the process group
  std::vector<FaultReport> faults_;
  std::shared_ptr<bool> life_ = std::make_shared<bool>(true);  // gone with the object
  asio::steady_timer watch_timer_;
};

}  // namespace wsapi
