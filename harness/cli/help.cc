// SPDX-License-Identifier: Apache-2.0

#include "harness/cli/help.h"

#include <fmt/format.h>

#include <sstream>
#include <string_view>
#include <vector>

#include "harness/cli/print_error.h"
#include "harness/text/columns.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

constexpr std::size_t kHelpColumn = 34;  // where descriptions start

// CLI11 indents what follows a line feed.
std::string broken(std::string text) {
  constexpr std::size_t kRoom = kColumns - kHelpColumn;
  for (std::size_t start = 0; text.size() - start > kRoom;) {
    const std::size_t cut = text.rfind(' ', start + kRoom);
    if (cut == std::string::npos || cut <= start) break;
    text[cut] = '\n';
    start = cut + 1;
  }
  return text;
}

}  // namespace

HelpFormatter::HelpFormatter() { column_width(kHelpColumn); }

std::string HelpFormatter::make_option_desc(const CLI::Option* option) const {
  return broken(option->get_description());
}

std::string HelpFormatter::make_subcommand(const CLI::App* command) const {
  std::ostringstream out;
  CLI::detail::format_help(out, command->get_display_name(true), broken(command->get_description()),
                           kHelpColumn);
  return out.str();
}

ExitStatus report_wrong_use(const CLI::App& app, const CLI::ParseError& error) {
  // Words that are no command are left over, and the command is what is missed.
  const std::vector<std::string> left_over = app.remaining(true);
  const bool unknown = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr &&
                       !left_over.empty() &&
                       std::string_view{error.what()}.ends_with("subcommand is required");
  print_error(unknown ? fmt::format("there is no command '{}'", printable(left_over.front()))
                      : printable(error.what(), 1000));
  print_note("See wsapi-conform --help, or --help after a command.");
  return ExitStatus::kUsage;
}

}  // namespace wsapi
