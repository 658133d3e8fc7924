// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which cases a command works on, as its options say.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/suite/test_case.h"

namespace wsapi {

// A case is chosen if it meets every condition that is given. An empty list is no condition; of the
// values in a list one suffices.
struct CaseFilter {
  std::vector<std::string> select;   // globs of ids
  std::vector<std::string> exclude;  // globs of ids that are not chosen
  std::vector<Role> roles;
  std::vector<Level> levels;
  std::vector<std::string> clauses;  // as clause_matches() of clause.h
  std::vector<std::string> flags;
  bool hand_written = false;  // only those that are not derived
};

// Whether the whole text matches: `*` is any text, `?` any one character.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view text) noexcept;

// Whether a text that begins with `prefix` can match; true also in doubt.
[[nodiscard]] bool glob_may_match(std::string_view pattern, std::string_view prefix) noexcept;

// A value of an option that chose nothing.
struct UnmatchedValue {
  std::string_view option;  // "--select"
  std::string value;
};

// Applies a filter to the cases of a catalogue, one after the other, and keeps in mind which of its
// values matched anything. The filter must outlive it.
class CaseMatcher {
 public:
  explicit CaseMatcher(const CaseFilter& filter);

  // Whether cases of that role whose ids begin so ("server/call/minimal~") need to be looked at.
  [[nodiscard]] bool may_match(Role role, std::string_view id_prefix) const;

  // Whether a case of that role and id is chosen as far as its id decides.
  bool matches_id(Role role, std::string_view id);

  // Whether a case for which matches_id() is true is chosen.
  bool matches_rest(const TestCase& test_case);

  // Patterns of ids that match no case of the roles asked for; clauses and flags that no case has
  // that is chosen otherwise.
  [[nodiscard]] std::vector<UnmatchedValue> unmatched() const;

 private:
  struct Values {
    std::string_view option;
    const std::vector<std::string>* texts = nullptr;
    std::vector<bool> matched;
  };

  template <typename Matches>
  static bool any_of(Values& values, Matches&& matches);

  const CaseFilter& filter_;
  Values select_;
  Values exclude_;
  Values clauses_;
  Values flags_;
};

}  // namespace wsapi
