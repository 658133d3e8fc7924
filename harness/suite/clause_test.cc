// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/clause.h"

#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "harness/suite/catalogue.h"
#include "harness/suite/json_reader.h"

namespace wsapi {
namespace {

std::string protocol_page() {
  std::ifstream in(std::string{WSAPI_SOURCE_VECTORS_DIR} + "/PROTOCOL.md");
  return {std::istreambuf_iterator<char>(in), {}};
}

std::set<std::string> anchors() {
  const std::string page = protocol_page();
  const std::regex anchor("<a id=\"([^\"]+)\"");
  std::set<std::string> out;
  for (std::sregex_iterator it(page.begin(), page.end(), anchor), end; it != end; ++it) {
    EXPECT_TRUE(out.insert((*it)[1]).second) << "twice in PROTOCOL.md: " << (*it)[1];
  }
  return out;
}

TEST(ClauseTest, IsARuleOrWhatLiesInIt) {
  EXPECT_TRUE(clause_matches("events", "events-push"));
  EXPECT_TRUE(clause_matches("events-push", "events-push"));
  EXPECT_TRUE(clause_matches("4", "events-push"));
  EXPECT_TRUE(clause_matches("8", "peers-ping"));
  EXPECT_FALSE(clause_matches("5", "events-push"));
  EXPECT_FALSE(clause_matches("events-pu", "events-push"));
  EXPECT_FALSE(clause_matches("events-push", "events"));
  EXPECT_FALSE(clause_matches("event", "events"));
  EXPECT_FALSE(clause_matches("", "events"));
}

TEST(ClauseTest, IsShownWithItsSection) {
  EXPECT_EQ(clause_text("calls-one-reply"), "calls-one-reply (section 4, Calls)");
  EXPECT_EQ(clause_text("legacy-messages"), "legacy-messages (section 5, The legacy revision)");
  EXPECT_EQ(clause_text("nowhere"), "nowhere");
}

TEST(ClauseTest, SectionsAreThoseOfThePage) {
  const std::string page = protocol_page();
  const std::regex heading("\n##(#?) <a id=\"([^\"]+)\"></a>(?:([0-9]) )?([^\n]+)");
  std::string section;
  std::size_t count = 0;
  for (std::sregex_iterator it(page.begin(), page.end(), heading), end; it != end; ++it) {
    if ((*it)[1].length() == 0) section = (*it)[3];
    std::string title = (*it)[4];
    std::erase(title, '`');
    EXPECT_EQ(clause_text((*it)[2].str()),
              (*it)[2].str() + " (section " + section + ", " + title + ")");
    ++count;
  }
  EXPECT_GE(count, 19U);
  for (const std::string& anchor : anchors()) EXPECT_NE(clause_text(anchor), anchor);
}

TEST(ClauseTest, NoClauseInTheFilesDangles) {
  const std::set<std::string> known = anchors();
  std::vector<FileError> errors;
  for (const TestCase& one : load_catalogue(WSAPI_SOURCE_VECTORS_DIR, errors).cases) {
    EXPECT_TRUE(known.contains(one.clause)) << one.id << ": " << one.clause;
  }
  EXPECT_TRUE(errors.empty());
  const std::string folder = WSAPI_SOURCE_VECTORS_DIR;
  const auto recorded = read_json_file(folder + "/recorded/known_differences.json", errors);
  for (const auto& difference : recorded.at("differences")) {
    EXPECT_TRUE(known.contains(difference.at("clause").get<std::string>())) << difference.dump();
  }
}

}  // namespace
}  // namespace wsapi
