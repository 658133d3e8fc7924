// SPDX-License-Identifier: Apache-2.0
#pragma once

// The options that choose cases, the same for each command that works on cases.

#include <CLI/CLI.hpp>

#include "harness/suite/case_filter.h"

namespace wsapi {

// `runs`: the command runs the cases, so that it can choose those of servers only, and does so
// unless an option says so anyway.
void add_filter_options(CLI::App& command, CaseFilter& filter, bool runs);

}  // namespace wsapi
