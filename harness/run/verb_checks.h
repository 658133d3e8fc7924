// SPDX-License-Identifier: Apache-2.0
#pragma once

// Calls of the verbs of the test API, and what is right in answer to them: for finding out which of
// the verbs a server has, and which of those are wrong.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsapi {

// The answer to a call.
struct VerbAnswer {
  std::optional<std::string> error;
  std::string data;  // JSON text
};

struct VerbCheck {
  enum class Right : std::uint8_t {
    kSameData,  // data is `wanted`, a JSON text
    kError,     // the error is `wanted`
    kWhoami,    // an object with session, token and creds
    kSuccess,   // no error
    kNoAnswer,
  };
  std::string verb;
  std::string args;  // JSON text
  Right right = Right::kSuccess;
  std::string wanted = {};
  std::string_view needs = {};  // a verb without which this one cannot be judged; may be empty
};

// In the order in which they are called, one after the other. `unique` is a text for the names of
// events.
[[nodiscard]] std::vector<VerbCheck> verb_checks(const std::string& unique);

// What is wrong with the answer, such as "answers an error (invalid-request)"; empty where it is
// right. std::nullopt as the answer: none came.
[[nodiscard]] std::string fault_of(const VerbCheck& check, const std::optional<VerbAnswer>& answer);

}  // namespace wsapi
