// SPDX-License-Identifier: Apache-2.0
#pragma once

// The limit of what a server can do over the suite's own transport: it writes back what it reads,
// and looks at none of it.

#include <cstddef>
#include <memory>
#include <string>

#include "harness/peers/server_thread.h"

namespace wsapi::bench {

class EchoServer : public ListeningPeer {
 public:
  // Of one read, as in the reference server.
  static constexpr std::size_t kBufferSize = std::size_t{16} * 1024;  // bytes

  EchoServer(asio::io_context& io, Address address);
  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;
  ~EchoServer() override;

  [[nodiscard]] std::string start() override;
  void stop() override;
  [[nodiscard]] const Address& local_address() const override;

 private:
  struct State;

  std::shared_ptr<State> state_;
};

}  // namespace wsapi::bench
