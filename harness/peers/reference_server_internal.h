// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the sources of the reference server share among themselves: its state, and one connection.
// No other file includes this.
//
// One connection is two coroutines, one that reads and one that writes, with the output queue
// between them. The reader answers all messages of one read and writes the answers itself, at once;
// the writer takes what the kernel does not take then, and what other connections and delays send.
// The end of a connection has always the same order: input is no longer looked at; what is queued
// is sent, then the end of the stream; what the peer still sends is thrown away until its own end,
// so that nothing in flight turns the close into a reset; then the socket is closed.

#include <array>
#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "harness/net/transport.h"
#include "harness/net/wakeup.h"
#include "harness/peers/accept_loop.h"
#include "harness/peers/reference_app.h"
#include "harness/peers/reference_server.h"

namespace wsapi {

// Counted by the thread of the server alone, and read by any.
class Counter {
 public:
  // Not as one operation: there is one writer, and a locked instruction costs more than a message.
  void add(std::uint64_t count) {
    value_.store(value_.load(std::memory_order_relaxed) + count, std::memory_order_release);
  }
  Counter& operator++() { return add(1), *this; }
  Counter& operator--() { return add(~std::uint64_t{0}), *this; }
  operator std::uint64_t() const { return value_.load(std::memory_order_acquire); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// ReferenceServerCounters, as they are counted.
struct Counters {
  Counter connections;
  Counter open_connections;
  Counter refused;
  Counter messages;
  Counter ignored;
  Counter hang_ups;
  Counter violations;
  Counter cut;
};

// What all connections share. The coroutines keep it, so that the server may go before them.
struct ReferenceServer::State : public Clients, public std::enable_shared_from_this<State> {
  State(asio::io_context& io, Address given, ReferenceServerOptions used)
      : executor(io.get_executor()),
        options(std::move(used)),
        accept_loop(executor, std::move(given)),
        api(*this, options.test_api),
        delay_timer(executor) {}

  ServerSession* find(ClientId client) override;
  void for_each(const std::function<void(ServerSession&)>& visit) override;
  void arm_delay_timer();

  static void accept(const std::shared_ptr<State>& self, Stream stream);

  asio::any_io_executor executor;
  ReferenceServerOptions options;
  AcceptLoop accept_loop;
  Counters counters;
  ReferenceApp api;
  asio::steady_timer delay_timer;
  std::optional<ReferenceApp::TimePoint> armed_for;
  std::uint64_t last_client = 0;
  std::map<ClientId, std::shared_ptr<Connection>> connections;
};

class ReferenceServer::Connection : public MessageSink,
                                    public HookedConnection,
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

  // nullptr once the connection has left.
  [[nodiscard]] ServerSession* session() { return is_left_ ? nullptr : &session_; }

  void send(WriteBuf& message) override;

  // Ends it now. Only marks what the session and the application may be using at this moment.
  void break_off(bool with_reset) override;

  [[nodiscard]] Revision revision() const override { return state_.options.revision; }
  [[nodiscard]] bool is_open() const override { return reads_on(); }
  [[nodiscard]] std::size_t output_size() const override {
    return queued_.size() + writing_.size() - written_size_;
  }
  void feed(std::span<const std::byte> octets) override;
  void take_message(std::span<const std::byte> message) override;
  void queue(std::span<const std::byte> octets) override { append(octets); }
  void finish() override;
  void later(std::chrono::milliseconds time, std::function<void()> action) override;

 private:
  // They keep `state`, to which `self` refers.
  static asio::awaitable<void> read_loop(std::shared_ptr<State> state,
                                         std::shared_ptr<Connection> self);
  static asio::awaitable<void> write_loop(std::shared_ptr<State> state,
                                          std::shared_ptr<Connection> self);

  void answer(std::span<const std::byte>& input);
  void on_frame(const FrameEvent& event, ReferenceApp::TimePoint now);
  void on_message(std::span<const std::byte> message, ReferenceApp::TimePoint now);
  void answer_message(std::span<const std::byte> message, ReferenceApp::TimePoint now);
  void send_control(Opcode opcode, std::span<const std::byte> payload);
  void send_close(std::optional<std::uint16_t> code);
  void append(std::span<const std::byte> bytes);
  [[nodiscard]] bool make_room(std::size_t size);
  void flush();
  void lose_output();
  // The peer has to read before more of its input is looked at.
  [[nodiscard]] bool owes_reading() const {
    return output_size() > state_.options.max_output_size / 4;
  }
  [[nodiscard]] bool reads_on() const { return !is_finish_due_ && !is_finishing_ && !is_broken_; }
  void finish_in_order();
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
  std::vector<std::byte> writing_;  // those that the writer has
  std::size_t written_size_ = 0;    // of them, before the writer began
  Wakeup output_;                   // wakes the writer
  Wakeup room_;                     // wakes the reader
  asio::steady_timer close_timer_;
  bool is_answering_ = false;    // within answer(), after which comes flush()
  bool is_finish_due_ = false;   // it waits for the delay of its hooks
  bool is_finishing_ = false;    // nothing more is queued; what is queued is sent
  bool is_input_ended_ = false;  // nothing more comes, or it is no longer waited for
  bool is_output_lost_ = false;  // the peer reads no more
  bool is_broken_ = false;       // the socket is closed
  bool is_left_ = false;
  int loop_count_ = 2;
  std::unique_ptr<ConnectionHooks> hooks_;
};

}  // namespace wsapi
