// SPDX-License-Identifier: Apache-2.0

// What became of the answers to a client whose API `test` was asked to call the recorder's server:
// the caller is told error, info and data of the REPLY as the API got them.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "harness/judge/judge.h"
#include "harness/judge/recorded_messages.h"

namespace wsapi::recorded {
namespace {

using nlohmann::json;

// A CALL that the client has sent to the recorder.
struct ForwardedCall {
  std::size_t connection = 0;
  std::uint32_t id = 0;
  json verb;
  json args;
  // Once its REPLY was sent: the messages for the API that are right; with proto-error, the error.
  std::vector<json> answers = {};
  bool is_asked_for = false;  // by a call of the caller that is known
};

struct CallerRequest {
  std::uint32_t id = 0;
  json verb;
  json args;
};

// The id of a REPLY that need not be decodable as a whole.
std::optional<std::uint32_t> leading_id(const Bytes& message, Revision revision) {
  const std::size_t width = has_version_negotiation(revision) ? 2 : 4;
  if (message.size() < 1 + width) return std::nullopt;
  std::uint32_t id = 0;
  for (std::size_t i = width; i > 0; --i) {
    id = (id << 8U) | std::to_integer<std::uint32_t>(message[i]);
  }
  return id;
}

class CallerJudge {
 public:
  explicit CallerJudge(const Row& row)
      : row_(row), sent_(row.connections.size()), received_(row.connections.size()) {
    for (const Step& step : *row.order) follow(step);
    for (const CallerRequest& request : requests_) judge_request(request);
  }

  [[nodiscard]] Judgement judgement() && { return std::move(judgement_); }

 private:
  // One direction of one connection.
  struct ReadStream {
    FrameDecoder decoder;
    std::size_t count = 0;
  };

  std::vector<Frame> next_frames(ReadStream& from, const std::vector<Bytes>& pieces) {
    std::vector<Frame> frames;
    feed(from.decoder, pieces.at(from.count++), frames);
    std::erase_if(frames, [](const Frame& frame) {
      return frame.kind != FrameEventKind::kMessage || frame.payload.empty();
    });
    return frames;
  }

  void follow(const Step& step) {
    const bool is_sent = step.kind == Step::Kind::kSent;
    if (step.kind == Step::Kind::kHungUp) recorder_hung_up_ = true;
    if (!is_sent && step.kind != Step::Kind::kReceived) return;
    const Exchange& exchange = step.is_control ? row_.control : row_.connections[step.connection];
    ReadStream& from = step.is_control ? (is_sent ? control_sent_ : control_received_)
                                       : (is_sent ? sent_ : received_).at(step.connection);
    for (const Frame& frame : next_frames(from, is_sent ? exchange.sent : exchange.received)) {
      if (step.is_control) {
        on_control(frame.payload, is_sent);
      } else if (is_sent) {
        on_sent(frame.payload, step.connection);
      } else {
        on_received(frame.payload, step.connection);
      }
    }
  }

  void on_control(const Bytes& bytes, bool is_sent) {
    const Message message =
        message_of(bytes, row_.revision, is_sent ? Direction::kToServer : Direction::kToClient);
    if (message.is("reply")) {
      const auto data = json::parse(message.fields.at("data").get<std::string>(), nullptr, false);
      answers_[message.number("call_id")] = data;
    } else if (message.is("call") && message.fields.at("verb") == "call") {
      const auto args = json::parse(message.fields.at("args").get<std::string>(), nullptr, false);
      if (args.is_object() && args.contains("verb") && args.contains("args")) {
        requests_.push_back({message.number("call_id"), args.at("verb"), args.at("args")});
      }
    }
  }

  void on_received(const Bytes& bytes, std::size_t connection) {
    const Message call = message_of(bytes, row_.revision, Direction::kToServer);
    if (!call.is("call")) return;
    forwarded_.push_back({.connection = connection,
                          .id = call.number("call_id"),
                          .verb = call.fields.at("verb"),
                          .args = json::parse(value_of(call.fields.at("args")))});
  }

  void on_sent(const Bytes& bytes, std::size_t connection) {
    const Message message = message_of(bytes, row_.revision, Direction::kToClient);
    const bool is_reply = has_version_negotiation(row_.revision) ? bytes.front() == std::byte{'k'}
                                                                 : bytes.front() == std::byte{'Y'};
    if (!is_reply) return;
    const auto id = leading_id(bytes, row_.revision);
    const auto call = std::ranges::find_if(forwarded_, [&](const ForwardedCall& one) {
      return one.connection == connection && one.id == id && one.answers.empty();
    });
    JudgedMessage judged{.bytes = bytes, .rule = "caller: nothing pending", .effect = "nothing"};
    if (call != forwarded_.end()) {
      const bool is_whole = message.error == ErrorCode::kNone;
      judged.is_pending = true;
      judged.rule = is_whole ? "caller: whole reply" : "caller: malformed reply";
      judged.effect = is_whole ? "delivered" : "proto-error";
      call->answers = is_whole ? delivered(message) : std::vector<json>{"proto-error"};
    }
    ++judgement_.counts[judged.rule];
    judgement_.messages.push_back(std::move(judged));
  }

  // What the API may have got: of text after a JSON value section 7 leaves the choice.
  static std::vector<json> delivered(const Message& reply) {
    const auto text = [&](const char* name) {
      const json& field = reply.fields.at(name);
      return field.is_null() ? field : json(up_to_nul(field.get<std::string>()));
    };
    const std::string data = reply.fields.at("data").get<std::string>();
    std::vector<json> answers;
    for (const std::string& value : {value_of(data), leading_value_of(data)}) {
      answers.push_back(
          {{"error", text("error")}, {"info", text("info")}, {"data", json::parse(value)}});
    }
    return answers;
  }

  void judge_request(const CallerRequest& request) {
    const auto call = std::ranges::find_if(forwarded_, [&](const ForwardedCall& one) {
      return !one.is_asked_for && one.verb == request.verb && one.args == request.args;
    });
    if (call == forwarded_.end()) {
      ++judgement_.counts["caller: not passed on"];
      return;
    }
    call->is_asked_for = true;
    const auto found = answers_.find(request.id);
    const json got = found == answers_.end() ? json() : found->second;
    const json error = got.is_object() && got.contains("error") ? got.at("error") : json();
    const bool is_disconnected = error == "disconnected";
    if (call->answers.empty()) {
      ++judgement_.counts["caller: call without a reply"];
      if (!got.is_null() && !is_disconnected) find("disconnected, or nothing", got.dump());
      return;
    }
    // One that was sent right before the end is often lost (section 8).
    if (recorder_hung_up_ && (is_disconnected || got.is_null())) return;
    const bool is_right = std::ranges::any_of(call->answers, [&](const json& answer) {
      return answer.is_string() ? error == answer : got == answer;
    });
    if (!is_right) find(call->answers.front().dump(), got.dump());
  }

  void find(std::string expected, std::string seen) {
    judgement_.findings.insert({row_.file, row_.name, std::move(expected), std::move(seen)});
  }

  const Row& row_;
  std::vector<ReadStream> sent_;
  std::vector<ReadStream> received_;
  ReadStream control_sent_;
  ReadStream control_received_;
  std::vector<CallerRequest> requests_;
  std::map<std::uint32_t, json> answers_;
  std::vector<ForwardedCall> forwarded_;
  bool recorder_hung_up_ = false;
  Judgement judgement_;
};

}  // namespace

Judgement judge_caller(const Row& row) { return CallerJudge(row).judgement(); }

}  // namespace wsapi::recorded
