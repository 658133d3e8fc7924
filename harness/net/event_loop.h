// SPDX-License-Identifier: Apache-2.0
#pragma once

// An event loop for a command that has one thing to do.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <utility>

namespace wsapi {

// Runs the coroutine, and all that it leaves behind, to the end on an event loop of its own. Throws
// what the coroutine throws.
template <typename T>
T run_to_end(boost::asio::awaitable<T> work) {
  boost::asio::io_context io(1);
  std::optional<T> result;
  std::exception_ptr failure;
  boost::asio::co_spawn(io, std::move(work), [&](std::exception_ptr error, T value) {
    failure = error;
    if (!error) result.emplace(std::move(value));
  });
  io.run();
  if (failure) std::rethrow_exception(failure);
  return std::move(result).value();
}

}  // namespace wsapi
