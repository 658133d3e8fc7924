// SPDX-License-Identifier: Apache-2.0
#pragma once

// The reference server: a right implementation of the server's side of the protocol over real
// sockets, with the test API (reference_app.h) or with no verb at all. Connections do not wait for
// each other: one that sends half a frame, or does not read, harms only itself.

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "codec/frame.h"
#include "codec/revision.h"
#include "codec/server_session.h"
#include "harness/net/address.h"
#include "harness/peers/peer.h"
#include "harness/peers/server_hooks.h"

namespace wsapi {

struct ReferenceServerOptions {
  Revision revision = kReferenceRevision;
  bool test_api = true;                // else no verb exists, and the description is null
  std::size_t max_connections = 1024;  // one more is closed as soon as it is accepted
  // Bytes that wait to be sent on one connection. At a quarter of it no further request is taken
  // from that client until it reads; beyond it, by events of others, the connection is broken.
  std::size_t max_output_size = 16U << 20U;
  FrameLimits frame_limits{};
  ServerLimits session_limits{};
  std::shared_ptr<ServerHooks> hooks;  // null: it deviates nowhere
};

// Totals since the start, but for `open_connections`.
struct ReferenceServerCounters {
  std::uint64_t connections = 0;       // accepted and served
  std::uint64_t open_connections = 0;  // those that are closing included
  std::uint64_t refused = 0;           // beyond max_connections
  std::uint64_t messages = 0;          // received, empty ones not counted
  std::uint64_t ignored = 0;           // messages without effect (sections 4 and 7)
  std::uint64_t hang_ups = 0;          // of the server, on a bad version offer
  std::uint64_t violations = 0;        // of the rules for frames
  std::uint64_t cut = 0;               // connections that were broken because they did not read
};

class ReferenceServer : public ListeningPeer {
 public:
  // `io` must outlive the server.
  ReferenceServer(boost::asio::io_context& io, Address address,
                  ReferenceServerOptions options = {});
  ReferenceServer(const ReferenceServer&) = delete;
  ReferenceServer& operator=(const ReferenceServer&) = delete;
  ~ReferenceServer() override;

  [[nodiscard]] std::string start() override;
  void stop() override;
  [[nodiscard]] const Address& local_address() const override;

  // May be called on any thread.
  [[nodiscard]] ReferenceServerCounters counters() const;

 private:
  class Connection;
  struct State;

  std::shared_ptr<State> state_;
};

}  // namespace wsapi
