// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a careless decoder reads a malformed message: as a well-formed one, which the server then
// gets instead.

#include <optional>

#include "harness/peers/deviations/deviation.h"

namespace wsapi {

struct Leniency {
  bool zero_is_empty = false;      // a string of length 0 is the empty one
  bool nul_is_not_needed = false;  // a string without its NUL is taken whole
  bool ends_at_input = false;      // a length beyond the end is cut there
  bool missing_is_zero = false;    // fields that have not come are 0, empty or null
};

// The message of that type, if `octets` is malformed and read so comes to one; else nothing.
template <WsapiMessage Message>
[[nodiscard]] std::optional<Octets> read_leniently(OctetView octets, Revision revision,
                                                   const Leniency& leniency);

extern template std::optional<Octets> read_leniently<Call>(OctetView, Revision, const Leniency&);
extern template std::optional<Octets> read_leniently<SessionCreate>(OctetView, Revision,
                                                                    const Leniency&);
extern template std::optional<Octets> read_leniently<TokenCreate>(OctetView, Revision,
                                                                  const Leniency&);
extern template std::optional<Octets> read_leniently<VersionOffer>(OctetView, Revision,
                                                                   const Leniency&);
extern template std::optional<Octets> read_leniently<Describe>(OctetView, Revision,
                                                               const Leniency&);
extern template std::optional<Octets> read_leniently<SessionRemove>(OctetView, Revision,
                                                                    const Leniency&);

}  // namespace wsapi
