// SPDX-License-Identifier: Apache-2.0

// Accepting, the delays of the test API, and what all connections share.

#include "harness/peers/reference_server.h"

#include <utility>

#include "harness/peers/reference_server_internal.h"

namespace wsapi {

ServerSession* ReferenceServer::State::find(ClientId client) {
  const auto entry = connections.find(client);
  return entry == connections.end() ? nullptr : entry->second->session();
}

void ReferenceServer::State::for_each(const std::function<void(ServerSession&)>& visit) {
  for (const auto& [id, connection] : connections) {
    if (ServerSession* const session = connection->session(); session != nullptr) visit(*session);
  }
}

void ReferenceServer::State::arm_delay_timer() {
  const auto expiry = api.next_expiry();
  if (expiry == armed_for) return;
  armed_for = expiry;
  if (!expiry.has_value()) {
    delay_timer.cancel();
    return;
  }
  delay_timer.expires_at(*expiry);
  delay_timer.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (error || self == nullptr) return;
    self->armed_for.reset();
    self->api.expire(std::chrono::steady_clock::now());
    self->arm_delay_timer();
  });
}

void ReferenceServer::State::accept(const std::shared_ptr<State>& self, Stream stream) {
  if (self->connections.size() >= self->options.max_connections) {
    ++self->counters.refused;
    return;  // the stream goes out of scope, closed
  }
  ++self->counters.connections;
  ++self->counters.open_connections;
  const ClientId id{++self->last_client};
  const auto connection = std::make_shared<Connection>(*self, id, std::move(stream));
  self->connections.emplace(id, connection);
  Connection::run(self, connection);
}

ReferenceServer::ReferenceServer(asio::io_context& io, Address address,
                                 ReferenceServerOptions options)
    : state_(std::make_shared<State>(io, std::move(address), std::move(options))) {}

ReferenceServer::~ReferenceServer() { stop(); }

std::string ReferenceServer::start() {
  return state_->accept_loop.start(
      [state = state_](Stream stream) { State::accept(state, std::move(stream)); });
}

void ReferenceServer::stop() {
  state_->accept_loop.stop();
  for (const auto& [id, connection] : state_->connections) connection->break_off(false);
}

const Address& ReferenceServer::local_address() const {
  return state_->accept_loop.local_address();
}

ReferenceServerCounters ReferenceServer::counters() const {
  const Counters& now = state_->counters;
  return {.connections = now.connections,
          .open_connections = now.open_connections,
          .refused = now.refused,
          .messages = now.messages,
          .ignored = now.ignored,
          .hang_ups = now.hang_ups,
          .violations = now.violations,
          .cut = now.cut};
}

}  // namespace wsapi
