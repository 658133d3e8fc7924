// SPDX-License-Identifier: Apache-2.0

#include "harness/cli/common_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <vector>

#include "harness/peers/builtin.h"

namespace wsapi {
namespace {

constexpr int kMaxPid = 4'194'304;  // of Linux

}  // namespace

std::string not_empty(const std::string& value) {
  return value.empty() ? "an empty text; leave the option out instead" : "";
}

std::function<std::string(const std::string&)> number_from(double min, double max) {
  return [min, max](const std::string& text) -> std::string {
    double value = 0;
    const bool good = CLI::detail::lexical_cast(text, value) && value >= min && value <= max;
    return good ? "" : fmt::format("{} is not a number from {} to {}", text, min, max);
  };
}

std::string check_seed(const std::string& text) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  const bool good = error == std::errc{} && stop == end;
  return good ? "" : fmt::format("{} is not a whole number from 0 to {}", text, UINT64_MAX);
}

void add_vectors_option(CLI::App& command, std::string& folder) {
  command.add_option("--vectors", folder, "Folder of the vectors (default: those of this program)")
      ->type_name("DIR")
      ->check(not_empty);
}

CLI::Option* add_builtin_option(CLI::App& command, std::string& builtin,
                                const std::string& description) {
  const std::vector<std::string> names = builtin_names();
  return command
      .add_option("--builtin", builtin, fmt::format("{}: {}", description, fmt::join(names, ", ")))
      ->type_name("NAME")
      // Without a description of its own, which would repeat the names in one long line.
      ->check(CLI::IsMember(names).description(""));
}

void add_target_option(CLI::App& command, std::string& target, const std::string& description) {
  command.add_option("--target", target, description)->type_name("URI")->check(not_empty);
}

void add_target_options(CLI::App& command, std::string& target, std::string& builtin,
                        std::string& revision) {
  add_target_option(command, target,
                    "The server: tcp:HOST:PORT/API, unix:PATH or unix:@NAME; with --builtin, where "
                    "that listens");
  add_builtin_option(command, builtin,
                     "A built-in server, on a socket of its own (default without --target: "
                     "reference)");
  command.add_option("--revision", revision, "Revision of the wire format")
      ->check(CLI::IsMember({"auto", "legacy", "2020-01", "2020-03"}))
      ->capture_default_str();
}

void add_process_options(CLI::App& command, std::string& exec_command, int& pid) {
  // Not every command has built-in servers.
  CLI::Option* const builtin = command.get_option_no_throw("--builtin");
  CLI::Option* const exec =
      command
          .add_option("--exec", exec_command,
                      "Start the server with this command, watch its process and end it; "
                      "{address} in it, or $WSAPI_ADDRESS, is where it has to listen: --target, "
                      "or a socket that is made up")
          ->type_name("COMMAND")
          ->check(not_empty);
  CLI::Option* const watched =
      command.add_option("--pid", pid, "Watch this process, which serves --target")
          ->type_name("PID")
          ->check(CLI::Range(1, kMaxPid))
          ->needs(command.get_option("--target"))
          ->excludes(exec);
  if (builtin == nullptr) return;
  exec->excludes(builtin);
  watched->excludes(builtin);
}

void add_profile_option(CLI::App& command, std::string& profile) {
  CLI::Option* const option =
      command
          .add_option(
              "--profile", profile,
              "What the server implements, how to start it and to speak to it; other options "
              "win over it")
          ->type_name("FILE")
          ->check(not_empty);
  if (CLI::Option* const builtin = command.get_option_no_throw("--builtin")) {
    option->excludes(builtin);
  }
}

}  // namespace wsapi
