// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/clause_list.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>

#include "harness/suite/catalogue.h"

namespace wsapi {
namespace {

class ClauseListTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::vector<FileError> errors;
    clauses_ = new std::vector<Clause>(load_clauses(WSAPI_SOURCE_VECTORS_DIR, errors));
    catalogue_ = new Catalogue(load_catalogue(WSAPI_SOURCE_VECTORS_DIR, errors));
    for (const FileError& error : errors) ADD_FAILURE() << to_string(error);
  }
  static void TearDownTestSuite() {
    delete clauses_;
    delete catalogue_;
  }

  // The clauses of the cases that the suite has for that role.
  static std::set<std::string> tested_by(Role role) {
    std::set<std::string> out;
    for (const TestCase& one : catalogue_->cases) {
      if (one.role == role) out.insert(one.clause);
    }
    return out;
  }

  static std::vector<Clause>* clauses_;
  static Catalogue* catalogue_;
};

std::vector<Clause>* ClauseListTest::clauses_ = nullptr;
Catalogue* ClauseListTest::catalogue_ = nullptr;

// The anchors of the page without those of its headings.
std::vector<std::string> rule_anchors() {
  std::ifstream in(std::string{WSAPI_SOURCE_VECTORS_DIR} + "/PROTOCOL.md");
  const std::regex anchor("<a id=\"([^\"]+)\"");
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    for (std::sregex_iterator it(line.begin(), line.end(), anchor), end; it != end; ++it) {
      out.push_back((*it)[1]);
    }
  }
  return out;
}

TEST_F(ClauseListTest, HoldsTheRulesOfThePageInItsOrder) {
  std::vector<std::string> anchors;
  for (const Clause& clause : *clauses_) anchors.push_back(clause.anchor);
  EXPECT_EQ(anchors, rule_anchors());
}

TEST_F(ClauseListTest, EachRuleOfAServerHasACase) {
  const std::set<std::string> tested = tested_by(Role::kServer);
  for (const Clause& clause : *clauses_) {
    EXPECT_TRUE(!clause.binds_server() || tested.contains(clause.anchor)) << clause.anchor;
  }
}

// A case may ask for less than its rule, and never for more.
TEST_F(ClauseListTest, NoCaseBindsMoreThanItsRule) {
  std::map<std::string, Clause> by_anchor;
  for (const Clause& clause : *clauses_) by_anchor[clause.anchor] = clause;
  for (const TestCase& one : catalogue_->cases) {
    if (one.role != Role::kServer || one.level != Level::kMust) continue;
    ASSERT_TRUE(by_anchor.contains(one.clause)) << one.id;
    const Clause& clause = by_anchor.at(one.clause);
    EXPECT_TRUE(clause.level == Level::kMust || clause.level == Level::kRobustness)
        << one.id << ": " << one.clause;
  }
}

TEST(ClauseListFileTest, ALevelBelongsToARuleThatSomebodyKeeps) {
  const auto folder = std::filesystem::path(::testing::TempDir()) / "clause-list";
  std::filesystem::create_directories(folder);
  const auto load = [&](const std::string& clause) {
    std::ofstream(folder / "clauses.json")
        << R"({"$schema":"schema/clauses.schema.json","kind":"clauses","about":"For a test.",)"
        << R"("clauses":[)" << clause << "]}";
    std::vector<FileError> errors;
    const auto clauses = load_clauses(folder, errors);
    EXPECT_EQ(clauses.size(), 1U);
    return errors.size();
  };
  const std::string rest = R"("anchor":"a-rule","text":"What it says.")";
  EXPECT_EQ(load("{" + rest + R"(,"side":"server","level":"must"})"), 0U);
  EXPECT_EQ(load("{" + rest + R"(,"side":"none"})"), 0U);
  EXPECT_EQ(load("{" + rest + R"(,"side":"none","level":"must"})"), 1U);
  EXPECT_EQ(load("{" + rest + R"(,"side":"server"})"), 1U);
  EXPECT_GE(load("{" + rest + R"(,"side":"nobody","level":"must"})"), 1U);
}

}  // namespace
}  // namespace wsapi
