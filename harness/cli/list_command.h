// SPDX-License-Identifier: Apache-2.0
#pragma once

// wsapi-conform list and explain: what cases there are, and one of them in full.

#include <string>

#include "harness/cli/console.h"
#include "harness/result/exit_status.h"
#include "harness/suite/case_filter.h"

namespace wsapi {

struct ListCommand {
  std::string vectors;
  CaseFilter filter;
  bool long_form = false;
  bool json = false;
};
[[nodiscard]] ExitStatus execute(const ListCommand& options, Console& console);

struct ExplainCommand {
  std::string vectors;
  std::string id;
};
[[nodiscard]] ExitStatus execute(const ExplainCommand& options, Console& console);

}  // namespace wsapi
