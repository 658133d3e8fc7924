// SPDX-License-Identifier: Apache-2.0

// A ClientSession in the place of the real clients of vectors/recorded: it submits what their
// callers asked for, gets the same bytes from its server, and must come to the same answers.

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "codec/client_session.h"
#include "codec/frame.h"
#include "codec/session_test_tools.h"

namespace wsapi {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the helpers of this test

using Payloads = std::vector<std::vector<std::byte>>;

struct Row {
  std::string name;
  Payloads sent;      // by the recorder, to the client
  Payloads received;  // from the client
  Payloads asked;     // by the caller, of the client
  Payloads answered;  // to the caller
  bool closed = false;
};

// The text between the quotes behind `"key": `; empty where the row has no such key. Within a text
// of the row the quotes of the key would be escaped.
std::string text_of_key(const std::string& row, const std::string& key) {
  const std::string start = '"' + key + "\": \"";
  const auto begin = row.find(start);
  if (begin == row.npos) return {};
  const auto end = row.find('"', begin + start.size());
  return row.substr(begin + start.size(), end - begin - start.size());
}

// The payloads of the frames in a list of hexadecimal texts.
Payloads payloads_of_key(const std::string& row, const std::string& key) {
  Payloads payloads;
  const std::string start = '"' + key + "\": [";
  const auto begin = row.find(start);
  if (begin == row.npos) return payloads;
  const auto first = begin + start.size();
  std::string digits = row.substr(first, row.find(']', first) - first);
  std::erase_if(digits, [](char c) { return c == '"' || c == ',' || c == ' '; });
  const auto stream = bytes(digits);
  FrameDecoder decoder;
  std::span<const std::byte> input(stream);
  for (FrameEvent event = decoder.next(input); event.kind != FrameEventKind::kNeedMore;
       event = decoder.next(input)) {
    if (event.kind != FrameEventKind::kMessage) throw std::runtime_error("no message: " + row);
    payloads.emplace_back(event.payload.begin(), event.payload.end());
  }
  return payloads;
}

std::vector<Row> rows_of(const std::string& file) {
  std::ifstream in(std::string(WSAPI_SOURCE_VECTORS_DIR "/recorded/") + file);
  if (!in) throw std::runtime_error("cannot read " + file);
  std::vector<Row> rows;
  for (std::string line; std::getline(in, line);) {
    rows.push_back({.name = file + ": " + text_of_key(line, "case"),
                    .sent = payloads_of_key(line, "sent"),
                    .received = payloads_of_key(line, "received"),
                    .asked = payloads_of_key(line, "control_sent"),
                    .answered = payloads_of_key(line, "control_received"),
                    .closed = text_of_key(line, "outcome").starts_with("closed")});
  }
  return rows;
}

// What a binder makes of a text on its way to the caller: it stops at a NUL (section 7), and hands
// on as a JSON string what is no JSON.
std::string as_passed_on(std::string_view data) {
  static const std::map<std::string, std::string, std::less<>> kOthers = {
      {"not json", "\"not json\""},
      {"zzz", "\"zzz\""},
      {"", "\"\""},
      {std::string("\"a\0b\"", 5), "\"\\\"a\""}};
  const auto other = kOthers.find(data);
  return other == kOthers.end() ? std::string(data) : other->second;
}

std::string up_to_nul(NullString text) {
  return text ? '"' + std::string(text->substr(0, text->find('\0'))) + '"' : "null";
}

// The info of a reply that the client makes itself is its own affair.
std::string reply_line(std::uint32_t id, NullString error, NullString info, std::string_view data) {
  const bool own = error == "proto-error" || error == "disconnected";
  return "reply " + std::to_string(id) + ' ' + up_to_nul(error) + ' ' +
         (own ? "" : up_to_nul(info)) + ' ' + as_passed_on(data);
}

class Replay {
 public:
  Replay(Revision revision, const Row& row) : revision_(revision), session_(revision, sink_) {
    session_.start();
    for (const auto& message : row.received) {
      const auto decoded = decode(message, revision, Direction::kToServer).value();
      forwarded_ += std::holds_alternative<Call>(decoded.message) ||
                    std::holds_alternative<Describe>(decoded.message);
    }
    for (const auto& message : row.asked) ask(message);
    compare_sent(row);
    for (const auto& message : row.sent) note(session_.receive(message));
    while (const auto event = session_.next_disconnected()) note(*event);
    EXPECT_EQ(session_.ended(), row.closed) << row.name;
    EXPECT_EQ(lines_, answers_of(row)) << row.name;
  }

  [[nodiscard]] std::size_t answer_count() const { return lines_.size(); }
  [[nodiscard]] std::size_t request_count() const { return caller_ids_.size(); }

 private:
  // What the caller asked for behind the end went to another connection, which is not recorded.
  void ask(std::span<const std::byte> message) {
    const auto decoded = decode(message, revision_, Direction::kToServer).value();
    if (const auto* create = std::get_if<SessionCreate>(&decoded.message)) {
      sessions_[create->session_id] = create->name;
    } else if (const auto* token = std::get_if<TokenCreate>(&decoded.message)) {
      tokens_[token->token_id] = token->token;
    } else if (caller_ids_.size() == forwarded_) {
      return;
    } else if (const auto* describe = std::get_if<Describe>(&decoded.message)) {
      caller_ids_[session_.describe().value()] = describe->description_id;
    } else if (const auto* call = std::get_if<Call>(&decoded.message)) {
      const OutgoingCall outgoing{.verb = call->verb,
                                  .args = call->args.text,
                                  .session = find(sessions_, call->session_id),
                                  .token = find(tokens_, call->token_id),
                                  .credentials = call->credentials};
      caller_ids_[session_.call(outgoing).value()] = call->call_id;
    }
  }

  using Texts = std::map<std::uint32_t, std::string>;
  static std::optional<std::string_view> find(const Texts& texts, std::uint32_t id) {
    const auto text = texts.find(id);
    return text == texts.end() ? std::nullopt : std::optional<std::string_view>(text->second);
  }

  // The same offer, and the same requests with the same ids. Sessions are another matter: a binder
  // has one for a caller that named none.
  void compare_sent(const Row& row) {
    const auto requests = [&](const Payloads& messages) {
      std::vector<std::string> list;
      for (const auto& message : messages) {
        const auto decoded = decode(message, revision_, Direction::kToServer).value();
        if (const auto* call = std::get_if<Call>(&decoded.message)) {
          list.push_back("call " + std::to_string(call->call_id) + ' ' + std::string(call->verb));
        } else if (std::holds_alternative<VersionOffer>(decoded.message) ||
                   std::holds_alternative<Describe>(decoded.message)) {
          list.push_back(to_hex(message));
        }
      }
      return list;
    };
    Payloads ours;
    for (const std::string& text : sink_.take()) ours.push_back(bytes(text));
    EXPECT_EQ(requests(ours), requests(row.received)) << row.name;
  }

  void note(const ClientEvent& event) {
    if (const auto* reply = std::get_if<CallCompleted>(&event)) {
      lines_.push_back(
          reply_line(caller_ids_.at(reply->handle), reply->error, reply->info, reply->data));
    } else if (const auto* description = std::get_if<DescribeCompleted>(&event)) {
      lines_.push_back("description " + std::to_string(caller_ids_.at(description->handle)) + ' ' +
                       as_passed_on(description->description.value_or("null")));
    }
  }

  std::vector<std::string> answers_of(const Row& row) {
    std::vector<std::string> lines;
    for (const auto& message : row.answered) {
      const auto decoded = decode(message, revision_, Direction::kToClient).value();
      if (const auto* reply = std::get_if<Reply>(&decoded.message)) {
        lines.push_back(reply_line(reply->call_id, reply->error, reply->info, reply->data.text));
      } else if (const auto* description = std::get_if<Description>(&decoded.message)) {
        lines.push_back("description " + std::to_string(description->description_id.value) + ' ' +
                        std::string(description->description.text));
      }
    }
    return lines;
  }

  Revision revision_;
  RecordingSink sink_;
  ClientSession session_;
  std::size_t forwarded_ = 0;
  Texts sessions_;
  Texts tokens_;
  std::map<RequestHandle, std::uint32_t> caller_ids_;
  std::vector<std::string> lines_;
};

struct Totals {
  std::size_t rows = 0;
  std::size_t requests = 0;
  std::size_t answers = 0;
};

Totals replay(Revision revision, const std::string& file) {
  Totals totals;
  for (const Row& row : rows_of(file)) {
    const Replay done(revision, row);
    ++totals.rows;
    totals.requests += done.request_count();
    totals.answers += done.answer_count();
  }
  return totals;
}

// The totals are asserted so that no row can be passed over unseen.
TEST(ClientSessionRecorded, AnswersAsTheRealClientsOfRevision2020_01) {
  const Totals totals = replay(Revision::k2020_01, "client-2020-01.jsonl");
  EXPECT_EQ(totals.rows, 12U);
  EXPECT_EQ(totals.requests, 14U);
  EXPECT_EQ(totals.answers, 5U);
}

TEST(ClientSessionRecorded, AnswersAsTheRealClientsOfRevision2020_03) {
  const Totals totals = replay(Revision::k2020_03, "client-2020-03.jsonl");
  EXPECT_EQ(totals.rows, 74U);
  EXPECT_EQ(totals.requests, 78U);
  EXPECT_EQ(totals.answers, 68U);
}

}  // namespace
}  // namespace wsapi
