// SPDX-License-Identifier: Apache-2.0
#pragma once

// Reads from Linux /proc what a process and all its descendants cost. Waits for nothing. A process
// or thread that goes while it is looked at is left out.

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <vector>

#include "harness/tester/process_sample.h"

namespace wsapi {

inline constexpr std::size_t kMaxProcesses = 1024;  // of one tree; the rest is not counted

class ProcessSampler {
 public:
  explicit ProcessSampler(pid_t root, std::filesystem::path proc = "/proc")
      : root_(root), proc_(std::move(proc)) {}

  // std::nullopt where the process is gone or a zombie, or may not be looked at.
  [[nodiscard]] std::optional<ProcessSample> sample() const;

  // The process, then its descendants that are not zombies. Empty where it is gone.
  [[nodiscard]] std::vector<pid_t> tree() const;

 private:
  pid_t root_;
  std::filesystem::path proc_;
};

}  // namespace wsapi
