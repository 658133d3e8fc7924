// SPDX-License-Identifier: Apache-2.0
//
// Patterns of messages in scenarios. Input: the JSON of a pattern, a line feed, and the JSON of
// what has been received.

#include "harness/suite/pattern.h"

#include <nlohmann/json.hpp>
#include <string>

#include "fuzz/check.h"
#include "harness/suite/json_file.h"
#include "harness/suite/message_words.h"
#include "harness/suite/pattern_differences.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wsapi;
  const std::string text(fuzz::as_text(data, size));
  const std::size_t end = text.find('\n');
  if (end == std::string::npos) return 0;
  std::vector<FileError> errors;
  const auto pattern = parse_json_file(text.substr(0, end), "pattern", errors);
  const auto received = parse_json_file(text.substr(end + 1), "received", errors);
  // In scenarios, both are objects.
  if (!pattern.is_object() || !received.is_object()) return 0;
  Variables variables{{"known", 1}};
  const Variables before = variables;
  const bool is_equal = differences(pattern, received, before).empty();
  fuzz::check(is_equal == matches(pattern, received, variables),
              "there are differences exactly where the pattern does not match");
  variables = before;
  if (!matches(pattern, received, variables)) {
    fuzz::check(variables == before, "variables are bound only by a match");
  } else {
    Variables again = variables;
    fuzz::check(matches(pattern, received, again) && again == variables,
                "what has matched matches again, with what it has bound");
  }
  (void)substitute(pattern, variables);
  fuzz::check(!describe_pattern(pattern, variables).empty(), "every pattern can be described");
  return 0;
}
