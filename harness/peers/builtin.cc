// SPDX-License-Identifier: Apache-2.0

#include "harness/peers/builtin.h"

#include <algorithm>

#include "harness/peers/deviations/changes.h"
#include "harness/peers/null_answers.h"
#include "harness/peers/null_peers.h"
#include "harness/peers/reference_server.h"

namespace wsapi {

std::vector<std::string> builtin_names() {
  std::vector<std::string> names{std::string{kReferencePeer}};
  for (const NullPeerKind kind : kNullPeerKinds) names.emplace_back(name(kind));
  for (const Deviation& one : null_deviations()) names.emplace_back(one.name);
  return names;
}

std::span<const Deviation> null_deviations() {
  static const std::vector<Deviation> kAll{
      {"twice", "calls-one-reply", "right, but for sending each frame twice",
       changes::on_frame_out([](Deviant& d, const FrameHeader& header, OctetView payload) {
         d.pass_frame(header, payload);
         d.pass_frame(header, payload);
       })},
      {"fifty", "classes-no-harm", "right for 50 connections, and silent on all further ones",
       changes::on_octets([](Deviant& d, Octets& octets) {
         if (d.number() > 50) octets.clear();
       })},
  };
  return kAll;
}

const Deviation* find_deviation(std::span<const Deviation> table, std::string_view name) {
  const auto row = std::ranges::find(table, name, &Deviation::name);
  return row == table.end() ? nullptr : &*row;
}

bool harms_process(const BuiltinPeer& peer) {
  const auto rows = null_peer_rows();
  const auto row = std::ranges::find(rows, std::string_view(peer.name), &NullPeerRow::name);
  return (row != rows.end() && row->ends_process) ||
         std::ranges::any_of(peer.deviations, &Deviation::harms_process);
}

std::unique_ptr<ListeningPeer> make_builtin(asio::io_context& io, const Address& address,
                                            const BuiltinPeer& peer) {
  if (const auto kind = parse_null_peer_kind(peer.name)) {
    return std::make_unique<NullPeer>(io, address, *kind, peer.revision);
  }
  ReferenceServerOptions options;
  options.revision = peer.revision;
  options.test_api = peer.test_api;
  std::vector<const Deviation*> deviations = peer.deviations;
  if (const auto* const own = find_deviation(null_deviations(), peer.name)) {
    deviations.push_back(own);
  }
  deviate(options, std::move(deviations));
  return std::make_unique<ReferenceServer>(io, address, options);
}

}  // namespace wsapi
