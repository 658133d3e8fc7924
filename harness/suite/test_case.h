// SPDX-License-Identifier: Apache-2.0
#pragma once

// A test case: what it tests, why, and what it needs. What happens on the wire is its script
// (script.h), which those who only list, choose or report cases need not know.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/revision.h"
#include "harness/suite/level.h"
#include "harness/suite/role.h"
#include "harness/suite/wire_bytes.h"

namespace wsapi {

struct Script;  // script.h

struct TestCase {
  std::string id;  // "ROLE/GROUP/WORDS"; of a derived case also "~RULE"
  Role role = Role::kServer;
  std::string purpose;  // one sentence
  std::string clause;   // the rule of the protocol
  Level level = Level::kMust;
  std::vector<Revision> revisions;
  std::vector<std::string> requirements;  // sorted, as requirements.h has them
  std::vector<std::string> flags;         // of the vector that it is made of
  bool derived = false;                   // made by a rule, not written by hand
  bool disturbs = false;                  // a fresh connection must make a good call afterwards
  std::string basic;                      // the feature whose basic case it is (features.h)
  bool alone = false;                     // nothing else runs meanwhile
  bool wants_fresh_process = false;       // of a procedure in its script (procedure.h)
  std::shared_ptr<const Script> script;   // null where the suite does not run such cases

  // Where the case is made of a vector: the bytes of the message and its direction, or, without a
  // direction, the octets of the stream.
  WireBytes bytes;
  std::optional<Direction> direction;
};

// The case in sentences, for people: purpose, clause, what it needs, and its steps with their bytes
// annotated. Lines of at most 100 columns.
[[nodiscard]] std::string explain(const TestCase& test_case);

}  // namespace wsapi
