// SPDX-License-Identifier: Apache-2.0

#include "harness/net/clock.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace wsapi {

asio::awaitable<void> Notification::suspend(Deadline until) {
  timer_.expires_at(until);
  (void)co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
}

asio::awaitable<void> Clock::sleep_for(Duration time) {
  const Deadline until = after(time);
  Notification never(co_await asio::this_coro::executor);
  (void)co_await wait(never, until);
}

asio::awaitable<bool> LiveClock::wait(Notification& event, Deadline until) {
  if (!event.is_notified_) co_await event.suspend(until);
  co_return event.consume();
}

}  // namespace wsapi
