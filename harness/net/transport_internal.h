// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the sources of the transport share among themselves: the state of a stream, and waiting for
// it with a deadline. Nobody else includes this.
//
// Asio waits, the calls themselves are tried first: most reads and writes of a busy connection are
// done without going through the reactor, and only those that must wait pay for a timer. Sockets
// are made with the system's own calls, because Asio neither sets close-on-exec nor notices that
// EAGAIN from connect() on a Unix socket means "try again" and not "in progress".

#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "harness/net/transport.h"

namespace wsapi {

using StreamSocket = asio::generic::stream_protocol::socket;
using StreamEndpoint = asio::generic::stream_protocol::endpoint;

// Awaits without exceptions: the error comes as a value.
inline constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

// Reads, writes or accepts in a row that succeed at once, before the other coroutines get a turn.
inline constexpr unsigned kMaxImmediateCount = 64;

inline boost::system::error_code system_error(int number) {
  return {number, boost::system::system_category()};
}

inline bool would_block(const boost::system::error_code& error) {
  return error == asio::error::would_block || error == asio::error::try_again;
}

inline bool is_tcp_family(int family) { return family == AF_INET || family == AF_INET6; }

// A new stream socket, or -1 with errno set.
inline int open_socket(int family) {
  return ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

// Starts to connect; returns the error number, EINPROGRESS and EAGAIN among them, or 0.
inline int start_connect(int descriptor, const StreamEndpoint& endpoint) {
  const auto size = static_cast<socklen_t>(endpoint.size());
  return ::connect(descriptor, endpoint.data(), size) == 0 ? 0 : errno;
}

enum class Side : std::uint8_t { kRead, kWrite };
enum class Wait : std::uint8_t { kReady, kTimeout, kAborted };

// What one direction needs to wait. An expiry that comes late finds another generation, and leaves
// the operation of that generation alone.
struct DirectionState {
  explicit DirectionState(const asio::any_io_executor& executor) : timer(executor) {}

  asio::steady_timer timer;
  std::uint64_t generation = 0;
  bool is_waiting = false;
  bool is_expired = false;
};

struct Stream::State {
  explicit State(const asio::any_io_executor& executor)
      : socket(executor), reading(executor), writing(executor) {}

  DirectionState& direction(Side side) { return side == Side::kRead ? reading : writing; }

  bool owes_turn() {
    immediate_count = (immediate_count + 1) % kMaxImmediateCount;
    return immediate_count == 0;
  }

  ReadOutcome judge_read(std::size_t byte_count, const boost::system::error_code& error);
  WriteStatus judge_write(const boost::system::error_code& error);

  StreamSocket socket;
  DirectionState reading;
  DirectionState writing;
  unsigned immediate_count = 0;
  // The kernel tells of a reset only once, to whichever direction asks first.
  bool is_reset_seen = false;
  bool is_send_ended = false;
};

// The operations of a stream. They hold the state, so that the Stream may go meanwhile.
class StreamOperations {
 public:
  using StatePtr = std::shared_ptr<Stream::State>;

  static Stream make(StatePtr state) { return Stream(std::move(state)); }

  // Takes over `descriptor`, non-blocking; null on failure, with the descriptor closed.
  static StatePtr adopt(const asio::any_io_executor& executor, int descriptor);

  // Waits until a side of the socket is ready, perhaps in vain: kReady means "try again".
  static asio::awaitable<Wait> wait(StatePtr state, Side side, Deadline deadline);

  static asio::awaitable<ReadOutcome> read_some(StatePtr state, std::span<std::byte> into,
                                                Deadline deadline);
  static asio::awaitable<WriteOutcome> write_all(StatePtr state,
                                                 std::span<const asio::const_buffer> buffers,
                                                 Deadline deadline);
  static asio::awaitable<WriteOutcome> write_bytes(StatePtr state, std::span<const std::byte> bytes,
                                                   Deadline deadline);
};

}  // namespace wsapi
