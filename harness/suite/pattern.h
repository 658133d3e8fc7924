// SPDX-License-Identifier: Apache-2.0
#pragma once

// Patterns of messages in scripts, and the variables that they bind.
//
// A pattern is a JSON object of fields in the message's JSON form; a field that is left out matches
// anything. The value of a field is matched by
//
//   a number, text, null, array   the same value
//   "$name"                       binds the variable at its first use, compares with it afterwards
//   {"json": value}               the field's text, parsed as JSON, is that value, which may have
//                                 variables in it
//   {"present": true}             anything but null
//   {"not": [value, ...]}         none of these values; variables that are bound stand for theirs.
//                                 {"not": []} is anything
//   {"distinct": "$set"}          what no earlier match of this set was; it joins the set. With
//                                 "as": "$name" the variable is bound to it, also where it was
//                                 bound before
//   {"json_type": [name, ...]}    the field's text, parsed as JSON, has one of these types, named
//                                 as in kJsonTypes
//
// "not" and "distinct" may stand within {"json": ...}, too.
//
// A number without a fraction matches only such a number: 1 is not 1.0.
//
// In a message that is sent, "$name" stands for the variable's value and {"json": value} for the
// text of that JSON value.

#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace wsapi {

// By name, with its dollar sign. A set of {"distinct": ...} is an object with a member for each
// value.
using Variables = std::map<std::string, nlohmann::json>;

inline constexpr std::array<std::string_view, 6> kJsonTypes{"null",   "boolean", "number",
                                                            "string", "array",   "object"};

// Whether `received`, the JSON form of a message, matches. Variables are bound only if it does.
[[nodiscard]] bool matches(const nlohmann::json& pattern, const nlohmann::json& received,
                           Variables& variables);

// The JSON form to be sent, with variables and {"json": ...} put in. A variable that is not bound
// stays as it is.
[[nodiscard]] nlohmann::json substitute(const nlohmann::json& message, const Variables& variables);

// The text with the values of the variables whose names stand in it: "client-$i" is "client-7". A
// name goes on as far as letters, digits and underscores do; one that is not bound stays.
[[nodiscard]] std::string interpolate(std::string_view text, const Variables& variables);

// The text of a UUID, of version 4 by its looks, that follows from `seed` alone.
[[nodiscard]] std::string uuid_text(std::string_view seed);

}  // namespace wsapi
