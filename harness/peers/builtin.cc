// SPDX-License-Identifier: Apache-2.0

#include "harness/peers/builtin.h"

#include <algorithm>

#include "harness/peers/null_answers.h"
#include "harness/peers/null_peers.h"
#include "harness/peers/reference_server.h"

namespace wsapi {

std::vector<std::string> builtin_names() {
  std::vector<std::string> names{std::string{kReferencePeer}};
  for (const NullPeerKind kind : kNullPeerKinds) names.emplace_back(name(kind));
  return names;
}

bool ends_process(std::string_view peer_name) {
  const auto rows = null_peer_rows();
  const auto row = std::ranges::find(rows, peer_name, &NullPeerRow::name);
  return row != rows.end() && row->ends_process;
}

std::unique_ptr<ListeningPeer> make_builtin(asio::io_context& io, std::string_view peer_name,
                                            const Address& address, Revision revision,
                                            bool test_api) {
  if (const auto kind = parse_null_peer_kind(peer_name)) {
    return std::make_unique<NullPeer>(io, address, *kind, revision);
  }
  ReferenceServerOptions options;
  options.revision = revision;
  options.test_api = test_api;
  return std::make_unique<ReferenceServer>(io, address, options);
}

}  // namespace wsapi
