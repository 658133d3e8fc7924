// SPDX-License-Identifier: Apache-2.0
#pragma once

// Work of a command that a signal breaks off.

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "harness/net/transport.h"

namespace wsapi {

class Interruptible {
 public:
  // What the work returns; std::nullopt if it was interrupted, or had been before. One work at a
  // time.
  template <typename T>
  asio::awaitable<std::optional<T>> run(asio::awaitable<T> work) {
    if (is_interrupted()) co_return std::nullopt;
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer done(executor, asio::steady_timer::time_point::max());
    std::optional<T> result;
    std::exception_ptr failure;
    asio::co_spawn(
        executor, std::move(work),
        asio::bind_cancellation_slot(cancel_.slot(), [&](std::exception_ptr error, T value) {
          failure = error;
          result = std::move(value);
          done.cancel();
        }));
    boost::system::error_code ignored;
    co_await done.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (is_interrupted()) co_return std::nullopt;
    if (failure) std::rethrow_exception(failure);
    co_return result;
  }

  // On the thread of run().
  void interrupt(std::string signal) {
    signal_ = std::move(signal);
    cancel_.emit(asio::cancellation_type::terminal);
  }

  [[nodiscard]] bool is_interrupted() const noexcept { return !signal_.empty(); }
  // The name of the signal; empty before.
  [[nodiscard]] const std::string& signal() const noexcept { return signal_; }

 private:
  asio::cancellation_signal cancel_;
  std::string signal_;
};

}  // namespace wsapi
