// SPDX-License-Identifier: Apache-2.0

// What real binders did, held against the rules of the protocol and the vectors of the same bytes.
// Where a binder did otherwise, vectors/recorded/known_differences.json says so.

#include "harness/judge/judge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "codec/frame.h"
#include "codec/hex.h"
#include "harness/judge/known_differences.h"
#include "harness/judge/vector_links.h"

namespace wsapi::recorded {
namespace {

const std::filesystem::path kVectorsFolder = WSAPI_SOURCE_VECTORS_DIR;

class JudgeRecordingsTest : public testing::Test {
 protected:
  void TearDown() override {
    for (const FileError& error : errors_) ADD_FAILURE() << to_string(error);
  }

  [[nodiscard]] std::vector<Row> rows_of(bool servers) const {
    std::vector<Row> rows = rows_;
    std::erase_if(rows, [&](const Row& row) { return row.binder_is_server != servers; });
    return rows;
  }

  std::vector<FileError> errors_;
  std::vector<Row> rows_ = load_rows(kVectorsFolder / "recorded", errors_);
};

TEST_F(JudgeRecordingsTest, BindersKeepTheRulesButForTheKnownDifferences) {
  const KnownDifferences known =
      read_known_differences(kVectorsFolder / "recorded/known_differences.json", errors_);
  const Judgement judgement = judge_all(rows_);
  Findings unknown;
  std::ranges::set_difference(judgement.findings, known.findings,
                              std::inserter(unknown, unknown.end()));
  for (const Finding& finding : unknown) {
    ADD_FAILURE() << "not known: " << testing::PrintToString(finding);
  }
  Findings missing;
  std::ranges::set_difference(known.findings, judgement.findings,
                              std::inserter(missing, missing.end()));
  for (const Finding& finding : missing) {
    ADD_FAILURE() << "known, and not found: " << testing::PrintToString(finding);
  }
  EXPECT_EQ(judgement.counts, (Counts{{"after the end: silence", 2},
                                      {"bad version set: hang-up", 5},
                                      {"call forwarded", 68},
                                      {"call: reply", 255},
                                      {"caller: call without a reply", 133},
                                      {"caller: malformed reply", 45},
                                      {"caller: not passed on", 38},
                                      {"caller: nothing pending", 12},
                                      {"caller: whole reply", 290},
                                      {"close: the end", 1},
                                      {"describe forwarded", 24},
                                      {"disconnected", 1},
                                      {"end: asked for", 44},
                                      {"end: none", 357},
                                      {"event unexpected: silence", 6},
                                      {"good offer: version set", 28},
                                      {"malformed description without id", 3},
                                      {"malformed description, not pending", 7},
                                      {"malformed description, pending", 7},
                                      {"malformed offer: hang-up", 14},
                                      {"malformed reply without id", 2},
                                      {"malformed reply, pending", 33},
                                      {"malformed: silence", 31},
                                      {"misdirected: silence", 16},
                                      {"no message for a client: ignored", 3},
                                      {"offer of version 1 first", 86},
                                      {"offer without version 1: hang-up", 22},
                                      {"ping: pong", 1},
                                      {"request not forwarded", 4},
                                      {"rows of clients", 86},
                                      {"rows of clients: listening only", 2},
                                      {"rows of servers", 250},
                                      {"rows of servers: listening only", 1},
                                      {"rows with order", 445},
                                      {"session created", 60},
                                      {"token created", 1},
                                      {"unknown operation: silence", 2},
                                      {"version set 1: stays", 77},
                                      {"violation: close", 2},
                                      {"whole description, not pending", 2},
                                      {"whole description, pending", 7},
                                      {"whole reply, not pending", 3},
                                      {"whole reply, pending", 25},
                                      {"wire: broken by the recorder", 622},
                                      {"wire: connections", 1661},
                                      {"wire: messages of the binder", 2503}}));
}

TEST_F(JudgeRecordingsTest, KnownDifferencesNameClausesOfTheProtocol) {
  std::ifstream in(kVectorsFolder / "PROTOCOL.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  const KnownDifferences known =
      read_known_differences(kVectorsFolder / "recorded/known_differences.json", errors_);
  for (const std::string& clause : known.clauses) {
    EXPECT_NE(page.find("<a id=\"" + clause + "\">"), std::string::npos) << clause;
  }
}

// So that the link cannot be lost unseen, the least numbers are asserted.
void expect_links(const std::vector<Row>& rows, const VectorIndex& index, int golden, int all,
                  std::size_t ids) {
  const VectorLinks links = link_with_vectors(rows, index);
  EXPECT_EQ(links.contradictions, std::vector<std::string>{});
  EXPECT_GE(links.golden, golden);
  EXPECT_GE(links.golden + links.derived, all);
  EXPECT_GE(links.golden_ids.size(), ids);
}

TEST_F(JudgeRecordingsTest, BindersDoWhatTheVectorsOfTheSameBytesSay) {
  const VectorIndex index(kVectorsFolder, errors_);
  expect_links(rows_of(true), index, 82, 100, 41);
  expect_links(rows_of(false), index, 120, 128, 33);
}

// Rows of our own, which show that each judge finds what it looks for.

Row row_of(const std::string& members) {
  std::vector<FileError> errors;
  const auto rows = parse_rows("{" + members + "}", "own.jsonl", errors);
  for (const FileError& error : errors) ADD_FAILURE() << to_string(error);
  return rows.at(0);
}

std::string findings_of(const Judgement& judgement) {
  std::string text;
  for (const Finding& finding : judgement.findings) {
    text += finding.expected + " / " + finding.seen + ";";
  }
  return text;
}

constexpr const char* kServer =
    R"("peer":"afb-daemon c5c15f8","role":"server","case":"own","sentinel":"answered",)";
constexpr const char* kClient =
    R"("peer":"afb-daemon c5c15f8","role":"client","case":"own","sentinel":"answered",)";
// CALL 1 of a verb without args.
constexpr const char* kCallFrame = "821d4b01000500000070696e670000000000050000006e756c6c0000000000";

TEST(JudgeTest, AServerThatDoesNotReply) {
  const Row row = row_of(std::string(kServer) + R"("sent":[")" + kCallFrame +
                         R"("],"received":[],"outcome":"silence")");
  EXPECT_EQ(findings_of(judge(row)), "reply / silence;");
}

TEST(JudgeTest, AServerThatPushesToNobody) {
  const Row row = row_of(
      std::string(kServer) +
      R"("sent":[],"received":["8209500300020000003100"],"outcome":"reply","note":"listening")");
  const std::string findings = findings_of(judge(row));
  EXPECT_NE(findings.find("/ event-not-created;"), findings.npos) << findings;
}

TEST(JudgeTest, AClientWithoutAnOffer) {
  const Row row = row_of(std::string(kClient) + R"("sent":[],"received":[")" + kCallFrame +
                         R"("],"outcome":"reply","order":"r")");
  EXPECT_EQ(findings_of(judge(row)),
            "VERSION OFFER is the first message on a connection / offer-missing;");
}

TEST(JudgeTest, AClientThatStaysAfterABadVersion) {
  const Row row =
      row_of(std::string(kClient) + R"j("sent":["82027602"],)j"
                                    R"j("received":["82075609144c170101"],"outcome":"reply",)j"
                                    R"j("order":"r s","note":"binder spins (99% of a core)")j");
  EXPECT_EQ(findings_of(judge(row)),
            "closed / reply;the binder rests when there is nothing to do / binder spins;");
}

TEST(JudgeTest, AClientThatEndsAGoodConnection) {
  Row row = row_of(std::string(kClient) +
                   R"j("sent":["82027601"],)j"
                   R"j("received":["82075609144c170101"],"outcome":"closed(1002)",)j"
                   R"j("order":"r s x")j");
  EXPECT_EQ(findings_of(judge(row)), "the connection stays / closed(1002);");
  row.sentinel = "no CALL came";
  row.outcome = "crash (signal 6)";
  EXPECT_EQ(findings_of(judge(row)),
            "the binder lives / crash (signal 6);the sentinel is answered / no CALL came;");
}

// The caller asks for verb v, the client calls it, and the recorder replies "ok".
Row called(const std::string& told) {
  const auto frame_of = [](const std::string& message) {
    return '"' + to_hex(encode_frame({}, from_hex(message).value())) + '"';
  };
  const auto text = [](std::string_view words) {
    std::vector<std::byte> size(4);
    size[0] = static_cast<std::byte>(words.size() + 1);
    return to_hex(size) + to_hex(std::as_bytes(std::span(words))) + "00";
  };
  const std::string asked = R"({"api":"peer","verb":"v","args":null})";
  return row_of(std::string(kClient) + R"("sent":["82027601",)" +
                frame_of("6b0100"
                         "00000000"
                         "00000000" +
                         text(R"("ok")")) +
                R"(],"received":)" + R"(["82075609144c170101",)" +
                frame_of("4b0100" + text("v") + "00000000" + text("null") + "00000000") +
                R"(],"control_sent":[)" +
                frame_of("4b6500" + text("call") + "00000000" + text(asked) + "00000000") +
                R"(],"control_received":[)" +
                frame_of("6b6500"
                         "00000000"
                         "00000000" +
                         text(told)) +
                R"(],"outcome":"reply","order":"r s c r s d")");
}

TEST(JudgeTest, AClientThatTellsItsCallerSomethingElse) {
  EXPECT_EQ(findings_of(judge(called(R"({"error":null,"info":null,"data":"ok"})"))), "");
  EXPECT_EQ(findings_of(judge(called(R"({"error":"e","info":null,"data":null})"))),
            R"({"data":"ok","error":null,"info":null} / {"data":null,"error":"e","info":null};)");
  const auto messages = judge(called("null")).messages;
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].effect, "delivered");
  EXPECT_TRUE(messages[0].is_pending);
}

TEST(JudgeTest, AFaultOfTheRecorderIsNoFinding) {
  const Row row = row_of(std::string(kClient) +
                         R"("sent":["82027601","82015a"],"received":["82075609144c170101"],)"
                         R"("outcome":"silence","order":"r s s")");
  const Judgement judgement = judge(row);
  EXPECT_EQ(findings_of(judgement), "");
  EXPECT_EQ(judgement.counts.at("wire: broken by the recorder"), 1);
}

}  // namespace
}  // namespace wsapi::recorded
