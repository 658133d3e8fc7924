// SPDX-License-Identifier: Apache-2.0
//
// Where the output of wsapi-conform goes: a reader that goes away, a full disk, reports on standard
// output, reports that replace older ones, and reports made of records.

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "harness/cli/test_program.h"

namespace wsapi::testing {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

// Each command that writes to standard output, with its exit status where nothing goes wrong.
struct Writer {
  Words words;
  int status = 0;
};

std::vector<Writer> writers(const TempFolder& folder) {
  const std::string records = (folder / "records").string();
  EXPECT_EQ(run({"run", "--select", "server/call/minimal", "--report", "ndjson:" + records}).status,
            0);
  return {{{"run", "--select", "server/call/minimal"}},
          {{"run", "--builtin", "yes", "--select", "server/call/minimal", "--timeout", "2"}, 1},
          {{"run", "--select", "server/call/minimal", "--report", "json:-"}},
          {{"run", "--select", "server/call/minimal", "--report", "ndjson:-"}},
          {{"load", "--seconds", "0.1", "--warmup", "0"}},
          {{"load", "--seconds", "0.1", "--warmup", "0", "--report", "json:-"}},
          {{"list"}},
          {{"list", "--long"}},
          {{"explain", "server/call/minimal"}},
          {{"decode", "76 01"}},
          {{"vectors", "export"}},
          {{"vectors", "check"}},
          {{"report", "json", records}},
          {{"report", "text", records}},
          {{"report", "junit", records}},
          {{"--help"}},
          {{"--version"}}};
}

std::string joined(const Words& words) {
  std::string out;
  for (const std::string& word : words) out += word + " ";
  return out;
}

TEST(ProgramOutput, AReaderThatGoesAwayEndsEveryCommandQuietly) {
  const TempFolder folder;
  for (const Writer& writer : writers(folder)) {
    for (const Standard standard : {Standard::kReaderIsGone, Standard::kClosed}) {
      SCOPED_TRACE(joined(writer.words));
      const Ran ran = run(writer.words, {}, standard);
      EXPECT_EQ(ran.status, writer.status) << ran;
      EXPECT_THAT(ran.err, ::testing::Not(HasSubstr("error: "))) << ran;
    }
  }
}

TEST(ProgramOutput, AFullDiskIsStatus6OfEveryCommand) {
  const TempFolder folder;
  for (const Writer& writer : writers(folder)) {
    SCOPED_TRACE(joined(writer.words));
    const Ran ran = run(writer.words, {}, Standard::kFullDisk);
    EXPECT_EQ(ran.status, 6) << ran;
    EXPECT_THAT(ran.err, HasSubstr("error: standard output: No space left on device\n"));
  }
}

TEST(ProgramOutput, ServeDoesNotServeWhereItCannotSayItsAddress) {
  const Ran ran = run({"serve", free_address()}, {}, Standard::kFullDisk);
  EXPECT_EQ(ran.status, 6) << ran;
}

TEST(ProgramOutput, WrongUseStaysWrongUse) {
  EXPECT_EQ(run({"list", "--select", "nope"}, {}, Standard::kFullDisk).status, 4);
  EXPECT_EQ(run({"decode", "76 01", "zz"}, {}, Standard::kFullDisk).status, 4);
}

TEST(ProgramOutput, ReportsAreWrittenWhateverBecomesOfStandardOutput) {
  for (const Standard standard :
       {Standard::kReaderIsGone, Standard::kClosed, Standard::kFullDisk}) {
    const TempFolder folder;
    const std::string path = (folder / "report.json").string();
    const Words words{"run", "--select", "server/call/minimal*", "--report", "json:" + path};
    EXPECT_EQ(run(words, {}, standard).status, standard == Standard::kFullDisk ? 6 : 0);
    EXPECT_GT(Json::parse(read_whole(path)).at("summary").at("pass"), 10);
  }
}

TEST(ProgramOutput, AReportOnAFullDiskIsStatus6) {
  const TempFolder folder;
  const std::string records = (folder / "records").string();
  ASSERT_EQ(run({"run", "--select", "server/call/minimal", "--report", "ndjson:" + records}).status,
            0);
  for (const Words& words : std::vector<Words>{
           {"run", "--select", "server/call/minimal", "--report", "json:/dev/full"},
           {"run", "--select", "server/call/minimal", "--report", "junit:/dev/full"},
           {"run", "--select", "server/call/minimal", "--report", "text:/dev/full"},
           {"run", "--select", "server/call/minimal", "--report", "ndjson:/dev/full"},
           {"load", "--seconds", "0.1", "--warmup", "0", "--report", "json:/dev/full"},
           {"report", "json", records, "--out", "/dev/full"},
           {"vectors", "export", "--out", "/dev/full"}}) {
    SCOPED_TRACE(joined(words));
    const Ran ran = run(words);
    EXPECT_EQ(ran.status, 6) << ran;
    EXPECT_THAT(ran.err, HasSubstr("/dev/full: could not be written to the end: No space left"));
  }
}

TEST(ProgramOutput, OneReportThatCannotBeWrittenDoesNotStopTheOthers) {
  const TempFolder folder;
  const std::string path = (folder / "report.json").string();
  const Ran ran = run({"run", "--select", "server/call/minimal", "--report", "junit:/dev/full",
                       "--report", "json:" + path});
  EXPECT_EQ(ran.status, 6) << ran;
  EXPECT_EQ(Json::parse(read_whole(path)).at("summary").at("pass"), 1);
}

// ---- Reports on standard output

TEST(ProgramOutput, ADashIsStandardOutputAndTheTextGoesToStandardError) {
  const Words words{"run", "--select", "server/call/minimal", "--report"};
  for (const char* const kind : {"json", "junit", "text", "ndjson"}) {
    Words with = words;
    with.push_back(std::string{kind} + ":-");
    const Ran ran = run(with);
    EXPECT_EQ(ran.status, 0) << ran;
    EXPECT_TRUE(sums_of(ran.err).found) << ran;
    EXPECT_THAT(ran.err, HasSubstr("target    "));
    if (kind == std::string{"json"}) {
      EXPECT_EQ(Json::parse(ran.out).at("version"), 2);
    } else if (kind == std::string{"ndjson"}) {
      EXPECT_EQ(lines_of(ran.out).size(), 3U);
    } else {
      EXPECT_THAT(ran.out, HasSubstr(kind == std::string{"text"} ? "1 case: " : "</testsuites>"));
    }
  }
}

TEST(ProgramOutput, ADashIsStandardOutputForLoad) {
  const Ran ran =
      run({"load", "--seconds", "0.1", "--warmup", "0", "--quiet", "--report", "json:-"});
  EXPECT_EQ(ran.status, 0) << ran;
  EXPECT_EQ(Json::parse(ran.out).at("format"), "wsapi-conform-load-report");
  EXPECT_THAT(ran.err, HasSubstr(" answered, "));
}

// ---- Reports in files

// What is in a folder, but for the name.
std::vector<std::string> others_in(const std::filesystem::path& folder, const std::string& name) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().filename() != name) out.push_back(entry.path().filename().string());
  }
  return out;
}

TEST(ProgramOutput, AReportReplacesAnOlderOneAndKeepsItsPermissions) {
  const TempFolder folder;
  const std::filesystem::path path = folder / "report";
  write_whole(path, "old");
  ::chmod(path.c_str(), 0640);
  ASSERT_EQ(
      run({"run", "--select", "server/call/minimal", "--report", "text:" + path.string()}).status,
      0);
  EXPECT_THAT(read_whole(path), HasSubstr("1 case: 1 pass"));
  EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms{0640});
  EXPECT_TRUE(others_in(path.parent_path(), "report").empty());
}

TEST(ProgramOutput, ALinkIsKeptAndWhatItLeadsToIsReplaced) {
  const TempFolder folder;
  write_whole(folder / "file", "old");
  std::filesystem::create_symlink("file", folder / "link");
  const std::string link = (folder / "link").string();
  ASSERT_EQ(run({"run", "--select", "server/call/minimal", "--report", "text:" + link}).status, 0);
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_THAT(read_whole(folder / "file"), HasSubstr("1 case: 1 pass"));
}

TEST(ProgramOutput, RunsThatNeverBeginLeaveAnOldReportAlone) {
  const TempFolder folder;
  const std::filesystem::path path = folder / "report";
  write_whole(path, "old");
  const std::string report = path.string();
  const Server taken("tcp:127.0.0.1:0/test");
  for (const Words& more :
       std::vector<Words>{{"--select", "nope"},
                          {"--builtin", "reference", "--target", taken.address()},
                          {"--vectors", "/nonexistent"},
                          {"--report", "json:/nonexistent/x"}}) {
    Words words{"run", "--report", "json:" + report, "--report", "ndjson:" + report + "2"};
    words.insert(words.end(), more.begin(), more.end());
    EXPECT_NE(run(words).status, 0);
    EXPECT_EQ(read_whole(path), "old");
    EXPECT_TRUE(others_in(path.parent_path(), "report").empty());
  }
}

// ---- Reports made of records

TEST(ProgramOutput, ReportsMadeOfRecordsAreThoseOfTheRun) {
  const TempFolder folder;
  const auto at = [&](const std::string& name) { return (folder / name).string(); };
  for (const auto& [peer, status] :
       {std::pair{"reference", 0}, std::pair{"yes", 1}, std::pair{"close", 3}}) {
    Words words{"run",      "--builtin", peer,       "--timeout",           "2",
                "--repeat", "2",         "--select", "server/call/minimal*"};
    for (const char* const kind : {"ndjson", "json", "junit", "text"}) {
      words.insert(words.end(), {"--report", std::string{kind} + ":" + at(kind)});
    }
    const Ran ran = run(words);
    EXPECT_EQ(ran.status, status) << ran;
    const std::string records = read_whole(at("ndjson"));
    for (const char* const kind : {"json", "junit", "text"}) {
      const std::string report = read_whole(at(kind));
      EXPECT_TRUE(run({"report", kind, at("ndjson")}).out == report) << peer << " " << kind;
      EXPECT_TRUE(run({"report", kind, "-"}, records).out == report) << peer << " " << kind;
      EXPECT_EQ(run({"report", kind, at("ndjson"), "--out", at("made")}).status, 0);
      EXPECT_TRUE(read_whole(at("made")) == report) << peer << " " << kind;
    }
  }
}

TEST(ProgramOutput, WhatIsNotRecordsIsWrongUseAndNamesFileAndLine) {
  const TempFolder folder;
  const std::string path = (folder / "records").string();
  ASSERT_EQ(run({"run", "--select", "server/call/minimal", "--report", "ndjson:" + path}).status,
            0);
  std::string text = read_whole(path);
  text.insert(text.find('\n') + 2, R"("odd":1,)");
  write_whole(path, text);
  const Ran ran = run({"report", "json", path});
  EXPECT_EQ(ran.status, 4) << ran;
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr(path + ": line 2: /odd: unknown key"));
  for (const Words& words : std::vector<Words>{{"report", "json", "/nonexistent"},
                                               {"report", "json", "/tmp"},
                                               {"report", "json", "/dev/null"},
                                               {"report", "html", path},
                                               {"report", "json"},
                                               {"report", "json", path, "--out", "/nonexistent/x"},
                                               {"report", "json", path, "--out", ""}}) {
    const Ran refused = run(words);
    EXPECT_EQ(refused.status, 4) << joined(words) << refused;
    EXPECT_THAT(refused.err, ::testing::StartsWith("error: "));
  }
  EXPECT_THAT(run({"report", "json", "-"}, "{}\n").err, HasSubstr("standard input: line 1: "));
}

}  // namespace
}  // namespace wsapi::testing
