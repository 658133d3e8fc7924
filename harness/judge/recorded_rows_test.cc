// SPDX-License-Identifier: Apache-2.0

#include "harness/judge/recorded_rows.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "codec/hex.h"

namespace wsapi::recorded {
namespace {

constexpr const char* kStart =
    R"({"peer":"afb-daemon c5c15f8","role":"client","case":"a","outcome":"reply")";

std::string row_with(const std::string& more) { return kStart + more + "}"; }

// The rows, and the errors, each as "place: message".
std::pair<std::vector<Row>, std::string> read(const std::string& text) {
  std::vector<FileError> errors;
  auto rows = parse_rows(text, "f.jsonl", errors);
  std::string all;
  for (const FileError& error : errors) {
    EXPECT_EQ(error.file, "f.jsonl");
    all += error.place + ": " + error.message + ";";
  }
  return {std::move(rows), all};
}

std::string errors_of(const std::string& text) { return read(text).second; }

TEST(RecordedRowsTest, ReadsAllMembers) {
  const auto [rows, errors] = read(
      row_with(R"(,"sent":["8200","82 00 82 00"],"received":[],"sent2":[],"received2":["8a00"],)"
               R"("control_sent":["8200"],"control_received":["8201 61"],"sentinel":"answered",)"
               R"("note":"n","order":"s1 c s1 h1 xc a2 r2 d n1 x1")") +
      "\n");
  EXPECT_EQ(errors, "");
  ASSERT_EQ(rows.size(), 1U);
  const Row& row = rows[0];
  EXPECT_EQ(row.file, "f.jsonl");
  EXPECT_EQ(row.line, 1U);
  EXPECT_EQ(row.name, "a");
  EXPECT_EQ(row.revision, Revision::k2020_03);
  EXPECT_FALSE(row.binder_is_server);
  EXPECT_EQ(row.sent_direction(), Direction::kToClient);
  EXPECT_EQ(row.outcome, "reply");
  EXPECT_EQ(row.sentinel, "answered");
  EXPECT_EQ(row.note, "n");
  ASSERT_EQ(row.connections.size(), 2U);
  EXPECT_EQ(to_hex(row.sent()[1]), "82008200");
  EXPECT_EQ(to_hex(row.connections[1].received[0]), "8a00");
  EXPECT_EQ(to_hex(row.control.received[0]), "820161");
  ASSERT_TRUE(row.order.has_value());
  ASSERT_EQ(row.order->size(), 10U);
  EXPECT_EQ((*row.order)[3].kind, Step::Kind::kHungUp);
  EXPECT_TRUE((*row.order)[4].is_control);
  EXPECT_EQ((*row.order)[6].kind, Step::Kind::kReceived);
  EXPECT_EQ((*row.order)[6].connection, 1U);
  EXPECT_EQ((*row.order)[7].kind, Step::Kind::kReceived);
  EXPECT_TRUE((*row.order)[7].is_control);
}

TEST(RecordedRowsTest, RefusesWhatTheReadmeDoesNotExplain) {
  const std::pair<std::string, std::string> cases[] = {
      {R"(,"sent":[],"received":[],"more":1)", "the member more is unknown"},
      {R"(,"sent":[],"received":[],"sent":[])", "the member sent comes twice"},
      {R"(,"sent":[])", "sent or received is missing"},
      {R"(,"sent":["8g"],"received":[])", "sent/0 is not hexadecimal"},
      {R"(,"sent":["82",7],"received":[])", "sent/1 is not hexadecimal"},
      {R"(,"sent":"82","received":[])", "sent is not a list"},
      {R"(,"sent":[],"received":[],"note":1)", "note is not a text"},
      {R"(,"sent":[],"received":[],"order":"q")", "order has the unknown step q"},
      {R"(,"sent":[],"received":[],"order":"s2")", "order has the unknown step s2"},
      {R"(,"sent":[],"received":[],"order":"x12")", "order has the unknown step x12"},
      {R"(,"sent":[],"received":[],"order":"x  x")", "order has an empty step"},
      {R"(,"sent":[],"received":[],"order":"s")",
       "order does not have as many steps as there are "
       "frames"},
  };
  for (const auto& [more, message] : cases) {
    EXPECT_EQ(errors_of(row_with(more)), "line 1: " + message + ";") << more;
  }
}

TEST(RecordedRowsTest, NamesTheLine) {
  const std::string good = row_with(R"(,"sent":[],"received":[])");
  const auto [rows, errors] = read(good + "\n" + good + "\n{\n[]\n");
  EXPECT_EQ(rows.size(), 1U);
  EXPECT_EQ(errors,
            "line 2: the case comes twice: a;line 3: the line is not JSON;"
            "line 4: the line is not an object;");
  EXPECT_EQ(errors_of(R"({"peer":"x","role":"client","case":"a","outcome":"reply"})"),
            "line 1: the peer x is unknown;");
  EXPECT_EQ(
      errors_of(R"({"peer":"afb-daemon 65353dc","role":"proxy","case":"a","outcome":"reply"})"),
      "line 1: the role proxy is unknown;");
  EXPECT_EQ(errors_of(R"({"peer":"afb-daemon 65353dc","role":"client","outcome":"reply"})"),
            "line 1: the member case is missing;");
}

TEST(RecordedRowsTest, AFolderWithoutRecordingsIsAnError) {
  std::vector<FileError> errors;
  EXPECT_TRUE(load_rows("/nonexistent", errors).empty());
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].message, "there are no .jsonl files");
}

}  // namespace
}  // namespace wsapi::recorded
