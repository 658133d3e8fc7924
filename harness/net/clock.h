// SPDX-License-Identifier: Apache-2.0
#pragma once

// The clock is passed in: the time of the system for a run, virtual time for tests, which then wait
// for nothing (virtual_clock.h).

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

#include "harness/net/transport.h"

namespace wsapi {

// Wakes up the one coroutine that waits for it. A notification that comes while nobody waits is
// kept for the next wait.
class Notification {
 public:
  explicit Notification(const asio::any_io_executor& executor) : timer_(executor) {}

  void notify() {
    is_notified_ = true;
    timer_.cancel();
  }

 private:
  friend class LiveClock;
  friend class VirtualClock;

  // Suspends up to `until` in the time of the system, or until timer_ is cancelled.
  asio::awaitable<void> suspend(Deadline until);
  // Whether it was notified; the next wait starts anew.
  bool consume() noexcept { return std::exchange(is_notified_, false); }

  asio::steady_timer timer_;
  bool is_notified_ = false;
};

class Clock {
 public:
  using Duration = std::chrono::steady_clock::duration;

  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  [[nodiscard]] virtual Deadline now() const = 0;

  // Waits for `event`, at most until the time is `until`. Whether the event came; one that is there
  // already counts even after that time.
  [[nodiscard]] virtual asio::awaitable<bool> wait(Notification& event, Deadline until) = 0;

  // What carrying or computing something would take. Real time passes by itself.
  virtual void spend(Duration time) { static_cast<void>(time); }

  [[nodiscard]] Deadline after(Duration time) const { return now() + time; }
  [[nodiscard]] asio::awaitable<void> sleep_for(Duration time);
};

// The steady clock of the system.
class LiveClock final : public Clock {
 public:
  [[nodiscard]] Deadline now() const override { return std::chrono::steady_clock::now(); }
  [[nodiscard]] asio::awaitable<bool> wait(Notification& event, Deadline until) override;
};

}  // namespace wsapi
