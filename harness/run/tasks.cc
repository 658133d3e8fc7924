// SPDX-License-Identifier: Apache-2.0

#include "harness/run/tasks.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <utility>

namespace wsapi {

namespace {

bool is_abort(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const boost::system::system_error& error) {
    return error.code() == asio::error::operation_aborted;
  } catch (...) {
    return false;
  }
}

}  // namespace

asio::awaitable<void> Tasks::run(std::vector<asio::awaitable<void>> tasks) {
  if (tasks.empty()) co_return;
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer all_done(executor, asio::steady_timer::time_point::max());
  std::list<asio::cancellation_signal> own(tasks.size());
  auto signal = own.begin();
  std::size_t open = tasks.size();
  std::exception_ptr failure;
  const auto first = own.begin();
  signals_.splice(signals_.end(), own);
  for (asio::awaitable<void>& task : tasks) {
    asio::co_spawn(executor, std::move(task),
                   asio::bind_cancellation_slot(signal->slot(), [&](std::exception_ptr error) {
                     if (error && !failure) failure = error;
                     if (--open == 0) all_done.cancel();
                   }));
    ++signal;
  }
  boost::system::error_code ignored;
  co_await all_done.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  signals_.erase(first, signal);
  if (failure && !(is_cancelled_ && is_abort(failure))) std::rethrow_exception(failure);
}

void Tasks::cancel() {
  is_cancelled_ = true;
  for (asio::cancellation_signal& signal : signals_) {
    signal.emit(asio::cancellation_type::terminal);
  }
}

}  // namespace wsapi
