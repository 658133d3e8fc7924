// SPDX-License-Identifier: Apache-2.0
#pragma once

// What listens and is talked to: the interface that the reference server and the null peers share,
// and a thread of its own for one of them.

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "harness/net/address.h"

namespace wsapi {

namespace asio = boost::asio;

// Belongs to one io_context. start() and stop() are called on the thread that runs it, or while
// nobody does. Destroying it stops it, and is allowed while its coroutines still wind up.
class ListeningPeer {
 public:
  virtual ~ListeningPeer() = default;
  // Listens. Returns the reason where that fails, and nothing where it does not.
  [[nodiscard]] virtual std::string start() = 0;
  // Ends listening and closes every connection at once.
  virtual void stop() = 0;
  // With the port that was really bound, once it listens.
  [[nodiscard]] virtual const Address& local_address() const = 0;
};

// Runs a peer on its own io_context and thread, from construction until stop() or destruction.
class ServerThread {
 public:
  using MakePeer = std::function<std::unique_ptr<ListeningPeer>(asio::io_context&)>;

  explicit ServerThread(const MakePeer& make_peer);
  ServerThread(const ServerThread&) = delete;
  ServerThread& operator=(const ServerThread&) = delete;
  ~ServerThread();

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
