// SPDX-License-Identifier: Apache-2.0
#pragma once

// Options of commands with a reference server of their own: --defect and --variant.

#include <optional>
#include <string>
#include <vector>

#include "codec/revision.h"
#include "harness/cli/console.h"
#include "harness/peers/deviations/deviation.h"
#include "harness/result/exit_status.h"

namespace CLI {
class App;
}

namespace wsapi {

struct DeviationChoice {
  std::vector<std::string> defects;
  std::vector<std::string> variants;

  [[nodiscard]] bool empty() const { return defects.empty() && variants.empty(); }
};

void add_deviation_options(CLI::App& command, DeviationChoice& choice);

// Those that were chosen. Nothing, with a message, where one does not exist, or not in the
// revision.
[[nodiscard]] std::optional<std::vector<const Deviation*>> chosen_deviations(
    const DeviationChoice& choice, std::optional<Revision> revision);

// As a part of a command line, with a space before each word.
[[nodiscard]] std::string to_options(const DeviationChoice& choice);

// A line each: name, rule, what it does.
void print_deviations(Console& console, const std::vector<Deviation>& table);

}  // namespace wsapi
