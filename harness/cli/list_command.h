// SPDX-License-Identifier: Apache-2.0
#pragma once

// wsapi-conform list and explain: what cases there are, and one of them in full.

#include <string>

#include "harness/cli/case_filter.h"
#include "harness/result/exit_status.h"

namespace wsapi {

struct ListCommand {
  std::string vectors;
  CaseFilter filter;
  bool long_form = false;
};
[[nodiscard]] ExitStatus execute(const ListCommand& options);

struct ExplainCommand {
  std::string vectors;
  std::string id;
};
[[nodiscard]] ExitStatus execute(const ExplainCommand& options);

}  // namespace wsapi
