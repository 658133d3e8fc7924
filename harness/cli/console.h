// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a command prints: its results on standard output, or, where a report goes there, on standard
// error. Errors and notes are print_error.h's.

#include <string_view>
#include <utility>

#include "harness/cli/output.h"
#include "harness/result/exit_status.h"

namespace wsapi {

class Console {
 public:
  Console();

  template <typename... Args>
  void print(fmt::format_string<Args...> format, Args&&... args) {
    write(fmt::format(format, std::forward<Args>(args)...));
  }
  void write(std::string_view printed);
  void flush() { text().flush(); }

  // Standard output itself, for reports and exports.
  [[nodiscard]] Output& standard() noexcept { return standard_; }
  // From now on, text goes to standard error.
  void keep_standard_for_reports() noexcept { is_reported_ = true; }

  // Flushes, and says where standard output could not be written. The exit status of the program,
  // if `status` is that of the command: a full disk replaces all but wrong use and errors of the
  // suite itself; a reader that has gone changes nothing.
  [[nodiscard]] ExitStatus finish(ExitStatus status);

 private:
  [[nodiscard]] Output& text() noexcept { return is_reported_ ? error_ : standard_; }

  Output standard_;
  Output error_;
  bool is_reported_ = false;  // reports have standard output
  bool is_terminal_;          // which shows each text at once
};

}  // namespace wsapi
