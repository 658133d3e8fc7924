// SPDX-License-Identifier: Apache-2.0
#pragma once

// Null peers: what listens but is no WSAPI server. The suite is run on them to show that it does
// not pass what does nothing; no behavioural case may pass here.

#include <array>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "codec/revision.h"
#include "harness/net/address.h"
#include "harness/peers/peer.h"

namespace wsapi {

// Rows of null_peer_rows(), where it stands what each does.
enum class NullPeerKind : std::uint8_t {
  kClose,
  kSilent,
  kEcho,
  kYes,
  kFrames,
  kNegotiates,
  kRefuses,
  kRepeats,
  kNoise,
  kCrash,
  kHttp,
  kTls,
  kSsh,
  kText,
  kUpgrade,
};
inline constexpr std::array kNullPeerKinds{
    NullPeerKind::kClose,   NullPeerKind::kSilent,  NullPeerKind::kEcho,
    NullPeerKind::kYes,     NullPeerKind::kFrames,  NullPeerKind::kNegotiates,
    NullPeerKind::kRefuses, NullPeerKind::kRepeats, NullPeerKind::kNoise,
    NullPeerKind::kCrash,   NullPeerKind::kHttp,    NullPeerKind::kTls,
    NullPeerKind::kSsh,     NullPeerKind::kText,    NullPeerKind::kUpgrade};

[[nodiscard]] std::string_view name(NullPeerKind kind) noexcept;  // "close", "silent", ...
[[nodiscard]] std::optional<NullPeerKind> parse_null_peer_kind(std::string_view text) noexcept;

class NullPeer : public ListeningPeer {
 public:
  static constexpr std::size_t kMaxConnections = 1024;  // one more is closed at once

  // `io` must outlive the peer. Only those that answer messages look at the revision.
  NullPeer(boost::asio::io_context& io, Address address, NullPeerKind kind,
           Revision revision = kReferenceRevision);
  NullPeer(const NullPeer&) = delete;
  NullPeer& operator=(const NullPeer&) = delete;
  ~NullPeer() override;

  [[nodiscard]] std::string start() override;
  void stop() override;
  [[nodiscard]] const Address& local_address() const override;

 private:
  struct State;

  std::shared_ptr<State> state_;
};

}  // namespace wsapi
