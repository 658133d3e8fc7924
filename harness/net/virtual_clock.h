// SPDX-License-Identifier: Apache-2.0
#pragma once

// Time that passes only when everything else is idle: a test of a deadline of ten seconds takes no
// time, and its result does not depend on how busy the machine is.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>

#include "harness/net/clock.h"

namespace wsapi {

// For one io_context that one thread runs, and that does not outlive it.
class VirtualClock final : public Clock {
 public:
  [[nodiscard]] Deadline now() const override { return now_; }
  [[nodiscard]] asio::awaitable<bool> wait(Notification& event, Deadline until) override;
  void spend(Duration time) override;

  // Goes on to the first time that is waited for; false where no time is waited for.
  bool advance();

 private:
  using Waiting = std::multimap<Deadline, Notification*>;

  void wake_due();

  Deadline now_{std::chrono::hours{1}};
  Waiting waiting_;
};

// Runs `work`, and all that it leaves behind once `stop` was called, in virtual time. Throws what
// `work` throws, and std::runtime_error where it waits for something that never comes.
template <typename T, typename Stop>
T run_to_end(asio::io_context& io, VirtualClock& clock, asio::awaitable<T> work, Stop stop) {
  std::optional<T> result;
  std::exception_ptr failure;
  bool is_done = false;
  asio::co_spawn(io, std::move(work), [&](std::exception_ptr error, T value) {
    failure = error;
    if (!error) result.emplace(std::move(value));
    is_done = true;
    stop();
  });
  bool goes_on = true;
  while (goes_on) {
    io.restart();
    goes_on = io.poll() > 0 || clock.advance();
  }
  if (!is_done) throw std::runtime_error("the work waits for something that never comes");
  if (failure) std::rethrow_exception(failure);
  return std::move(*result);
}

}  // namespace wsapi
