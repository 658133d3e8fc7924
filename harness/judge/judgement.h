// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a judge says of a recorded row: values.

#include <compare>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "harness/judge/recorded_rows.h"

namespace wsapi::recorded {

// A row in which a binder did not do what the rules say.
struct Finding {
  std::string file;
  std::string name;  // of the row
  std::string expected;
  std::string seen;

  friend auto operator<=>(const Finding&, const Finding&) = default;
};

inline void PrintTo(const Finding& finding, std::ostream* out) {
  *out << finding.file << ": " << finding.name << ": expected " << finding.expected << ", seen "
       << finding.seen;
}

using Findings = std::multiset<Finding>;
using Counts = std::map<std::string, int>;

// A message that the recorder sent, and what came of it.
struct JudgedMessage {
  Bytes bytes;
  std::string rule;           // which rule says what is expected
  std::string effect;         // what was seen: "reply", "silence", "delivered" ...
  bool is_pending = false;    // an answer to a request that was pending
  bool is_after_end = false;  // the connection should have ended before
};

struct Judgement {
  Findings findings;
  Counts counts;  // what was covered, so that nothing is passed over unseen
  std::vector<JudgedMessage> messages;
};

}  // namespace wsapi::recorded
