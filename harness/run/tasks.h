// SPDX-License-Identifier: Apache-2.0
#pragma once

// Coroutines that run at the same time, waited for together, and that can all be broken off.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <list>
#include <vector>

#include "harness/net/wire.h"

namespace wsapi {

class Tasks {
 public:
  // Runs them to their ends. What one throws is thrown here once all have ended; that they were
  // cancelled is not thrown.
  [[nodiscard]] asio::awaitable<void> run(std::vector<asio::awaitable<void>> tasks);

  // Breaks off what is under way: what it waits for ends with operation_aborted.
  void cancel();
  [[nodiscard]] bool is_cancelled() const noexcept { return is_cancelled_; }

 private:
  std::list<asio::cancellation_signal> signals_;
  bool is_cancelled_ = false;
};

}  // namespace wsapi
