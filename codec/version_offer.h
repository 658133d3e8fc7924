// SPDX-License-Identifier: Apache-2.0
#pragma once

// The VERSION OFFER that opens a connection of version 1 (protocol section 4): what the client
// session, the suite and the load tool send first. Legacy has none.

#include <array>
#include <cstddef>

#include "codec/messages.h"

namespace wsapi {

inline constexpr std::array kOfferedVersions{std::byte{kVersion1}};

// Offers version 1 alone.
inline constexpr VersionOffer kOfferOfVersion1{.identifier = kVersionOfferIdentifier,
                                               .versions = {kOfferedVersions}};

}  // namespace wsapi
