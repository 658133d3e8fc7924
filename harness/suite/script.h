// SPDX-License-Identifier: Apache-2.0
#pragma once

// A script: what happens on the connections of one case, step by step. Vectors become scripts by a
// template (vector_cases.h), scenario files are scripts already (scenario.h); the interpreter runs
// both (interpreter.h).

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "harness/suite/procedure.h"
#include "harness/suite/test_case.h"
#include "harness/suite/wire_bytes.h"

namespace wsapi {

// A pattern that a received message either matches or not: a JSON object of the fields that are
// looked at, in the message's JSON form. {"pong": "6162"} is a PONG with that payload,
// {"pong": null} any PONG. See pattern.h.
using Pattern = nlohmann::json;

// How a payload is put into frames.
struct FrameShape {
  std::optional<std::array<std::byte, 4>> mask;
  std::vector<std::size_t> fragments;  // sizes in bytes of all but the last; empty: one frame
  // Bytes in one write, where the next write waits until the IUT can have read the one before; 0:
  // all at once.
  std::size_t piece_size = 0;
  std::vector<std::size_t> cuts = {};  // offsets in the octets at which a further write begins
};

struct SendMessage {  // a message in its JSON form, variables allowed
  nlohmann::json message;
  FrameShape frame;
  std::size_t cut = 0;  // bytes at its end that are left out
};
struct SendPayload {  // the payload of one binary message
  WireBytes payload;
  FrameShape frame;
};
struct SendStream {  // octets of the stream
  WireBytes bytes;
};
struct Expect {
  enum class Mode : std::uint8_t { kAll, kOneOf };  // all in any order, or one of them
  Mode mode = Mode::kAll;
  std::vector<Pattern> patterns;
  std::vector<Pattern> allowed = {};  // what may come in between, each at most once
};
struct Barrier {                    // a known good request and its answer; nothing else in between
  std::vector<Pattern> allowed;     // but these, each at most once
  std::vector<Pattern> never = {};  // these not even where they would be passed over
  bool may_close = false;           // an orderly end of the connection is right, too
};
struct ExpectClose {                      // CLOSE frame, end of stream or reset
  std::vector<Pattern> allowed = {};      // what may come before it
  std::vector<std::uint16_t> codes = {};  // of a CLOSE frame; empty: any
  bool code_required = false;             // a CLOSE frame must come
  bool may_tell = false;                  // a message may come before it, but no VERSION SET
  bool then_end = false;                  // after a CLOSE frame the stream must end, too
};
struct Connect {  // opens the step's connection; with negotiation, unless the step says otherwise
  bool negotiate = true;
};
struct EndOurSide {
  enum class How : std::uint8_t { kClose, kReset, kShutdown };
  How how = How::kClose;
};
struct Let {  // binds variables
  struct Binding {
    std::string variable;
    std::optional<std::string> text;  // with variables in it; none: the variable is unbound
    bool is_uuid = false;             // the text is the seed of a UUID, of this run alone
  };
  std::vector<Binding> bindings;
};
struct Step;
struct Repeat {
  std::size_t count = 1;
  std::string counter;  // the variable that holds 0, 1, 2 …; empty: none
  std::vector<Step> steps;
  std::size_t from = 0;  // what the counter begins with
};

struct Step {
  std::string connection = "main";  // with variables in it
  std::variant<SendMessage, SendPayload, SendStream, Expect, Barrier, ExpectClose, Connect,
               EndOurSide, Let, Repeat, Procedure>
      action;
};

struct Script {
  std::vector<Step> steps;
};

[[nodiscard]] inline std::shared_ptr<const Script> script_of(std::vector<Step> steps) {
  return std::make_shared<const Script>(Script{std::move(steps)});
}

// The steps of the case; none where it has no script. They live as long as the case.
[[nodiscard]] inline const std::vector<Step>& steps_of(const TestCase& test_case) {
  static const std::vector<Step> kNone;
  return test_case.script == nullptr ? kNone : test_case.script->steps;
}
const std::vector<Step>& steps_of(const TestCase&& test_case) = delete;

// One sentence for one step.
[[nodiscard]] std::string sentence_of(const Step& step);

}  // namespace wsapi
