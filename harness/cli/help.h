// SPDX-License-Identifier: Apache-2.0
#pragma once

// How the help of the program looks, and what is said of wrong use.

#include <CLI/CLI.hpp>
#include <string>

#include "harness/result/exit_status.h"

namespace wsapi {

// Descriptions are broken, so that no line is longer than others of ours.
class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter();
  std::string make_option_desc(const CLI::Option* option) const override;
  std::string make_subcommand(const CLI::App* command) const override;
};

// Prints what is wrong, and where to find help.
[[nodiscard]] ExitStatus report_wrong_use(const CLI::App& app, const CLI::ParseError& error);

}  // namespace wsapi
