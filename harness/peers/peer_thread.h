// SPDX-License-Identifier: Apache-2.0
#pragma once

// A thread of its own for a peer.

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "harness/net/transport.h"
#include "harness/peers/peer.h"

namespace wsapi {

// Runs a peer on its own io_context and thread, from construction until stop() or destruction.
class PeerThread {
 public:
  using MakePeer = std::function<std::unique_ptr<ListeningPeer>(asio::io_context&)>;

  explicit PeerThread(const MakePeer& make_peer);
  PeerThread(const PeerThread&) = delete;
  PeerThread& operator=(const PeerThread&) = delete;
  ~PeerThread();

  // Why the peer does not listen; empty when it does. The listening socket is there from the
  // constructor on: whoever connects next is accepted.
  [[nodiscard]] const std::string& error() const noexcept { return error_; }
  [[nodiscard]] const Address& local_address() const noexcept { return local_address_; }

  // Stops the peer and waits for the thread. May be called again. Not on the thread itself.
  void stop();

 private:
  asio::io_context io_;
  std::unique_ptr<ListeningPeer> peer_;
  std::string error_;
  Address local_address_;
  std::jthread thread_;
};

}  // namespace wsapi
