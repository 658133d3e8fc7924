// SPDX-License-Identifier: Apache-2.0
#pragma once

// Texts that mean something to an implementation of the protocol: the mutators and the dictionaries
// put them where texts are.

#include <array>
#include <string_view>

namespace wsapi::fuzz {

// Verbs of the test API, errors of replies (protocol sections 4 and 8), JSON texts, a name of a
// session, credentials.
inline constexpr std::array<std::string_view, 32> kWords{
    "a",
    "ping",
    "echo",
    "fail",
    "delay",
    "whoami",
    "subscribe",
    "unsubscribe",
    "emit",
    "broadcast",
    "remove",
    "evt",
    "proto-error",
    "disconnected",
    "unknown-verb",
    "unknown-session",
    "internal-error",
    "not-replied",
    "null",
    "true",
    "0",
    "-1.5e3",
    "{}",
    "[]",
    "\"text\"",
    R"({"event":"evt","data":1})",
    R"({"error":"e","info":null})",
    R"([1,[2,[3,{"a":"\u0000\ud83d\ude00"}]]])",
    "{\"a\":",
    "123e4567-e89b-12d3-a456-426614174000",
    "0:0:1a2b-NoLabel",
    "\xc3\xa4\xff\xed\xa0\x80"};

}  // namespace wsapi::fuzz
