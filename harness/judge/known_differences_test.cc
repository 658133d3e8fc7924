// SPDX-License-Identifier: Apache-2.0

#include "harness/judge/known_differences.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <utility>

namespace wsapi::recorded {
namespace {

// The findings, and the errors as text.
std::pair<KnownDifferences, std::string> read(const std::string& entries) {
  const std::filesystem::path path =
      std::filesystem::path(testing::TempDir()) / "known_differences_test.json";
  std::ofstream(path) << R"({"differences":)" << entries << "}";
  std::vector<FileError> errors;
  KnownDifferences known = read_known_differences(path, errors);
  std::string text;
  for (const FileError& error : errors) text += error.place + ": " + error.message + ";";
  std::filesystem::remove(path);
  return {std::move(known), text};
}

TEST(KnownDifferencesTest, OneFindingForEachCase) {
  const auto [known, errors] =
      read(R"([{"file":"f","case":"a","expected":"e","seen":"s","clause":"c","why":"w"},
               {"file":"f","cases":["b","c"],"expected":"e","seen":"s","clause":"d","why":"w"}])");
  EXPECT_EQ(errors, "");
  EXPECT_EQ(known.findings,
            (Findings{{"f", "a", "e", "s"}, {"f", "b", "e", "s"}, {"f", "c", "e", "s"}}));
  EXPECT_EQ(known.clauses, (std::vector<std::string>{"c", "d"}));
}

TEST(KnownDifferencesTest, WrongEntries) {
  const std::string end = R"("expected":"e","seen":"s","clause":"c","why":"w"}])";
  const std::pair<std::string, std::string> cases[] = {
      {"7", "/differences: is missing, or is not a list;"},
      {"[7]", "/differences/0: the entry is not an object;"},
      {R"([{"file":"f","case":"a","more":1,)" + end, "/differences/0: the member more is unknown;"},
      {R"([{"file":"f",)" + end, "/differences/0: case is missing, or is not a text;"},
      {R"([{"file":"f","case":"",)" + end, "/differences/0: case is missing, or is not a text;"},
      {R"([{"file":"f","case":"a","cases":["b"],)" + end,
       "/differences/0: there are both case and cases;"},
      {R"([{"file":"f","cases":[],)" + end, "/differences/0: cases is not a list, or is empty;"},
      {R"([{"file":"f","cases":["a","a"],)" + end, "/differences/0: the case comes twice: a;"},
  };
  for (const auto& [entries, errors] : cases) EXPECT_EQ(read(entries).second, errors) << entries;
}

}  // namespace
}  // namespace wsapi::recorded
