// SPDX-License-Identifier: Apache-2.0
#pragma once

// The accept loop of everything here that listens.

#include <functional>
#include <memory>
#include <string>

#include "harness/net/transport.h"

namespace wsapi {

// Listens on one address and hands each connection to a function, on the executor that it was made
// with. The function is kept until the loop ends, which is soon after stop() or destruction: what
// it holds may outlive this object.
class AcceptLoop {
 public:
  using OnStream = std::function<void(Stream)>;  // one that drops the stream closes it

  AcceptLoop(asio::any_io_executor executor, Address address);
  AcceptLoop(const AcceptLoop&) = delete;
  AcceptLoop& operator=(const AcceptLoop&) = delete;
  ~AcceptLoop();

  // Listens, and accepts from now on. Returns the reason where that fails, and nothing where it
  // does not. Once only.
  [[nodiscard]] std::string start(OnStream on_stream);
  // Ends listening. Connections that were handed out stay.
  void stop();

  // As given; with the port that was really bound, once it listens.
  [[nodiscard]] const Address& local_address() const { return address_; }

 private:
  asio::any_io_executor executor_;
  Address address_;
  std::shared_ptr<Acceptor> acceptor_;  // kept by the coroutine, too
};

}  // namespace wsapi
