// SPDX-License-Identifier: Apache-2.0
#pragma once

// A command as a user writes it, split into words, with the address put in. No shell runs: the
// process that is started is the one that is watched.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/net/address.h"

namespace wsapi {

inline constexpr std::size_t kMaxCommandSize = 32'768;  // bytes
inline constexpr std::size_t kMaxCommandWords = 1000;

struct Command {
  // NAME=VALUE words in front of the program's name, for its environment.
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<std::string> words;  // the program and its arguments
  std::string error;               // what is wrong with the text; empty: nothing
};

// Blanks part words; single quotes, double quotes and backslashes keep them together, as in a
// shell. What only a shell could do (a pipe, a variable, a list of commands) is an error that says
// how to write it.
[[nodiscard]] Command split_command(std::string_view text);

// Puts the address where a word says {address}, and its parts where it says {path} or {host},
// {port} and {api}. Returns what is wrong: a part that the address does not have. Other braces stay
// as they are.
[[nodiscard]] std::string put_address(std::string& word, const Address& address);

}  // namespace wsapi
