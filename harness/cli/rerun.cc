// SPDX-License-Identifier: Apache-2.0

#include "harness/cli/rerun.h"

#include <fmt/format.h>

namespace wsapi {
namespace {

// A word as a shell takes it, whatever stands in it.
std::string shell_word(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string{"'\\''"} : std::string(1, c);
  return out + "'";
}

}  // namespace

std::string rerun_command(const RunCommand& options) {
  std::string out = "wsapi-conform run";
  if (!options.builtin.empty()) out += " --builtin " + options.builtin;
  out += to_options(options.deviations);
  if (!options.profile.empty()) out += " --profile " + shell_word(options.profile);
  if (!options.exec.empty()) out += " --exec " + shell_word(options.exec);
  if (options.pid != 0) out += fmt::format(" --pid {}", options.pid);
  if (!options.target.empty()) out += " --target " + shell_word(options.target);
  if (options.revision != "auto") out += " --revision " + options.revision;
  if (options.test_api != "auto") out += " --test-api " + options.test_api;
  if (options.timeout_s != kDefaultTimeout) out += fmt::format(" --timeout {}", options.timeout_s);
  if (options.time_scale != 1) out += fmt::format(" --time-scale {}", options.time_scale);
  if (!options.vectors.empty()) out += " --vectors " + shell_word(options.vectors);
  return out;
}

}  // namespace wsapi
