// SPDX-License-Identifier: Apache-2.0
#pragma once

// wsapi-conform decode: bytes with the name and value of each field.

#include <string>
#include <vector>

#include "codec/revision.h"
#include "harness/cli/console.h"
#include "harness/result/exit_status.h"

namespace wsapi {

struct DecodeCommand {
  std::vector<std::string> inputs;  // hexadecimal, or "-" for standard input
  std::string revision{name(kReferenceRevision)};
  std::string direction = "auto";
  bool frames = false;
  bool json = false;
};
[[nodiscard]] ExitStatus execute(const DecodeCommand& options, Console& console);

}  // namespace wsapi
