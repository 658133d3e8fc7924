// SPDX-License-Identifier: Apache-2.0

#include "harness/cli/console.h"

#include <unistd.h>

#include <string>
#include <system_error>

#include "harness/cli/print_error.h"

namespace wsapi {

Console::Console() : standard_(1), error_(2), is_terminal_(::isatty(1) == 1) {}

void Console::write(std::string_view printed) {
  text().write(printed);
  if (is_terminal_) text().flush();
}

ExitStatus Console::finish(ExitStatus status) {
  standard_.flush();
  error_.flush();
  if (!standard_.has_failed()) return status;
  print_error("standard output: " + std::generic_category().message(standard_.error()));
  return with_output_lost(status);
}

}  // namespace wsapi
