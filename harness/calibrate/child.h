// SPDX-License-Identifier: Apache-2.0
#pragma once

// One run of a program to its end.

#include <chrono>
#include <string>
#include <vector>

namespace wsapi {

struct ChildEnd {
  int exit_status = -1;  // -1: it could not be started, or was killed
  bool timed_out = false;
  std::string last_words;  // the end of its standard error
};

// Kills it, and all that it has started, after `limit`.
[[nodiscard]] ChildEnd run_child(const std::vector<std::string>& command,
                                 std::chrono::milliseconds limit);

}  // namespace wsapi
