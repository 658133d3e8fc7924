// SPDX-License-Identifier: Apache-2.0
#pragma once

// The peers that the program has built in, by name: the reference server, as it is or with
// deviations, and the null peers.

#include <boost/asio/io_context.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/revision.h"
#include "harness/peers/deviations/deviation.h"
#include "harness/peers/peer.h"

namespace wsapi {

namespace asio = boost::asio;

inline constexpr std::string_view kReferencePeer = "reference";

[[nodiscard]] std::vector<std::string> builtin_names();

struct BuiltinPeer {
  std::string name{kReferencePeer};  // one of builtin_names()
  Revision revision = kReferenceRevision;
  // Of the reference server; null peers have no test API.
  bool test_api = true;
  std::vector<const Deviation*> deviations = {};
};

// Whether it may end its process or fill it: to be served by a process of its own alone.
[[nodiscard]] bool harms_process(const BuiltinPeer& peer);

[[nodiscard]] std::unique_ptr<ListeningPeer> make_builtin(asio::io_context& io,
                                                          const Address& address,
                                                          const BuiltinPeer& peer);

// The reference server where it is no server: everything twice, or silent after 50 connections.
[[nodiscard]] std::span<const Deviation> null_deviations();

[[nodiscard]] const Deviation* find_deviation(std::span<const Deviation> table,
                                              std::string_view name);

}  // namespace wsapi
