// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "harness/text/columns.h"

namespace wsapi {
namespace {

using testing::ElementsAre;

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

Catalogue catalogue_of(const std::vector<std::string>& ids) {
  Catalogue catalogue;
  for (const std::string& id : ids) catalogue.cases.emplace_back().id = id;
  return catalogue;
}

std::vector<std::string> chosen(const std::vector<std::string>& select,
                                const std::vector<std::string>& exclude,
                                std::vector<std::string>& unmatched) {
  const Catalogue catalogue = catalogue_of({"a/1", "a/2", "b/1"});
  std::vector<std::string> ids;
  for (const TestCase* one : choose(catalogue, select, exclude, unmatched)) ids.push_back(one->id);
  return ids;
}

TEST(CatalogueTest, ChoosesBySelectAndExclude) {
  std::vector<std::string> unmatched;
  EXPECT_THAT(chosen({}, {}, unmatched), ElementsAre("a/1", "a/2", "b/1"));
  EXPECT_THAT(chosen({"a/*"}, {}, unmatched), ElementsAre("a/1", "a/2"));
  EXPECT_THAT(chosen({"b/*", "a/1"}, {}, unmatched), ElementsAre("a/1", "b/1"));
  EXPECT_THAT(chosen({"*"}, {"*/1"}, unmatched), ElementsAre("a/2"));
  EXPECT_THAT(chosen({"a/*"}, {"b/1"}, unmatched), ElementsAre("a/1", "a/2"));
  EXPECT_TRUE(chosen({"a/*"}, {"*"}, unmatched).empty());
  EXPECT_TRUE(unmatched.empty());
}

TEST(CatalogueTest, SaysWhichPatternsMatchNothing) {
  std::vector<std::string> unmatched;
  EXPECT_THAT(chosen({"a/*", "c/*"}, {"d"}, unmatched), ElementsAre("a/1", "a/2"));
  EXPECT_THAT(unmatched, ElementsAre("c/*", "d"));
}

TEST(CatalogueTest, FindsById) {
  const Catalogue catalogue = catalogue_of({"a/1", "a/2"});
  EXPECT_EQ(catalogue.find("a/2"), &catalogue.cases[1]);
  EXPECT_EQ(catalogue.find("a/*"), nullptr);
  EXPECT_EQ(catalogue.find(""), nullptr);
}

class WholeCatalogueTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::vector<FileError> errors;
    catalogue_ = new Catalogue(load_catalogue(WSAPI_SOURCE_VECTORS_DIR, errors));
    for (const FileError& error : errors) ADD_FAILURE() << to_string(error);
  }
  static void TearDownTestSuite() { delete catalogue_; }

  static Catalogue* catalogue_;
};
Catalogue* WholeCatalogueTest::catalogue_ = nullptr;

TEST_F(WholeCatalogueTest, IdsAreUnique) {
  std::set<std::string> ids;
  for (const TestCase& one : catalogue_->cases) EXPECT_TRUE(ids.insert(one.id).second) << one.id;
  EXPECT_GT(ids.size(), 5000U);
}

TEST_F(WholeCatalogueTest, EachCaseIsComplete) {
  for (const TestCase& one : catalogue_->cases) {
    EXPECT_NE(one.id.find('/'), std::string::npos) << one.id;
    EXPECT_TRUE(one.purpose.ends_with('.')) << one.id << ": " << one.purpose;
    EXPECT_FALSE(one.clause.empty()) << one.id;
    EXPECT_FALSE(one.revisions.empty()) << one.id;
    EXPECT_FALSE(one.steps.empty()) << one.id;
  }
}

TEST_F(WholeCatalogueTest, HoldsEachSource) {
  for (const char* id : {"call/minimal", "call/minimal~cut@7", "call/minimal~len(verb)=n-1",
                         "version-offer/minimal~count=255", "frame/ping-one-byte",
                         "frame/ping-one-byte~pong-payload", "frame/rsv1~close-code",
                         "negotiation/offer-and-call-in-one-write"}) {
    EXPECT_NE(catalogue_->find(id), nullptr) << id;
  }
}

TEST_F(WholeCatalogueTest, EachRevisionHasCases) {
  for (const Revision revision : kRevisions) {
    EXPECT_GT(std::ranges::count_if(catalogue_->cases,
                                    [&](const TestCase& one) {
                                      return std::ranges::find(one.revisions, revision) !=
                                             one.revisions.end();
                                    }),
              100)
        << name(revision);
  }
}

TEST_F(WholeCatalogueTest, ExplanationsFitTheTerminal) {
  for (std::size_t i = 0; i < catalogue_->cases.size(); i += 7) {
    const TestCase& one = catalogue_->cases[i];
    const std::string text = explain(one);
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
      EXPECT_LE(line.size(), kColumns) << one.id << ": " << line;
    }
    EXPECT_TRUE(std::ranges::all_of(text, [](char c) {
      return c == '\n' || (c >= 0x20 && c < 0x7f);
    })) << one.id;
  }
}

TEST(CatalogueTest, AFolderThatIsNotThereIsReported) {
  std::vector<FileError> errors;
  const Catalogue catalogue = load_catalogue("/nowhere/at/all", errors);
  EXPECT_TRUE(catalogue.cases.empty());
  EXPECT_GE(errors.size(), 3U);
  EXPECT_NE(to_string(errors.front()).find("/nowhere/at/all"), std::string::npos);
}

TEST(CatalogueTest, TheFolderIsTheGivenOneOrThatOfTheSources) {
  EXPECT_EQ(vectors_folder("/somewhere"), "/somewhere");
  EXPECT_EQ(vectors_folder(""), WSAPI_SOURCE_VECTORS_DIR);
}

}  // namespace
}  // namespace wsapi
