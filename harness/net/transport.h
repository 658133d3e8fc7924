// SPDX-License-Identifier: Apache-2.0
#pragma once

// The byte streams below the frames (protocol, section 1): connecting, accepting, reading and
// writing over TCP and Unix sockets, with a deadline on everything that can wait.
//
//   asio::awaitable<void> example(Address address) {
//     ConnectResult peer = co_await connect(address, deadline_in(2s));
//     if (peer.status != ConnectStatus::kOk) { fmt::print("{}\n", peer.message); co_return; }
//     std::array<std::byte, 4096> buffer;
//     const ReadOutcome read = co_await peer.stream.read_some(buffer, deadline_in(500ms));
//     ...
//
// What a peer does is never an exception: each outcome is a status. The one exception that can come
// out of a co_await is Asio's own, when the caller's coroutine is cancelled from outside.
//
// Everything belongs to the executor of one io_context that one thread runs. A Stream may have one
// read and one write under way at a time. Closing or destroying it meanwhile is allowed, and ends
// them with kError; so is moving it, which leaves them alone. Writing to a closed peer raises no
// SIGPIPE, and no descriptor is inherited by child processes.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "harness/net/address.h"

namespace wsapi {

namespace asio = boost::asio;

using Deadline = std::chrono::steady_clock::time_point;
inline constexpr Deadline kNoDeadline = Deadline::max();

[[nodiscard]] inline Deadline deadline_in(std::chrono::steady_clock::duration time) {
  return std::chrono::steady_clock::now() + time;
}

enum class ReadStatus : std::uint8_t {
  kData,     // byte_count bytes were read, at least one (none if the buffer has no room)
  kEnd,      // end of stream: the peer has ended its sending in order
  kReset,    // the peer broke the connection, even if a write was told so first
  kTimeout,  // nothing came before the deadline; reading may go on
  kError,    // anything else, such as a stream that this side has closed; `error` tells
};

struct ReadOutcome {
  ReadStatus status = ReadStatus::kError;
  std::size_t byte_count = 0;
  boost::system::error_code error;
};

enum class WriteStatus : std::uint8_t {
  kOk,       // all bytes were handed to the kernel
  kClosed,   // the peer no longer takes bytes: closed (EPIPE) or reset (ECONNRESET); `error` tells
  kTimeout,  // the peer did not read fast enough
  kError,    // anything else; `error` tells
};

struct WriteOutcome {
  WriteStatus status = WriteStatus::kError;
  std::size_t byte_count = 0;  // handed to the kernel, whatever the status
  boost::system::error_code error;
};

// One end of a connection. Move-only; an empty one (default, moved from, closed) answers kError.
class Stream {
 public:
  Stream() noexcept = default;
  Stream(Stream&&) noexcept = default;
  Stream& operator=(Stream&& other) noexcept;
  ~Stream();

  // Takes over a connected stream socket, such as one end of socketpair(). Empty on failure, with
  // the descriptor closed.
  [[nodiscard]] static Stream adopt(const asio::any_io_executor& executor, int descriptor);

  [[nodiscard]] bool is_open() const;

  // Waits until there are bytes, and takes as many of them as are there and fit. Bytes that are
  // there already are returned even behind the deadline. `into` must outlive the call.
  [[nodiscard]] asio::awaitable<ReadOutcome> read_some(std::span<std::byte> into,
                                                       Deadline deadline);

  // Writes all buffers, gathered, in their order. The buffers and the bytes must outlive the call.
  [[nodiscard]] asio::awaitable<WriteOutcome> write_all(std::span<const asio::const_buffer> buffers,
                                                        Deadline deadline);
  [[nodiscard]] asio::awaitable<WriteOutcome> write_all(std::span<const std::byte> bytes,
                                                        Deadline deadline);

  // Writes what the kernel takes at once and waits for nothing: with kOk, byte_count may be less
  // than was given, or 0. Not while a write is under way.
  [[nodiscard]] WriteOutcome try_write(std::span<const std::byte> bytes);

  // The peer sees the end of the stream; reading goes on. Later writes answer kError.
  void shutdown_send();

  // Ends the stream in order: throws away what came in and was not read, since closing over unread
  // bytes would reach the peer as a reset, then closes. A peer that goes on sending may still see a
  // reset; to exclude that, use shutdown_send() and read up to the end first.
  void close();

  // Breaks the connection: RST on TCP. A Unix socket knows no reset of its own; its peer sees one
  // only where unread bytes are lost, and the end of the stream otherwise.
  void reset();

  [[nodiscard]] int native_handle() const;  // -1 when not open

 private:
  struct State;
  friend class StreamOperations;
  explicit Stream(std::shared_ptr<State> state) noexcept;

  std::shared_ptr<State> state_;
};

enum class ConnectStatus : std::uint8_t {
  kOk,
  kRefused,   // nobody listens there: refused, or no such socket file
  kTimeout,   // no answer, or a backlog that stayed full, up to the deadline
  kOwnLimit,  // this process or machine has no more descriptors, memory or ports
  kError,     // anything else: unknown host, no route, not permitted, ...
};

struct ConnectResult {
  ConnectResult() = default;
  ConnectResult(ConnectStatus outcome, Stream connected, std::string text)
      : status(outcome), stream(std::move(connected)), message(std::move(text)) {}

  ConnectStatus status = ConnectStatus::kError;
  Stream stream;        // open if and only if kOk
  std::string message;  // empty if kOk; otherwise names the address and the reason
};

// Connects on the executor of the calling coroutine. Tries all endpoints of a host name. A Unix
// socket whose backlog is full (protocol, section 8) is tried again until the deadline; a refused
// connection is not.
[[nodiscard]] asio::awaitable<ConnectResult> connect(Address address, Deadline deadline);

enum class AcceptStatus : std::uint8_t {
  kOk,
  kClosed,  // this side has closed the acceptor
  kError,   // the listening socket is of no more use; `error` tells
};

struct AcceptOutcome {
  AcceptOutcome() = default;
  AcceptOutcome(AcceptStatus outcome, Stream accepted, boost::system::error_code reason)
      : status(outcome), stream(std::move(accepted)), error(reason) {}

  AcceptStatus status = AcceptStatus::kError;
  Stream stream;  // open if and only if kOk
  boost::system::error_code error;
};

struct ListenResult;

// A listening socket. Move-only. One accept() may be under way at a time.
class Acceptor {
 public:
  Acceptor() noexcept = default;
  Acceptor(Acceptor&&) noexcept = default;
  Acceptor& operator=(Acceptor&& other) noexcept;
  ~Acceptor();

  // Listens at once; resolving a host name blocks. A socket file that nobody listens on is
  // replaced; any other file is kept and refused. `tcp:*` takes IPv4 and, if there is one, IPv6.
  [[nodiscard]] static ListenResult listen(const asio::any_io_executor& executor,
                                           const Address& address);

  // The address with the port that was really bound.
  [[nodiscard]] const Address& local_address() const;

  // Connections that fail before they are accepted are passed over. While the process or the system
  // is out of descriptors or memory it pauses and goes on.
  [[nodiscard]] asio::awaitable<AcceptOutcome> accept();

  // How many times accept() had to pause for want of descriptors or memory.
  [[nodiscard]] std::uint64_t pause_count() const;

  // Stops listening and removes the socket file, if it is still the one that was made here.
  void close();

  [[nodiscard]] bool is_open() const;
  [[nodiscard]] int native_handle() const;  // -1 when not open

 private:
  struct State;
  explicit Acceptor(std::shared_ptr<State> state) noexcept;

  std::shared_ptr<State> state_;
};

struct ListenResult {
  Acceptor acceptor;  // open if and only if `error` is empty
  std::string error;  // names the address and the reason
};

}  // namespace wsapi
