// SPDX-License-Identifier: Apache-2.0
#pragma once

// Messages in a few words, for reasons and reports: "REPLY 5129 with error unknown-verb".

#include <cstddef>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "codec/message.h"
#include "codec/revision.h"
#include "harness/suite/pattern.h"

namespace wsapi {

// Of a message's JSON form, or of a pattern with its variables put in: what the pattern leaves open
// is not mentioned. Printable ASCII of bounded size.
[[nodiscard]] std::string words_of(const nlohmann::json& form);

// Of the payload of a binary message: "CALL 5129 (malformed: truncated at offset 9 in field args)".
[[nodiscard]] std::string words_of(std::span<const std::byte> payload, Revision revision,
                                   Direction direction);

// A pattern for people: the words, and its JSON with the variables put in, in one line.
[[nodiscard]] std::string describe_pattern(const nlohmann::json& pattern,
                                           const Variables& variables);

}  // namespace wsapi
