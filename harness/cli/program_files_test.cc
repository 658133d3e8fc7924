// SPDX-License-Identifier: Apache-2.0
//
// Vector files that are broken, one way each: run, list and vectors check refuse them, say where
// the fault is, and never crash.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "harness/cli/test_program.h"

namespace wsapi::testing {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::ordered_json;

// A copy of the vectors of the source tree, to be broken.
class ProgramFiles : public ::testing::Test {
 protected:
  ProgramFiles() {
    std::filesystem::copy("vectors", folder_ / "vectors", std::filesystem::copy_options::recursive);
  }

  [[nodiscard]] std::filesystem::path at(const std::string& name) const {
    return folder_ / "vectors" / name;
  }

  // Changes a file as JSON.
  template <typename Change>
  void change(const std::string& name, Change&& what) const {
    Json json = Json::parse(read_whole(at(name)));
    what(json);
    write_whole(at(name), json.dump(1));
  }

  [[nodiscard]] Ran run_here(Words words) const {
    words.insert(words.end(), {"--vectors", at("").string()});
    return run(words);
  }

  // All commands that read the folder end with status 4 and say all of the parts.
  void expect_refused(const std::vector<std::string>& parts) const {
    for (const Words& words : std::vector<Words>{
             {"run"}, {"list"}, {"explain", "server/call/minimal"}, {"vectors", "check"}}) {
      const Ran ran = run_here(words);
      SCOPED_TRACE(words.front());
      EXPECT_EQ(ran.status, 4) << ran;
      for (const std::string& part : parts) EXPECT_THAT(ran.err, HasSubstr(part));
      EXPECT_TRUE(words.front() == "vectors" || ran.out.empty()) << ran;
    }
  }

 private:
  TempFolder folder_;
};

constexpr const char* kCalls = "messages/call.json";

TEST_F(ProgramFiles, WholeCopyIsTaken) {
  const Ran ran = run_here({"run", "--select", "server/call/*"});
  EXPECT_EQ(ran.status, 0) << ran;
  EXPECT_EQ(run_here({"vectors", "check"}).status, 0);
}

TEST_F(ProgramFiles, NoJsonIsRefusedWithLineAndColumn) {
  write_whole(at(kCalls), "{\n  \"kind\": \"message-vectors\",\n  oops\n}\n");
  expect_refused({kCalls, "line 3, column 3", "not JSON"});
}

TEST_F(ProgramFiles, CutFileIsRefused) {
  const std::string text = read_whole(at(kCalls));
  write_whole(at(kCalls), text.substr(0, text.size() / 2));
  expect_refused({kCalls, "not JSON"});
}

TEST_F(ProgramFiles, EmptyFileIsRefused) {
  write_whole(at(kCalls), "");
  expect_refused({kCalls, "line 1", "not JSON"});
}

TEST_F(ProgramFiles, NullIsRefused) {
  write_whole(at(kCalls), "null\n");
  expect_refused({kCalls, "null"});
}

TEST_F(ProgramFiles, BytesThatAreNotUtf8AreRefused) {
  write_whole(at(kCalls), "{\"about\": \"\xff\x1b[31m\"}");
  expect_refused({kCalls, "not JSON"});
}

TEST_F(ProgramFiles, WrongValueIsRefusedWithItsJsonPointer) {
  change(kCalls, [](Json& json) { json["vectors"][3]["id"] = "Not An Id"; });
  expect_refused({kCalls, "/vectors/3/id"});
}

TEST_F(ProgramFiles, MissingAndUnknownKeysAreRefused) {
  change(kCalls, [](Json& json) {
    json["vectors"][2].erase("bytes");
    json["vectors"][4]["byts"] = "00";
  });
  expect_refused({kCalls, "/vectors/2", "/vectors/4"});
}

TEST_F(ProgramFiles, WrongScenarioIsRefusedWithItsJsonPointer) {
  change("scenarios/call.json", [](Json& json) {
    json["scenarios"][1]["steps"][0] = {{"frobnicate", true}};
  });
  expect_refused({"scenarios/call.json", "/scenarios/1/steps/0"});
}

TEST_F(ProgramFiles, WrongFrameVectorIsRefusedWithItsJsonPointer) {
  change("frames/control.json", [](Json& json) { json["vectors"][0]["bytes"] = "8g"; });
  expect_refused({"frames/control.json", "/vectors/0/bytes"});
}

TEST_F(ProgramFiles, IdThatIsTakenIsRefused) {
  change(kCalls, [](Json& json) { json["vectors"][3]["id"] = json["vectors"][0]["id"]; });
  expect_refused({kCalls, "/vectors/3/id", "is taken by"});
}

TEST_F(ProgramFiles, IdOfAScenarioThatIsTakenIsRefused) {
  change("scenarios/call.json",
         [](Json& json) { json["scenarios"][1]["id"] = json["scenarios"][0]["id"]; });
  expect_refused({"call/"});
}

TEST_F(ProgramFiles, FlagThatIsNotExplainedIsRefused) {
  change(kCalls, [](Json& json) { json["vectors"][3]["flags"] = {"NobodyExplainsMe"}; });
  expect_refused({kCalls, "/vectors/3/flags", "NobodyExplainsMe"});
}

TEST_F(ProgramFiles, MemberThatStandsTwiceIsRefused) {
  const std::string text = read_whole(at(kCalls));
  write_whole(at(kCalls), "{\"about\": \"Another text of some length.\"," + text.substr(1));
  expect_refused({kCalls, "/about", "stands before it already"});
}

// The program reads what the schemas say by itself: they are for others.
TEST_F(ProgramFiles, SchemasAreNotNeeded) {
  std::filesystem::remove_all(at("schema"));
  EXPECT_EQ(run_here({"vectors", "check"}).status, 0);
}

TEST_F(ProgramFiles, FolderInPlaceOfAFileIsRefused) {
  std::filesystem::create_directory(at("messages/folder.json"));
  expect_refused({"messages/folder.json", "is a folder"});
}

TEST_F(ProgramFiles, LinkToNothingIsRefused) {
  std::filesystem::create_symlink("nowhere", at("frames/link.json"));
  expect_refused({"frames/link.json", "cannot be opened"});
}

TEST_F(ProgramFiles, FileWithoutPermissionIsRefused) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read every file";
  std::filesystem::permissions(at(kCalls), std::filesystem::perms::none);
  expect_refused({kCalls, "cannot be opened"});
}

TEST_F(ProgramFiles, MissingFolderIsRefused) {
  std::filesystem::remove_all(at("scenarios"));
  expect_refused({"scenarios", "cannot be read as a folder"});
}

TEST_F(ProgramFiles, EmptyFolderIsRefused) {
  std::filesystem::remove_all(at("messages"));
  std::filesystem::create_directory(at("messages"));
  expect_refused({"messages", "at least one is expected"});
}

TEST_F(ProgramFiles, TextOf5000CharactersIsRefused) {
  change(kCalls, [](Json& json) { json["vectors"][3]["purpose"] = std::string(5000, 'a'); });
  expect_refused({kCalls, "/vectors/3/purpose", "4096"});
}

TEST_F(ProgramFiles, KeyOf5000CharactersIsRefusedAndShortened) {
  change(kCalls, [](Json& json) { json["vectors"][3][std::string(5000, 'k')] = true; });
  expect_refused({kCalls});
  EXPECT_LT(run_here({"list"}).err.size(), 5000U);
}

class ProgramFilesDepth : public ProgramFiles, public ::testing::WithParamInterface<std::size_t> {};

TEST_P(ProgramFilesDepth, DeepNestingIsRefused) {
  const std::size_t depth = GetParam();
  write_whole(at(kCalls), "{\"about\":" + std::string(depth, '[') + std::string(depth, ']') + "}");
  expect_refused({kCalls, "nested more than"});
}

INSTANTIATE_TEST_SUITE_P(All, ProgramFilesDepth, ::testing::Values(100, 5'000'000));

TEST_F(ProgramFiles, FileThatIsTooLongIsRefused) {
  write_whole(at(kCalls), std::string((16U << 20U) + 1, ' '));
  expect_refused({kCalls, "is longer than"});
}

TEST_F(ProgramFiles, TextsOfAFileAreEscapedInMessages) {
  change(kCalls, [](Json& json) { json["vectors"][3]["flags"] = {"\x1b[31mred\n"}; });
  expect_refused({kCalls});
  EXPECT_EQ(run_here({"list"}).err.find('\x1b'), std::string::npos);
}

// ---- Files that are in order, and say what is wrong

TEST_F(ProgramFiles, VectorThatDisagreesWithTheCodecIsFoundByCheck) {
  change(kCalls, [](Json& json) { json["vectors"][0]["message"]["verb"] = "pong"; });
  const Ran ran = run_here({"vectors", "check"});
  EXPECT_EQ(ran.status, 4) << ran;
  EXPECT_THAT(ran.err, HasSubstr("call/minimal: "));
  EXPECT_THAT(ran.out, HasSubstr("not right"));
}

TEST_F(ProgramFiles, FrameVectorThatDisagreesWithTheDecoderIsFoundByCheck) {
  std::string id;
  change("frames/violations.json", [&](Json& json) {
    id = json["vectors"][0]["id"];
    json["vectors"][0]["bytes"] = "82027601";
  });
  const Ran ran = run_here({"vectors", "check"});
  EXPECT_EQ(ran.status, 4) << ran;
  EXPECT_THAT(ran.err, HasSubstr(id));
}

TEST_F(ProgramFiles, VectorThatTheServerContradictsFailsTheRun) {
  // An answer where none may come.
  change("messages/describe.json", [](Json& json) { json["vectors"][0]["reaction"] = "silence"; });
  const Ran ran = run_here({"run", "--select", "server/describe/*"});
  EXPECT_EQ(ran.status, 1) << ran;
  EXPECT_GE(sums_of(ran.out).fail, 1U);
}

TEST_F(ProgramFiles, FilesBesideTheVectorsAreLeftAlone) {
  write_whole(at("messages/notes.txt"), "not JSON");
  EXPECT_EQ(run_here({"run", "--select", "server/call/minimal"}).status, 0);
}

}  // namespace
}  // namespace wsapi::testing
