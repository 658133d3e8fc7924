// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/case_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wsapi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The slow, obvious twin.
bool matches_slowly(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    return matches_slowly(pattern.substr(1), text) ||
           (!text.empty() && matches_slowly(pattern, text.substr(1)));
  }
  return !text.empty() && (pattern.front() == '?' || pattern.front() == text.front()) &&
         matches_slowly(pattern.substr(1), text.substr(1));
}

// All texts of at most `size` letters out of `letters`.
std::vector<std::string> all_texts(std::string_view letters, std::size_t size) {
  std::vector<std::string> all{""};
  for (std::size_t begin = 0, round = 0; round < size; ++round) {
    const std::size_t end = all.size();
    for (; begin < end; ++begin) {
      for (const char c : letters) all.push_back(all[begin] + c);
    }
  }
  return all;
}

TEST(GlobTest, AgreesWithTheObviousOne) {
  const auto texts = all_texts("ab", 6);
  for (const std::string& pattern : all_texts("ab*?", 5)) {
    for (const std::string& text : texts) {
      ASSERT_EQ(glob_matches(pattern, text), matches_slowly(pattern, text))
          << pattern << " on " << text;
    }
  }
}

TEST(GlobTest, IdsAsTheyAre) {
  EXPECT_TRUE(glob_matches("call/*", "call/minimal~cut@7"));
  EXPECT_TRUE(glob_matches("*~len(*)=n?1", "call/minimal~len(verb)=n-1"));
  EXPECT_FALSE(glob_matches("call", "call/minimal"));
  EXPECT_FALSE(glob_matches("CALL/*", "call/minimal"));
  EXPECT_TRUE(glob_matches("call/[a]", "call/[a]")) << "brackets are themselves";
}

TEST(GlobTest, ManyStarsAreQuick) {
  std::string pattern;
  for (int i = 0; i < 40; ++i) pattern += "*a";
  EXPECT_FALSE(glob_matches(pattern + "b", std::string(5000, 'a')));
}

// Whether any text of at most `size` more letters matches.
bool any_longer_matches(std::string_view pattern, const std::string& prefix, std::size_t size) {
  for (const std::string& rest : all_texts("ab", size)) {
    if (matches_slowly(pattern, prefix + rest)) return true;
  }
  return false;
}

TEST(GlobTest, APrefixThatCanStillMatchIsSeen) {
  for (const std::string& pattern : all_texts("ab*?", 4)) {
    for (const std::string& prefix : all_texts("ab", 3)) {
      if (any_longer_matches(pattern, prefix, 4)) {
        EXPECT_TRUE(glob_may_match(pattern, prefix)) << pattern << " on " << prefix;
      }
    }
  }
  EXPECT_FALSE(glob_may_match("server/call/minimal", "server/reply/"));
  EXPECT_FALSE(glob_may_match("server/call", "server/call/"));
}

TestCase case_of(const std::string& id) {
  TestCase out;
  out.id = id;
  out.role = id.starts_with("server") ? Role::kServer : Role::kClient;
  return out;
}

class CaseMatcherTest : public testing::Test {
 protected:
  std::vector<std::string> chosen() {
    CaseMatcher matcher(filter_);
    std::vector<std::string> ids;
    for (const TestCase& one : cases_) {
      if (matcher.matches_id(one.role, one.id) && matcher.matches_rest(one)) ids.push_back(one.id);
    }
    unmatched_.clear();
    for (const UnmatchedValue& value : matcher.unmatched()) {
      unmatched_.push_back(std::string{value.option} + " " + value.value);
    }
    return ids;
  }

  std::vector<TestCase> cases_{case_of("server/a/1"), case_of("server/a/2"), case_of("client/b/1")};
  CaseFilter filter_;
  std::vector<std::string> unmatched_;
};

TEST_F(CaseMatcherTest, ChoosesBySelectAndExclude) {
  EXPECT_THAT(chosen(), ElementsAre("server/a/1", "server/a/2", "client/b/1"));
  filter_.select = {"server/*", "client/b/1"};
  EXPECT_THAT(chosen(), ElementsAre("server/a/1", "server/a/2", "client/b/1"));
  filter_.exclude = {"*/1"};
  EXPECT_THAT(chosen(), ElementsAre("server/a/2"));
  EXPECT_THAT(unmatched_, IsEmpty());
  filter_.exclude = {"*"};
  EXPECT_THAT(chosen(), IsEmpty());
  EXPECT_THAT(unmatched_, IsEmpty());
}

TEST_F(CaseMatcherTest, ConditionsAreJoinedByAnd) {
  cases_[0].level = Level::kShould;
  cases_[1].level = Level::kShould;
  cases_[1].derived = true;
  cases_[0].clause = "events-push";
  cases_[0].flags = {"X", "Y"};
  filter_.levels = {Level::kShould, Level::kRobustness};
  EXPECT_THAT(chosen(), ElementsAre("server/a/1", "server/a/2"));
  filter_.hand_written = true;
  EXPECT_THAT(chosen(), ElementsAre("server/a/1"));
  filter_.clauses = {"events"};
  filter_.flags = {"Y"};
  EXPECT_THAT(chosen(), ElementsAre("server/a/1"));
  filter_.roles = {Role::kClient};
  EXPECT_THAT(chosen(), IsEmpty());
}

TEST_F(CaseMatcherTest, SaysWhichValuesMatchNothing) {
  cases_[0].clause = "events-push";
  cases_[0].flags = {"X"};
  filter_.select = {"server/*", "c/*"};
  filter_.exclude = {"d"};
  filter_.clauses = {"events", "calls"};
  filter_.flags = {"Y", "X"};
  EXPECT_THAT(chosen(), ElementsAre("server/a/1"));
  EXPECT_THAT(unmatched_, ElementsAre("--select c/*", "--exclude d", "--clause calls", "--flag Y"));
}

TEST_F(CaseMatcherTest, APatternForAnotherRoleMatchesNothing) {
  filter_.roles = {Role::kServer};
  filter_.select = {"client/*", "server/*"};
  EXPECT_THAT(chosen(), ElementsAre("server/a/1", "server/a/2"));
  EXPECT_THAT(unmatched_, ElementsAre("--select client/*"));
}

TEST_F(CaseMatcherTest, SaysWhereNothingNeedsToBeLookedAt) {
  EXPECT_TRUE(CaseMatcher(filter_).may_match(Role::kServer, "server/a/1~"));
  filter_.select = {"server/b/*"};
  filter_.roles = {Role::kServer};
  EXPECT_FALSE(CaseMatcher(filter_).may_match(Role::kServer, "server/a/1~"));
  EXPECT_TRUE(CaseMatcher(filter_).may_match(Role::kServer, "server/b/1~"));
  EXPECT_FALSE(CaseMatcher(filter_).may_match(Role::kCodec, "codec/b/1~"));
  filter_.exclude = {"*~cut*"};
  EXPECT_TRUE(CaseMatcher(filter_).may_match(Role::kServer, "server/a/1~"));
}

}  // namespace
}  // namespace wsapi
