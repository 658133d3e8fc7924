// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/templates/vector_cases.h"

#include <algorithm>

#include "codec/frame.h"
#include "codec/hex.h"
#include "codec/message.h"
#include "harness/suite/script.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;

template <typename Action>
Step on_main(Action action) {
  return Step{.connection = "main", .action = std::move(action)};
}

// The name of a message in the wire format of the vector; empty where that does not have it.
template <WsapiMessage Message>
std::string_view name_of(const MessageVector& vector) {
  const MessageInfo* const info = info_of<Message>(vector.revisions.front());
  return info == nullptr ? std::string_view{} : info->name;
}

// The answer that the reaction calls for; for silence and hang-up there is none.
std::vector<Pattern> answer_to(const MessageVector& vector) {
  if (!vector.message) return {};
  const Json& message = *vector.message;
  switch (vector.reaction) {
    case Reaction::kReply: {
      Pattern reply{{"message", name_of<Reply>(vector)}, {"call_id", message.at("call_id")}};
      // A session that was never created on the connection gets an error (section 4, Calls).
      if (message.value("session_id", 0) != 0) reply["error"] = {{"present", true}};
      return {reply};
    }
    case Reaction::kDescription:
      return {Pattern{{"message", name_of<Description>(vector)},
                      {"description_id", message.at("description_id")}}};
    case Reaction::kVersionSet:
      return {Pattern{{"message", name_of<VersionSet>(vector)}, {"version", kVersion1}}};
    case Reaction::kSilence:
    case Reaction::kHangUp: return {};
  }
  return {};
}

// Section 8: a server may take an event back that a client did not expect.
std::vector<Pattern> allowed_after(const MessageVector& vector) {
  if (!vector.message || vector.message->at("message") != name_of<EventUnexpected>(vector))
    return {};
  return {Pattern{{"message", name_of<EventRemove>(vector)},
                  {"event_id", vector.message->at("event_id")}}};
}

// A malformed CALL does not end the connection, nor does an unknown or misdirected message (section
// 4). Of other malformed messages only harm is excluded (section 7).
bool may_close(const MessageVector& vector, std::span<const std::byte> bytes) {
  if (vector.vector_class == VectorClass::kAcceptable) return vector.outcomes.closed;
  if (vector.vector_class == VectorClass::kValid || bytes.empty()) return false;
  const auto operation = std::to_integer<char>(bytes.front());
  const Revision revision = vector.revisions.front();
  const MessageInfo* const info = find_operation(operation, revision, Direction::kToServer);
  if (info == nullptr) return false;
  return info != info_of<Call>(revision);
}

template <typename Vector>
TestCase common_case(const Vector& vector, Role role) {
  TestCase out;
  out.id = case_id(role, vector.id);
  out.role = role;
  out.purpose = vector.purpose;
  out.clause = vector.clause;
  out.level = vector.vector_class == VectorClass::kValid ? Level::kMust : Level::kRobustness;
  out.revisions = vector.revisions;
  out.flags = vector.flags;
  out.bytes = vector.bytes;
  return out;
}

std::vector<Step> steps_for(const MessageVector& vector, TestCase& out) {
  const std::vector<std::byte> head = vector.bytes.cut(1).expand();
  // An offer is itself what opens the connection.
  const bool opens = has_operation_of<VersionOffer>(head, vector.revisions.front());
  std::vector<Step> steps;
  steps.push_back(on_main(Connect{.negotiate = !opens}));
  steps.push_back(on_main(SendPayload{.payload = vector.bytes, .frame = {}}));
  out.disturbs = vector.vector_class != VectorClass::kValid;
  if (vector.reaction == Reaction::kHangUp) {
    out.disturbs = true;
    steps.push_back(on_main(ExpectClose{.may_tell = true}));
    return steps;
  }
  Barrier barrier{.allowed = allowed_after(vector), .may_close = may_close(vector, head)};
  const bool need_not_answer = vector.vector_class == VectorClass::kAcceptable &&
                               (vector.outcomes.ignored || vector.outcomes.closed);
  if (need_not_answer) {
    for (Pattern& answer : answer_to(vector)) barrier.allowed.push_back(std::move(answer));
  } else if (auto answer = answer_to(vector); !answer.empty()) {
    steps.push_back(on_main(Expect{.mode = Expect::Mode::kAll, .patterns = answer}));
  }
  steps.push_back(on_main(std::move(barrier)));
  return steps;
}

}  // namespace

TestCase to_case(const MessageVector& vector, Role role) {
  TestCase out = common_case(vector, role);
  out.direction = vector.direction;
  out.derived = vector.derived;
  if (role == Role::kServer) out.script = script_of(steps_for(vector, out));
  return out;
}

namespace {

using ReactionKind = ExpectedFrameReaction::Kind;

// What comes back on the stream before it may end.
std::vector<Pattern> answers_of(const FrameVector& vector, bool exact_pongs) {
  std::vector<Pattern> patterns;
  for (const ExpectedFrameReaction& reaction : vector.reactions) {
    if (reaction.kind == ReactionKind::kReply) {
      patterns.push_back({{"message", "reply"}, {"call_id", reaction.call_id}});
    } else if (reaction.kind == ReactionKind::kPong) {
      patterns.push_back({{"pong", exact_pongs ? Json(to_hex(reaction.payload)) : Json()}});
    }
  }
  return patterns;
}

const ExpectedFrameReaction* close_of(const FrameVector& vector) {
  const auto it =
      std::ranges::find(vector.reactions, ReactionKind::kClose, &ExpectedFrameReaction::kind);
  return it == vector.reactions.end() ? nullptr : &*it;
}

// Whether the octets stop where a further frame may begin.
bool ends_between_messages(const WireBytes& bytes) {
  const std::vector<std::byte> all = bytes.expand();
  std::span<const std::byte> rest = all;
  FrameDecoder decoder;
  while (!rest.empty()) (void)decoder.next(rest);
  return !decoder.mid_frame() && !decoder.mid_message();
}

TestCase frame_case(const FrameVector& vector, bool exact) {
  TestCase out = common_case(vector, Role::kServer);
  out.level = vector.level.value_or(out.level);
  out.disturbs = vector.vector_class != VectorClass::kValid;
  std::vector<Step> steps;
  steps.push_back(on_main(Connect{}));
  steps.push_back(on_main(SendStream{.bytes = vector.bytes}));
  std::vector<Pattern> answers = answers_of(vector, exact);
  if (const ExpectedFrameReaction* const close = close_of(vector)) {
    // Replies may come late (section 4): a connection that ends may end before them.
    out.disturbs = true;
    steps.push_back(
        on_main(ExpectClose{.allowed = std::move(answers),
                            .codes = exact ? close->close_codes : std::vector<std::uint16_t>{},
                            .code_required = exact}));
    out.script = script_of(std::move(steps));
    return out;
  }
  const bool goes_on = ends_between_messages(vector.bytes);
  Barrier barrier;
  if (vector.vector_class == VectorClass::kAcceptable) {
    barrier.may_close = vector.outcomes.closed;
    if (vector.outcomes.ignored || vector.outcomes.closed) std::swap(barrier.allowed, answers);
  }
  if (!answers.empty()) {
    steps.push_back(on_main(Expect{.mode = Expect::Mode::kAll, .patterns = answers}));
  }
  if (goes_on) {
    steps.push_back(on_main(std::move(barrier)));
  } else {
    out.disturbs = true;
    steps.push_back(on_main(EndOurSide{}));
  }
  out.script = script_of(std::move(steps));
  return out;
}

bool has_pong_payload(const FrameVector& vector) {
  return std::ranges::any_of(vector.reactions, [](const ExpectedFrameReaction& reaction) {
    return reaction.kind == ReactionKind::kPong && !reaction.payload.empty();
  });
}

}  // namespace

std::vector<TestCase> to_cases(const FrameVector& vector) {
  std::vector<TestCase> cases{common_case(vector, Role::kCodec), frame_case(vector, false)};
  if (vector.vector_class == VectorClass::kAcceptable) return cases;
  // Known peers differ in these two, so they are of level should (section 8).
  const ExpectedFrameReaction* const close = close_of(vector);
  const auto add_exact = [&](std::string_view suffix, std::string_view purpose) {
    TestCase& exact = cases.emplace_back(frame_case(vector, true));
    exact.id += suffix;
    exact.purpose = purpose;
    exact.level = Level::kShould;
    exact.derived = true;
  };
  if (close != nullptr && !close->close_codes.empty()) {
    add_exact("~close-code",
              "The connection should end with a CLOSE frame that has the right code.");
  } else if (has_pong_payload(vector)) {
    add_exact("~pong-payload", "A PONG should echo the payload of its PING.");
  }
  return cases;
}

}  // namespace wsapi
