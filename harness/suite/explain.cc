// SPDX-License-Identifier: Apache-2.0
//
// Scripts in sentences, for `wsapi-conform explain` and for reports.

#include <fmt/format.h>

#include <algorithm>

#include "codec/annotate.h"
#include "codec/hex.h"
#include "harness/suite/clause.h"
#include "harness/suite/pattern.h"
#include "harness/suite/script.h"
#include "harness/text/columns.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

constexpr std::size_t kMaxShownBytes = 32;

std::string shape_text(const FrameShape& shape) {
  std::string out;
  if (shape.mask) out += ", masked";
  if (!shape.fragments.empty()) out += fmt::format(", in {} fragments", shape.fragments.size() + 1);
  if (shape.piece_size != 0) out += fmt::format(", in writes of {} bytes", shape.piece_size);
  if (!shape.cuts.empty()) {
    out += fmt::format(", in writes that begin at bytes 0, {}", fmt::join(shape.cuts, ", "));
  }
  return out;
}

std::string hex_text(const WireBytes& bytes) {
  const auto head = bytes.cut(std::min(bytes.size(), kMaxShownBytes)).expand();
  const std::string dots = bytes.size() > kMaxShownBytes ? " ..." : "";
  return fmt::format("{} bytes: {}{}", bytes.size(), to_hex(head, " "), dots);
}

std::string patterns_text(const std::vector<Pattern>& patterns, std::string_view separator) {
  std::string out;
  for (const Pattern& pattern : patterns) {
    if (!out.empty()) out += separator;
    out += printable(pattern.dump());
  }
  return out;
}

struct StepSentence {
  std::string operator()(const SendMessage& s) const {
    const std::string cut = s.cut == 0 ? "" : fmt::format(", without its last {} bytes", s.cut);
    return "send " + printable(s.message.dump()) + cut + shape_text(s.frame);
  }
  std::string operator()(const SendPayload& s) const {
    return "send a message of " + hex_text(s.payload) + shape_text(s.frame);
  }
  std::string operator()(const SendStream& s) const {
    return "send octets of the stream, " + hex_text(s.bytes);
  }
  std::string operator()(const Expect& e) const {
    const bool all = e.mode == Expect::Mode::kAll;
    std::string out = "expect " + patterns_text(e.patterns, all ? ", and in any order " : ", or ");
    if (!e.allowed.empty()) out += "; in between may come " + patterns_text(e.allowed, ", ");
    return out;
  }
  std::string operator()(const Barrier& b) const {
    std::string out = "barrier: a known-good call is answered next";
    if (!b.allowed.empty()) out += "; before it may come " + patterns_text(b.allowed, ", ");
    if (!b.never.empty()) out += "; never " + patterns_text(b.never, ", ");
    if (b.may_close) out += "; closing in order is right, too";
    return out;
  }
  std::string operator()(const ExpectClose& c) const {
    std::string out = "expect the connection to be closed";
    if (c.code_required) {
      out += fmt::format(" by a CLOSE frame with code {}", fmt::join(c.codes, " or "));
    }
    if (c.then_end) out += ", with the end of the stream";
    if (c.may_tell) out += "; a message of the server's own making may come before";
    if (!c.allowed.empty()) out += "; before it may come " + patterns_text(c.allowed, ", ");
    return out;
  }
  std::string operator()(const Connect& c) const {
    return c.negotiate ? "connect and negotiate version 1" : "connect";
  }
  std::string operator()(const EndOurSide& e) const {
    switch (e.how) {
      case EndOurSide::How::kClose: return "close the connection";
      case EndOurSide::How::kReset: return "reset the connection";
      case EndOurSide::How::kShutdown: return "end our side of the stream";
    }
    return "";
  }
  std::string operator()(const Let& let) const {
    std::string out;
    for (const Let::Binding& binding : let.bindings) {
      out += out.empty() ? "let " : ", ";
      out += binding.variable;
      out += !binding.text ? " be free" : binding.is_uuid ? " be a UUID of " : " be ";
      out += printable(binding.text.value_or(""));
    }
    return out;
  }
  std::string operator()(const Repeat& r) const { return fmt::format("{} times:", r.count); }
  std::string operator()(const Procedure& p) const { return wsapi::sentence_of(p); }
};

void append_steps(std::string& out, const std::vector<Step>& steps, std::size_t indent) {
  std::size_t number = 0;
  for (const Step& step : steps) {
    const std::string head = fmt::format("{:>{}}. ", ++number, indent);
    out += wrapped(head + sentence_of(step), indent + 2);
    if (const auto* const repeat = std::get_if<Repeat>(&step.action)) {
      append_steps(out, repeat->steps, indent + 4);
    }
  }
}

// Where no script says what to do with the vector.
std::string_view without_script(const TestCase& test_case) {
  return test_case.role == Role::kClient
             ? "   none yet: the suite lists the cases of a client, and does not run them\n"
             : "   decode the bytes, and encode the message (wsapi-conform vectors check)\n";
}

// The bytes, annotated; in the direction in which the revision has the message.
std::string annotated(const WireBytes& wire_bytes, Revision revision, Direction direction) {
  const std::vector<std::byte> bytes = wire_bytes.expand();
  Annotation shown = annotate(bytes, revision, direction);
  if (shown.error.code == ErrorCode::kWrongDirection) {
    shown =
        annotate(bytes, revision,
                 direction == Direction::kToServer ? Direction::kToClient : Direction::kToServer);
  }
  return fmt::format("\nbytes in revision {}:\n{}", name(revision), to_text(shown, bytes));
}

// The bytes of the vector that the case is made of, or that its steps send.
void append_bytes(std::string& out, const TestCase& test_case) {
  std::vector<WireBytes> payloads;
  if (test_case.direction) {
    payloads.push_back(test_case.bytes);
  } else {
    for (const Step& step : steps_of(test_case)) {
      const auto* const send = std::get_if<SendPayload>(&step.action);
      if (send != nullptr) payloads.push_back(send->payload);
    }
  }
  const Direction direction = test_case.direction.value_or(Direction::kToServer);
  for (const WireBytes& payload : payloads) {
    for (const Revision revision : test_case.revisions) {
      out += annotated(payload, revision, direction);
    }
  }
}

std::string needs_text(const TestCase& test_case) {
  if (test_case.requirements.empty()) {
    return test_case.role == Role::kServer ? "any server"
                                           : fmt::format("any {}", name(test_case.role));
  }
  return fmt::format("{}", fmt::join(test_case.requirements, ", "));
}

}  // namespace

std::string sentence_of(const Step& step) {
  const std::string on = step.connection == "main" ? "" : "on " + step.connection + ": ";
  return on + std::visit(StepSentence{}, step.action);
}

std::string explain(const TestCase& test_case) {
  std::string revisions;
  for (const Revision revision : test_case.revisions) {
    revisions.append(revisions.empty() ? "" : ", ").append(name(revision));
  }
  std::string out = test_case.id + "\n";
  out += wrapped("purpose    " + printable(test_case.purpose, 1000), 11);
  out += fmt::format("clause     {}\n", clause_text(test_case.clause));
  out += fmt::format("level      {}\n", name(test_case.level));
  out += fmt::format("revisions  {}\n", revisions);
  out += wrapped("needs      " + needs_text(test_case), 11);
  out += "steps\n";
  if (test_case.script == nullptr) out += without_script(test_case);
  append_steps(out, steps_of(test_case), 3);
  if (test_case.disturbs) {
    out += "   then, on a fresh connection, a good call must be answered (liveness)\n";
  }
  append_bytes(out, test_case);
  return out;
}

}  // namespace wsapi
