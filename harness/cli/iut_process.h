// SPDX-License-Identifier: Apache-2.0
#pragma once

// The process of the implementation under test, for commands: started by the suite, watched only,
// or unknown.

#include <memory>
#include <optional>
#include <string>

#include "harness/net/address.h"
#include "harness/process/attached_process.h"
#include "harness/process/supervised_process.h"
#include "harness/profile/profile.h"

namespace wsapi {

// What a command knows of the process before the run.
struct IutProcessSpec {
  std::optional<ProcessSpec> started;  // by the suite
  int pid = 0;                         // of one that is watched only; 0: none
  std::string command;                 // as it is shown
};

// What was said of the process: the command of --exec (empty: not given), the value of --pid (0),
// the profile (null), whose command counts where none is given.
struct ProcessWishes {
  std::string exec;
  int pid = 0;
  const Profile* profile = nullptr;

  // Whether the suite is to start it.
  [[nodiscard]] bool is_started() const {
    return !exec.empty() || (pid == 0 && profile != nullptr && profile->process.has_value());
  }
};

// Returns what is wrong.
[[nodiscard]] std::string read_process(const ProcessWishes& wishes, const Address& address,
                                       IutProcessSpec& spec);

// Lives no longer than the event loop of the executor.
class IutProcess {
 public:
  IutProcess(const asio::any_io_executor& executor, const IutProcessSpec& spec);

  // Empty, or why it cannot be started or watched.
  [[nodiscard]] asio::awaitable<std::string> start();
  [[nodiscard]] asio::awaitable<void> stop();

  // Null where nothing is known of a process.
  [[nodiscard]] WatchedIut* watched() noexcept;
  // "process   COMMAND (pid 123, ready after 0.02 s)", with a line feed; empty where there is none.
  [[nodiscard]] std::string head_line() const;
  // What is to be said of the end: that it had to be killed.
  [[nodiscard]] std::string note() const;

 private:
  const IutProcessSpec& spec_;
  std::optional<SupervisedProcess> started_;
  std::optional<AttachedProcess> attached_;
};

}  // namespace wsapi
