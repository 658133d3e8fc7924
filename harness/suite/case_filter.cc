// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/case_filter.h"

#include <algorithm>

#include "harness/suite/clause.h"

namespace wsapi {
namespace {

template <typename T>
bool allows(const std::vector<T>& wanted, const T& value) {
  return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view text) noexcept {
  // The usual two cursors: on a mismatch, the last `*` takes one character more.
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool glob_may_match(std::string_view pattern, std::string_view prefix) noexcept {
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    if (i == pattern.size()) return false;
    if (pattern[i] == '*') return true;
    if (pattern[i] != '?' && pattern[i] != prefix[i]) return false;
  }
  return true;
}

CaseMatcher::CaseMatcher(const CaseFilter& filter)
    : filter_(filter),
      select_{"--select", &filter.select, std::vector<bool>(filter.select.size())},
      exclude_{"--exclude", &filter.exclude, std::vector<bool>(filter.exclude.size())},
      clauses_{"--clause", &filter.clauses, std::vector<bool>(filter.clauses.size())},
      flags_{"--flag", &filter.flags, std::vector<bool>(filter.flags.size())} {}

template <typename Matches>
bool CaseMatcher::any_of(Values& values, Matches&& matches) {
  bool any = false;
  for (std::size_t i = 0; i < values.texts->size(); ++i) {
    if (!matches((*values.texts)[i])) continue;
    values.matched[i] = true;
    any = true;
  }
  return any;
}

bool CaseMatcher::may_match(Role role, std::string_view id_prefix) const {
  if (!allows(filter_.roles, role)) return false;
  if (filter_.select.empty()) return true;
  const auto may = [&](const std::string& pattern) { return glob_may_match(pattern, id_prefix); };
  return std::ranges::any_of(filter_.select, may) || std::ranges::any_of(filter_.exclude, may);
}

bool CaseMatcher::matches_id(Role role, std::string_view id) {
  if (!allows(filter_.roles, role)) return false;
  const auto matches = [&](const std::string& pattern) { return glob_matches(pattern, id); };
  const bool selected = any_of(select_, matches) || filter_.select.empty();
  const bool excluded = any_of(exclude_, matches);
  return selected && !excluded;
}

bool CaseMatcher::matches_rest(const TestCase& test_case) {
  if (!allows(filter_.levels, test_case.level)) return false;
  if (filter_.hand_written && test_case.derived) return false;
  const auto in_clause = [&](const std::string& wanted) {
    return clause_matches(wanted, test_case.clause);
  };
  const auto has_flag = [&](const std::string& flag) {
    return std::ranges::find(test_case.flags, flag) != test_case.flags.end();
  };
  const bool clause = any_of(clauses_, in_clause) || filter_.clauses.empty();
  const bool flag = any_of(flags_, has_flag) || filter_.flags.empty();
  return clause && flag;
}

std::vector<UnmatchedValue> CaseMatcher::unmatched() const {
  std::vector<UnmatchedValue> out;
  for (const Values* const values : {&select_, &exclude_, &clauses_, &flags_}) {
    for (std::size_t i = 0; i < values->texts->size(); ++i) {
      if (!values->matched[i]) out.push_back({values->option, (*values->texts)[i]});
    }
  }
  return out;
}

}  // namespace wsapi
