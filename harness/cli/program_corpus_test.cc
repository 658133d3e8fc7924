// SPDX-License-Identifier: Apache-2.0
//
// wsapi-conform run --export-corpus: what a run leaves for the fuzz targets.

#include <gmock/gmock.h>

#include <map>

#include "harness/cli/test_program.h"

namespace wsapi::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

using Files = std::map<std::string, std::string>;  // content by name

Files files_of(const std::filesystem::path& folder) {
  Files files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files[entry.path().filename().string()] = read_whole(entry.path());
  }
  return files;
}

Ran run_with_export(const std::filesystem::path& folder) {
  return run({"run", "--quiet", "--revision", "2020-03", "--select", "server/call/minimal",
              "--select", "server/describe/*", "--export-corpus", folder.string()});
}

TEST(ProgramCorpus, HasTheStreamsOfEachConnection) {
  using std::string_literals::operator""s;
  const std::string offer = "\x82\x07V\x09\x14\x4c\x17\x01\x01"s;
  const std::string version_set = "\x82\x02v\x01"s;
  const TempFolder temp;
  const auto folder = temp / "new" / "corpus";
  const Ran ran = run_with_export(folder);
  ASSERT_EQ(ran.status, 0) << ran;
  const Files to_server = files_of(folder / "server_session");
  const Files from_server = files_of(folder / "client_session");
  Files both = to_server;
  both.insert(from_server.begin(), from_server.end());
  EXPECT_GE(to_server.size(), 2U);
  EXPECT_GE(from_server.size(), 2U);
  EXPECT_EQ(files_of(folder / "frame"), both);
  for (const auto& [name, content] : to_server) EXPECT_TRUE(content.starts_with(offer)) << name;
  for (const auto& [name, content] : from_server) {
    EXPECT_TRUE(content.starts_with(version_set)) << name;
  }
  for (const auto& [name, content] : both) EXPECT_THAT(name, MatchesRegex("[0-9a-f]{16}"));
}

TEST(ProgramCorpus, TheSameRunAddsNothing) {
  const TempFolder temp;
  ASSERT_EQ(run_with_export(temp / "corpus").status, 0);
  const Files before = files_of(temp / "corpus/server_session");
  ASSERT_EQ(run_with_export(temp / "corpus").status, 0);
  EXPECT_EQ(files_of(temp / "corpus/server_session"), before);
}

TEST(ProgramCorpus, FolderThatCannotBeMade) {
  const TempFolder temp;
  write_whole(temp / "file", "");
  const Ran ran = run_with_export(temp / "file");
  EXPECT_EQ(ran.status, 4) << ran;
  EXPECT_THAT(ran.err, HasSubstr("--export-corpus: "));
  EXPECT_THAT(ran.err, HasSubstr("file"));
}

}  // namespace
}  // namespace wsapi::testing
