// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the sources of the reference server share among themselves: its state, and one connection.
// Nobody else includes this.
//
// One connection is two coroutines, one that reads and one that writes, with the output queue
// between them. Its end has always the same order: input is no longer looked at; what is queued is
// sent, then the end of the stream; what the peer still sends is thrown away until its own end, so
// that nothing in flight turns the close into a reset; then the socket is closed.

#include <array>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "harness/reference_server.h"
#include "harness/test_api.h"
#include "harness/transport.h"

namespace wsapi {

// Lets one coroutine wait until another one wakes it. A waiter looks at its condition first, and
// again when it is woken.
class Wakeup {
 public:
  explicit Wakeup(const asio::any_io_executor& executor) : timer_(executor, kNoDeadline) {}
  auto wait() { return timer_.async_wait(asio::as_tuple(asio::use_awaitable)); }
  void wake() { timer_.cancel(); }

 private:
  asio::steady_timer timer_;
};

// ReferenceServerCounters, as they are counted.
struct AtomicCounters {
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> open_connections{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> messages{0};
  std::atomic<std::uint64_t> ignored{0};
  std::atomic<std::uint64_t> hang_ups{0};
  std::atomic<std::uint64_t> violations{0};
  std::atomic<std::uint64_t> cut{0};
};

// What all connections share. The coroutines keep it, so that the server may go before them.
struct ReferenceServer::State : public Clients, public std::enable_shared_from_this<State> {
  State(asio::io_context& io, Address given, const ReferenceServerOptions& used)
      : executor(io.get_executor()),
        options(used),
        address(std::move(given)),
        api(*this, used.test_api),
        delay_timer(executor) {}

  ServerSession* find(ClientId client) override;
  void for_each(const std::function<void(ServerSession&)>& visit) override;
  void arm_delay_timer();

  static asio::awaitable<void> accept_loop(std::shared_ptr<State> self);

  asio::any_io_executor executor;
  ReferenceServerOptions options;
  Address address;
  Acceptor acceptor;
  AtomicCounters counters;
  TestApi api;
  asio::steady_timer delay_timer;
  std::optional<TestApi::TimePoint> armed_for;
  std::uint64_t last_client = 0;
  std::map<ClientId, std::shared_ptr<Connection>> connections;
};

class ReferenceServer::Connection : public MessageSink,
                                    public std::enable_shared_from_this<Connection> {
 public:
  Connection(State& state, ClientId id, Stream stream)
      : state_(state),
        id_(id),
        stream_(std::move(stream)),
        decoder_(state.options.frame_limits),
        session_(state.options.revision, *this, state.options.session_limits),
        output_(state.executor),
        room_(state.executor),
        close_timer_(state.executor) {}

  static void run(const std::shared_ptr<State>& state, const std::shared_ptr<Connection>& self);

  // nullptr when the connection takes part no more.
  [[nodiscard]] ServerSession* session() { return is_left_ ? nullptr : &session_; }

  void send(WriteBuf& message) override;

  // Ends it now. Only marks what the session and the application may be using at this moment.
  void break_off(bool with_reset);

 private:
  // They keep `state`, to which `self` refers.
  static asio::awaitable<void> read_loop(std::shared_ptr<State> state,
                                         std::shared_ptr<Connection> self);
  static asio::awaitable<void> write_loop(std::shared_ptr<State> state,
                                          std::shared_ptr<Connection> self);

  asio::awaitable<void> take(std::span<const std::byte> input);
  void on_frame(const FrameEvent& event);
  void on_message(std::span<const std::byte> message);
  void append(std::span<const std::byte> bytes);
  void make_room(std::size_t size);
  [[nodiscard]] std::size_t output_size() const { return queued_.size() + writing_.size(); }
  void finish();
  void leave();
  void arm_close_timer(std::chrono::steady_clock::duration time);
  void end_loop();

  State& state_;
  const ClientId id_;
  Stream stream_;
  FrameDecoder decoder_;
  ServerSession session_;
  std::array<std::byte, std::size_t{16} * 1024> input_;
  std::vector<std::byte> queued_;   // frames for the next write
  std::vector<std::byte> writing_;  // those of the write that is under way
  Wakeup output_;                   // wakes the writer
  Wakeup room_;                     // wakes the reader
  asio::steady_timer close_timer_;
  bool is_finishing_ = false;    // nothing more is queued; what is queued is sent
  bool is_input_ended_ = false;  // nothing more comes, or it is no longer waited for
  bool is_broken_ = false;       // the socket is closed
  bool is_left_ = false;
  int loop_count_ = 2;
};

}  // namespace wsapi
