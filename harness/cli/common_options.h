// SPDX-License-Identifier: Apache-2.0
#pragma once

// Options that several commands have, and checks of their values.

#include <functional>
#include <string>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace wsapi {

inline constexpr double kMinTimeout = 0.01;  // seconds
inline constexpr double kMaxTimeout = 3600;

// Checks as CLI11 wants them: what is wrong with a value, or an empty text.

// For options whose empty value would silently mean their default.
[[nodiscard]] std::string not_empty(const std::string& value);
// CLI::Range would let NaN pass.
[[nodiscard]] std::function<std::string(const std::string&)> number_from(double min, double max);
// CLI11 takes negative numbers, too, and those that are too large.
[[nodiscard]] std::string check_seed(const std::string& text);

// The texts and numbers live as long as the command.
void add_vectors_option(CLI::App& command, std::string& folder);
// The name of one of the built-in peers.
CLI::Option* add_builtin_option(CLI::App& command, std::string& builtin,
                                const std::string& description);
// Where the server listens.
void add_target_option(CLI::App& command, std::string& target, const std::string& description);
// For commands that speak to a server, or to a built-in one.
void add_target_options(CLI::App& command, std::string& target, std::string& builtin,
                        std::string& revision);
// How the server's process comes to be watched; after add_target_options.
void add_process_options(CLI::App& command, std::string& exec, int& pid);
// The profile; after both.
void add_profile_option(CLI::App& command, std::string& profile);

}  // namespace wsapi
