// SPDX-License-Identifier: Apache-2.0
#pragma once

// How one coroutine waits for another on the same event loop.

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "harness/net/transport.h"

namespace wsapi {

// Lets one coroutine wait until another one wakes it, or until a deadline. A waiter looks at its
// condition first, and again when it goes on. Waking costs nothing while nobody waits, and is not
// remembered.
class Wakeup {
 public:
  explicit Wakeup(const asio::any_io_executor& executor) : timer_(executor, kNoDeadline) {}

  // To be awaited at once.
  [[nodiscard]] auto wait(Deadline deadline = kNoDeadline) {
    is_waited_for_ = true;
    if (deadline != timer_.expiry()) timer_.expires_at(deadline);
    return timer_.async_wait(asio::as_tuple(asio::use_awaitable));
  }

  void wake() {
    if (std::exchange(is_waited_for_, false)) timer_.cancel();
  }

 private:
  asio::steady_timer timer_;
  bool is_waited_for_ = false;
};

}  // namespace wsapi
