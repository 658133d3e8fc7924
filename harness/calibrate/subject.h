// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the suite is run on to be tested itself: the reference server, null peers, legal variants
// and defects; and what each run of it is to show.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/revision.h"
#include "harness/peers/deviations/deviation.h"

namespace wsapi {

enum class SubjectKind : std::uint8_t {
  kReference,  // passes everything
  kNullPeer,   // passes nothing but what is listed
  kVariant,    // passes everything
  kDefect,     // fails a case of its own rule
};
[[nodiscard]] std::string_view name(SubjectKind kind) noexcept;

struct Subject {
  SubjectKind kind = SubjectKind::kReference;
  std::string name;
  Revision revision = kReferenceRevision;
  const Deviation* deviation = nullptr;  // of variants and defects
  bool harms_process = false;
};

// All, in the order of the matrix. Those that a revision does not have are in the first that does;
// with `revision` they are left out. With `only`, those whose name matches the pattern.
[[nodiscard]] std::vector<Subject> subjects(std::optional<Revision> revision,
                                            const std::string& only);

// The rules whose cases may fail for the defect: its own, and their siblings.
[[nodiscard]] std::vector<std::string> rules_of(const Deviation& defect);

// Whether the null peer rightly passes the case: what it does happens to be right there.
[[nodiscard]] bool may_pass(std::string_view null_peer, std::string_view id,
                            std::string_view clause);

// Whether the name is matched by a pattern with `*` for any text.
[[nodiscard]] bool matches(std::string_view pattern, std::string_view name);

}  // namespace wsapi
