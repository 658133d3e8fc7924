// SPDX-License-Identifier: Apache-2.0
#pragma once

// What passed on connections, and in which state they are, in a few words for reasons.

#include <string>
#include <vector>

#include "codec/message.h"
#include "codec/revision.h"
#include "harness/tester/lower_tester.h"

namespace wsapi {

// What was sent last, known-good requests apart: "CALL 5129 (malformed: ...)", "13 of 39 octets of
// a frame". Empty where there is nothing.
[[nodiscard]] std::string sent_words(const LowerTester& tester, Revision revision,
                                     Direction to_iut);

// "REPLY 5 with error unknown-verb", "nothing".
[[nodiscard]] std::string received_words(const Received& received, Revision revision,
                                         Direction from_iut);

// Whether it is a message that can be decoded and ends where its payload ends.
[[nodiscard]] bool is_whole(const Received& received, Revision revision, Direction from_iut);

// "while `slow` holds 13 of 39 octets of a frame"; empty where there is nothing to say of them.
[[nodiscard]] std::string states_of_others(const std::vector<LowerTester*>& all,
                                           const LowerTester& failed);

// Those that are open and hold a part of a frame, or do not read what they have asked for.
[[nodiscard]] std::vector<LowerTester*> holding_others(const std::vector<LowerTester*>& all,
                                                       const LowerTester& failed);

// "`slow` and `deaf`"
[[nodiscard]] std::string names_of(const std::vector<LowerTester*>& testers);

}  // namespace wsapi
