// SPDX-License-Identifier: Apache-2.0

#include "harness/record/corpus_export.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "codec/hex.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class CorpusExportTest : public testing::Test {
 protected:
  ~CorpusExportTest() override { fs::remove_all(folder_); }

  // The contents of all files of a target, in hexadecimal.
  [[nodiscard]] std::set<std::string> files_of(const std::string& target) const {
    std::set<std::string> out;
    for (const auto& entry : fs::directory_iterator(folder_ / target)) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(file), {}};
      out.insert(to_hex(std::as_bytes(std::span(text))));
    }
    return out;
  }

  static void add(Transcript& transcript, std::uint32_t connection, std::string_view sent,
                  std::string_view received) {
    transcript.add_sent(connection, transcript.next_action(), false, from_hex(sent).value(), 0us);
    transcript.add_received(connection, from_hex(received).value(), 0us);
  }

  fs::path folder_ = fs::temp_directory_path() / ("corpus-export-" + std::to_string(::getpid()));
};

using Files = std::set<std::string>;

TEST_F(CorpusExportTest, EachDirectionOfEachConnectionIsAFile) {
  Transcript transcript;
  const std::uint32_t main = transcript.open("main", 0us);
  const std::uint32_t other = transcript.open("b", 0us);
  add(transcript, main, "01", "11");
  add(transcript, other, "02", "");
  add(transcript, main, "03", "13");
  CorpusExport corpus(folder_);
  corpus.add(transcript);
  corpus.add(transcript);
  EXPECT_EQ(corpus.error(), "");
  EXPECT_EQ(files_of("server_session"), (Files{"0103", "02"}));
  EXPECT_EQ(files_of("client_session"), (Files{"1113"}));
  EXPECT_EQ(files_of("frame"), (Files{"0103", "02", "1113"}));
}

TEST_F(CorpusExportTest, OfAClientUnderTestWhatIsSentGoesToTheClient) {
  Transcript transcript(Direction::kToClient);
  add(transcript, transcript.open("main", 0us), "01", "11");
  CorpusExport corpus(folder_);
  corpus.add(transcript);
  EXPECT_EQ(files_of("client_session"), (Files{"01"}));
  EXPECT_EQ(files_of("server_session"), (Files{"11"}));
}

TEST_F(CorpusExportTest, LongStreamsAreLeftOut) {
  Transcript transcript;
  const std::uint32_t main = transcript.open("main", 0us);
  const std::vector<std::byte> longest(CorpusExport::kMaxStreamSize);
  transcript.add_received(main, longest, 0us);
  transcript.add_sent(main, transcript.next_action(), false, longest, 0us);
  transcript.add_sent(main, transcript.next_action(), false, from_hex("01").value(), 0us);
  CorpusExport corpus(folder_);
  corpus.add(transcript);
  EXPECT_EQ(files_of("server_session").size(), 0U);
  EXPECT_EQ(files_of("client_session").size(), 1U);
}

TEST_F(CorpusExportTest, AFolderThatCannotBeMadeIsAnError) {
  std::ofstream(folder_) << "a file";
  const CorpusExport corpus(folder_);
  EXPECT_NE(corpus.error().find("cannot be made"), std::string::npos) << corpus.error();
}

}  // namespace
}  // namespace wsapi
