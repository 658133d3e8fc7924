// SPDX-License-Identifier: Apache-2.0
#pragma once

// wsapi-conform serve: a built-in peer for others to talk to.

#include <string>

#include "codec/revision.h"
#include "harness/cli/console.h"
#include "harness/cli/deviation_options.h"
#include "harness/peers/builtin.h"
#include "harness/result/exit_status.h"

namespace wsapi {

struct ServeCommand {
  std::string address;
  std::string revision{name(kReferenceRevision)};
  std::string test_api = "full";
  std::string builtin{kReferencePeer};
  DeviationChoice deviations;
  bool list_defects = false;
  bool list_variants = false;
};
[[nodiscard]] ExitStatus execute(const ServeCommand& options, Console& console);

}  // namespace wsapi
