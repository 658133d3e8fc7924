// SPDX-License-Identifier: Apache-2.0
#pragma once

// Clauses: the anchors of the rules in vectors/PROTOCOL.md, such as "calls-one-reply".

#include <string>
#include <string_view>

namespace wsapi {

// Whether the clause is that rule or lies in it: `wanted` is the anchor of a rule ("events-push"),
// the beginning of one up to a hyphen ("events"), or the number of a section ("4").
[[nodiscard]] bool clause_matches(std::string_view wanted, std::string_view clause) noexcept;

// For people: "calls-one-reply (section 4, Calls)"; the anchor alone where its section is not
// known.
[[nodiscard]] std::string clause_text(std::string_view clause);

// The section of the clause: "4 Calls"; the clause itself where that is not known.
[[nodiscard]] std::string section_text(std::string_view clause);

}  // namespace wsapi
