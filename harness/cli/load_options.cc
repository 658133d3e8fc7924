// SPDX-License-Identifier: Apache-2.0

#include "harness/cli/load_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "harness/cli/common_options.h"
#include "harness/load/load.h"

namespace wsapi {
namespace {

constexpr double kMinRate = 0.001;  // calls per second
constexpr double kMaxRate = 10'000'000;
constexpr double kMinSeconds = 0.1;
constexpr double kMaxSeconds = 86'400;
constexpr std::size_t kMinSize = 2;  // bytes: the quotes of a JSON string
constexpr std::size_t kMaxSize = 1'000'000;
constexpr std::size_t kMaxVerbSize = 1000;

void add_call_options(CLI::App& command, LoadCommand& options) {
  command
      .add_option("--verb", options.verb,
                  "Verb to call; an error reply is an error then (default: a verb that no server "
                  "has, whose error reply is the right answer)")
      ->check(not_empty)
      ->check([](const std::string& text) -> std::string {
        return text.size() <= kMaxVerbSize ? "" : fmt::format("more than {} bytes", kMaxVerbSize);
      });
  CLI::Option* const args =
      command.add_option("--args", options.args, "Arguments of each call (default: null)")
          ->type_name("JSON")
          ->check(not_empty);
  command.add_option("--size", options.size, "Bytes of the arguments instead: a JSON string")
      ->type_name("BYTES")
      ->check(CLI::Range(kMinSize, kMaxSize))
      ->excludes(args);
  command.add_option("--timeout", options.timeout_s, "Longest wait for one reply")
      ->type_name("SECONDS")
      ->check(number_from(kMinTimeout, kMaxTimeout))
      ->capture_default_str();
}

}  // namespace

void add_load_options(CLI::App& command, LoadCommand& options) {
  add_target_options(command, options.target, options.builtin, options.revision);
  command.add_option("--connections", options.connections, "Connections to the server")
      ->check(CLI::Range(std::size_t{1}, kMaxLoadConnections))
      ->capture_default_str();
  // The text max leaves the option unset.
  command
      .add_option_function<std::string>(
          "--rate",
          [&options](const std::string& text) {
            if (text != "max") options.rate = std::stod(text);
          },
          "Calls per second over all connections, or max: as many as are answered (default: max)")
      ->type_name("NUMBER|max")
      ->check([](const std::string& text) {
        return text == "max" ? "" : number_from(kMinRate, kMaxRate)(text);
      });
  command.add_option("--seconds", options.seconds, "Time that is measured")
      ->type_name("SECONDS")
      ->check(number_from(kMinSeconds, kMaxSeconds))
      ->capture_default_str();
  command.add_option("--warmup", options.warmup_s, "Time before it that is not measured")
      ->type_name("SECONDS")
      ->check(number_from(0, kMaxSeconds))
      ->capture_default_str();
  command
      .add_option("--pipeline", options.pipeline,
                  fmt::format("Most calls in flight on one connection (default: 1, with a rate {})",
                              kMaxPendingCalls))
      ->check(CLI::Range(std::size_t{1}, kMaxPendingCalls));
  add_call_options(command, options);
  command
      .add_option("--report", options.reports,
                  "Write a report; - is standard output, the text then goes to standard error")
      ->type_name("json:FILE")
      ->allow_extra_args(false);
  command.add_flag("--quiet", options.quiet, "Print the sums only");
  command.footer(
      "Ctrl-C ends it early, with what has been measured.\n"
      "Exit status: 0 all calls were answered rightly and the rate was kept, 1 errors, or the "
      "rate\n"
      "was not kept, 3 no server could be reached or all connections were lost, 4 wrong use, 5 "
      "error\n"
      "of the program itself, 6 standard output or a report could not be written.");
}

}  // namespace wsapi
