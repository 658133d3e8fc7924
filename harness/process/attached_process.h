// SPDX-License-Identifier: Apache-2.0
#pragma once

// A process of this machine that the suite watches and did not start: it can be measured, and its
// end is seen, but it cannot be started again.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/process/supervised_process.h"
#include "harness/tester/watched_iut.h"

namespace wsapi {

class AttachedProcess final : public WatchedIut {
 public:
  explicit AttachedProcess(int pid, SampleProcess sample = {});
  ~AttachedProcess() override;

  // Why it cannot be watched; empty where it can.
  [[nodiscard]] const std::string& error() const noexcept { return error_; }

  [[nodiscard]] std::optional<ProcessSample> sample() override;
  [[nodiscard]] bool can_restart() const noexcept override { return false; }
  [[nodiscard]] asio::awaitable<std::string> restart() override;
  [[nodiscard]] bool has_ended() override;
  [[nodiscard]] std::vector<FaultReport> take_faults() override;

 private:
  int pid_;
  SampleProcess sample_;
  int descriptor_ = -1;  // a pidfd, which stands for this process alone
  std::string error_;
  Descendants descendants_;
  bool is_end_told_ = false;
};

}  // namespace wsapi
