// SPDX-License-Identifier: Apache-2.0

// Streams over Asio sockets; see transport.h, and transport_internal.h for how they wait.

#include "harness/net/transport.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <cassert>
#include <utility>

#include "harness/net/transport_internal.h"

namespace wsapi {
namespace {

using boost::system::error_code;
using std::chrono::steady_clock;

// Buffers in one gathering write.
constexpr std::size_t kMaxGatherCount = 16;
// What close() throws away at most: kMaxDrainCount times kDrainSize bytes.
constexpr std::size_t kDrainSize = std::size_t{64} * 1024;
constexpr int kMaxDrainCount = 64;

class WaitGuard {
 public:
  explicit WaitGuard(DirectionState& waiting) : direction_(waiting) {
    assert(!direction_.is_waiting && "one read and one write at a time");
    direction_.is_waiting = true;
    direction_.is_expired = false;
  }
  WaitGuard(const WaitGuard&) = delete;
  WaitGuard& operator=(const WaitGuard&) = delete;
  ~WaitGuard() {
    direction_.is_waiting = false;
    ++direction_.generation;
    direction_.timer.cancel();
  }

 private:
  DirectionState& direction_;
};

}  // namespace

ReadOutcome Stream::State::judge_read(std::size_t byte_count, const error_code& error) {
  if (!error) {
    return {ReadStatus::kData, byte_count, {}};
  }
  if (error == asio::error::connection_reset) {
    is_reset_seen = true;
  } else if (error != asio::error::eof) {
    return {ReadStatus::kError, 0, error};
  }
  return {is_reset_seen ? ReadStatus::kReset : ReadStatus::kEnd, 0, error};
}

WriteStatus Stream::State::judge_write(const error_code& error) {
  if (error == asio::error::connection_reset) {
    is_reset_seen = true;
    return WriteStatus::kClosed;
  }
  return error == asio::error::broken_pipe && !is_send_ended ? WriteStatus::kClosed
                                                             : WriteStatus::kError;
}

StreamOperations::StatePtr StreamOperations::adopt(const asio::any_io_executor& executor,
                                                   int descriptor) {
  auto state = std::make_shared<Stream::State>(executor);
  int family = 0;
  socklen_t size = sizeof family;
  error_code error;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &family, &size) != 0) {
    error = system_error(errno);
  } else {
    state->socket.assign(asio::generic::stream_protocol(family, 0), descriptor, error);
  }
  if (error) {
    ::close(descriptor);
    return nullptr;
  }
  state->socket.non_blocking(true, error);
  if (is_tcp_family(family)) {
    // Fails only on a connection that is broken already, which the next read or write will tell.
    state->socket.set_option(asio::ip::tcp::no_delay(true), error);
  }
  return state;
}

asio::awaitable<Wait> StreamOperations::wait(std::shared_ptr<Stream::State> state, Side side,
                                             Deadline deadline) {
  if (deadline <= steady_clock::now()) {
    co_return Wait::kTimeout;
  }
  state->immediate_count = 0;
  DirectionState& waiting = state->direction(side);
  const WaitGuard guard(waiting);
  if (deadline != kNoDeadline) {
    waiting.timer.expires_at(deadline);
    waiting.timer.async_wait([state, side, generation = waiting.generation](error_code error) {
      DirectionState& expired = state->direction(side);
      if (!error && expired.generation == generation) {
        expired.is_expired = true;
        // Cancels the other direction too, which sees that it was not meant and waits again.
        state->socket.cancel(error);
      }
    });
  }
  const auto [error] = co_await state->socket.async_wait(
      side == Side::kRead ? StreamSocket::wait_read : StreamSocket::wait_write, kAwait);
  if (!error) {
    co_return Wait::kReady;
  }
  if (waiting.is_expired) {
    co_return Wait::kTimeout;
  }
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  const bool is_meant = !state->socket.is_open() || error != asio::error::operation_aborted ||
                        cancellation.cancelled() != asio::cancellation_type::none;
  co_return is_meant ? Wait::kAborted : Wait::kReady;
}

asio::awaitable<ReadOutcome> StreamOperations::read_some(std::shared_ptr<Stream::State> state,
                                                         std::span<std::byte> into,
                                                         Deadline deadline) {
  if (state != nullptr && state->owes_turn()) {
    co_await asio::post(asio::use_awaitable);
  }
  while (state != nullptr && state->socket.is_open()) {
    error_code error;
    const std::size_t byte_count =
        state->socket.read_some(asio::buffer(into.data(), into.size()), error);
    if (!would_block(error)) {
      co_return state->judge_read(byte_count, error);
    }
    const Wait waited = co_await wait(state, Side::kRead, deadline);
    if (waited == Wait::kTimeout) {
      co_return ReadOutcome{ReadStatus::kTimeout, 0, asio::error::timed_out};
    }
    if (waited == Wait::kAborted) {
      co_return ReadOutcome{ReadStatus::kError, 0, asio::error::operation_aborted};
    }
  }
  co_return ReadOutcome{ReadStatus::kError, 0, asio::error::bad_descriptor};
}

asio::awaitable<WriteOutcome> StreamOperations::write_all(
    std::shared_ptr<Stream::State> state, std::span<const asio::const_buffer> buffers,
    Deadline deadline) {
  WriteOutcome outcome{WriteStatus::kOk, 0, {}};
  std::size_t offset = 0;  // written of the first buffer that is left
  if (state != nullptr && state->owes_turn()) {
    co_await asio::post(asio::use_awaitable);
  }
  while (state != nullptr && state->socket.is_open()) {
    while (!buffers.empty() && offset >= buffers.front().size()) {
      offset -= buffers.front().size();
      buffers = buffers.subspan(1);
    }
    if (buffers.empty()) {
      co_return outcome;
    }
    std::array<asio::const_buffer, kMaxGatherCount> gathered;
    const std::size_t count = std::min(buffers.size(), gathered.size());
    std::copy_n(buffers.begin(), count, gathered.begin());
    gathered[0] += offset;
    const std::size_t written =
        state->socket.write_some(std::span(gathered).first(count), outcome.error);
    offset += written;
    outcome.byte_count += written;
    if (!outcome.error) {
      continue;
    }
    if (!would_block(outcome.error)) {
      outcome.status = state->judge_write(outcome.error);
      co_return outcome;
    }
    const Wait waited = co_await wait(state, Side::kWrite, deadline);
    if (waited == Wait::kTimeout) {
      co_return WriteOutcome{WriteStatus::kTimeout, outcome.byte_count, asio::error::timed_out};
    }
    if (waited == Wait::kAborted) {
      break;
    }
  }
  co_return WriteOutcome{WriteStatus::kError, outcome.byte_count, asio::error::operation_aborted};
}

asio::awaitable<WriteOutcome> StreamOperations::write_bytes(StatePtr state,
                                                            std::span<const std::byte> bytes,
                                                            Deadline deadline) {
  const asio::const_buffer buffer(bytes.data(), bytes.size());
  co_return co_await write_all(std::move(state), std::span(&buffer, 1), deadline);
}

Stream::Stream(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}

Stream& Stream::operator=(Stream&& other) noexcept {
  if (this != &other) {
    close();
    state_ = std::move(other.state_);
  }
  return *this;
}

Stream::~Stream() { close(); }

Stream Stream::adopt(const asio::any_io_executor& executor, int descriptor) {
  return StreamOperations::make(StreamOperations::adopt(executor, descriptor));
}

bool Stream::is_open() const { return state_ != nullptr && state_->socket.is_open(); }

int Stream::native_handle() const { return is_open() ? state_->socket.native_handle() : -1; }

asio::awaitable<ReadOutcome> Stream::read_some(std::span<std::byte> into, Deadline deadline) {
  return StreamOperations::read_some(state_, into, deadline);
}

asio::awaitable<WriteOutcome> Stream::write_all(std::span<const asio::const_buffer> buffers,
                                                Deadline deadline) {
  return StreamOperations::write_all(state_, buffers, deadline);
}

asio::awaitable<WriteOutcome> Stream::write_all(std::span<const std::byte> bytes,
                                                Deadline deadline) {
  return StreamOperations::write_bytes(state_, bytes, deadline);
}

WriteOutcome Stream::try_write(std::span<const std::byte> bytes) {
  if (!is_open()) {
    return {WriteStatus::kError, 0, asio::error::bad_descriptor};
  }
  assert(!state_->writing.is_waiting && "one write at a time");
  error_code error;
  const std::size_t written =
      state_->socket.write_some(asio::buffer(bytes.data(), bytes.size()), error);
  if (!error || would_block(error)) {
    return {WriteStatus::kOk, written, {}};
  }
  return {state_->judge_write(error), 0, error};
}

void Stream::shutdown_send() {
  if (is_open()) {
    error_code ignored;  // a connection that is broken already has nothing left to end
    state_->socket.shutdown(StreamSocket::shutdown_send, ignored);
    state_->is_send_ended = true;
  }
}

void Stream::close() {
  if (!is_open()) {
    return;
  }
  shutdown_send();
  std::array<std::byte, kDrainSize> sink;
  error_code error;
  for (int i = 0; i < kMaxDrainCount && !error; ++i) {
    state_->socket.read_some(asio::buffer(sink), error);
  }
  state_->socket.close(error);
}

void Stream::reset() {
  if (is_open()) {
    error_code ignored;
    state_->socket.set_option(asio::socket_base::linger(true, 0), ignored);
    state_->socket.close(ignored);
  }
}

}  // namespace wsapi
