// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a peer is that does not answer as a WSAPI server: another protocol, one that wants an
// opening handshake, or nothing that answers at all.

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "harness/net/clock.h"
#include "harness/net/wire.h"
#include "harness/result/reason.h"

namespace wsapi {

// How long the peer has for each of at most three answers.
inline constexpr std::chrono::milliseconds kDiagnosisWait{500};

// Sends an offer, an HTTP request for an upgrade and a TLS greeting, each on a connection of its
// own and only as far as the answers before do not tell. The reason has the code iut-not-wsapi;
// std::nullopt where the peer answers the offer with VERSION SET after all.
[[nodiscard]] asio::awaitable<std::optional<Reason>> diagnose(OpenWire open_wire,
                                                              std::shared_ptr<Clock> clock);

// What the octets that came first on a connection are, in words: "it speaks SSH"; empty where there
// are none. `sent` is what they answer.
[[nodiscard]] std::string protocol_of(std::span<const std::byte> came,
                                      std::span<const std::byte> sent);

}  // namespace wsapi
