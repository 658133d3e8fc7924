// SPDX-License-Identifier: Apache-2.0
#pragma once

// Patterns of messages in scripts, and the variables that they bind.
//
// A pattern is a JSON object of fields in the message's JSON form; a field that is left out matches
// anything. The value of a field is matched by
//
//   a number, text, null, array   the same value
//   "$name"                       binds the variable at its first use, compares with it afterwards
//   {"json": value}               the field's text, parsed as JSON, is that value (variables
//   inside)
//   {"present": true}             anything but null
//
// In a message that is sent, "$name" stands for the variable's value and {"json": value} for the
// text of that JSON value.

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "codec/message.h"
#include "codec/revision.h"

namespace wsapi {

using Variables = std::map<std::string, nlohmann::json>;

// Whether `received`, the JSON form of a message, matches. Variables are bound only if it does.
[[nodiscard]] bool matches(const nlohmann::json& pattern, const nlohmann::json& received,
                           Variables& variables);

// The JSON form to be sent, with variables and {"json": ...} put in. A variable that is not bound
// stays as it is.
[[nodiscard]] nlohmann::json substitute(const nlohmann::json& message, const Variables& variables);

// A message that the pattern matches, in annotated bytes: fields that the pattern leaves open are
// 0, empty or null. For showing what was expected. Where none can be made, the pattern's JSON.
[[nodiscard]] std::string example_of(const nlohmann::json& pattern, const Variables& variables,
                                     Revision revision);

}  // namespace wsapi
