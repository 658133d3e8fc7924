// SPDX-License-Identifier: Apache-2.0
#pragma once

// The peers that the program has built in, by name: the reference server and the null peers.

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "codec/revision.h"
#include "harness/peers/peer.h"

namespace wsapi {

namespace asio = boost::asio;

inline constexpr std::string_view kReferencePeer = "reference";

[[nodiscard]] std::vector<std::string> builtin_names();

// Whether it ends its process when something comes: to be served by a process of its own alone.
[[nodiscard]] bool ends_process(std::string_view peer_name);

// The peer of that name, which is one of builtin_names(). Null peers have no test API.
[[nodiscard]] std::unique_ptr<ListeningPeer> make_builtin(asio::io_context& io,
                                                          std::string_view peer_name,
                                                          const Address& address, Revision revision,
                                                          bool test_api);

}  // namespace wsapi
