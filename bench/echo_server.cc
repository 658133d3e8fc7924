// SPDX-License-Identifier: Apache-2.0

#include "bench/echo_server.h"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <utility>

#include "harness/net/transport.h"

namespace wsapi::bench {

// One connection after the other: no benchmark has two. The coroutine keeps it, so that the server
// may go before.
struct EchoServer::State {
  State(asio::io_context& io, Address given)
      : executor(io.get_executor()), address(std::move(given)) {}

  static asio::awaitable<void> serve(std::shared_ptr<State> self);

  asio::any_io_executor executor;
  Address address;
  Acceptor acceptor;
  Stream stream;
  std::array<std::byte, kBufferSize> buffer{};
};

asio::awaitable<void> EchoServer::State::serve(std::shared_ptr<State> self) {
  for (;;) {
    AcceptOutcome accepted = co_await self->acceptor.accept();
    if (accepted.status != AcceptStatus::kOk) co_return;
    self->stream = std::move(accepted.stream);
    for (;;) {
      const ReadOutcome read = co_await self->stream.read_some(self->buffer, kNoDeadline);
      if (read.status != ReadStatus::kData) break;
      const auto bytes = std::span<const std::byte>(self->buffer).first(read.byte_count);
      const WriteOutcome written = co_await self->stream.write_all(bytes, kNoDeadline);
      if (written.status != WriteStatus::kOk) break;
    }
  }
}

EchoServer::EchoServer(asio::io_context& io, Address address)
    : state_(std::make_shared<State>(io, std::move(address))) {}

EchoServer::~EchoServer() { stop(); }

std::string EchoServer::start() {
  ListenResult listening = Acceptor::listen(state_->executor, state_->address);
  if (!listening.error.empty()) return listening.error;
  state_->acceptor = std::move(listening.acceptor);
  state_->address = state_->acceptor.local_address();
  asio::co_spawn(state_->executor, State::serve(state_), asio::detached);
  return "";
}

void EchoServer::stop() {
  state_->acceptor.close();
  state_->stream.close();
}

const Address& EchoServer::local_address() const { return state_->address; }

}  // namespace wsapi::bench
