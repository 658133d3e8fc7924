// SPDX-License-Identifier: Apache-2.0
#pragma once

// A progress bar on standard error, if that is a terminal.

#include <chrono>
#include <cstddef>

namespace wsapi {

class ProgressBar {
 public:
  explicit ProgressBar(bool quiet);

  // Draws at most ten times a second.
  void show(std::size_t done, std::size_t all);
  void clear();

 private:
  bool enabled_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace wsapi
