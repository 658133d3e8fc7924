// SPDX-License-Identifier: Apache-2.0
//
// The program; see cli.h.

#include "harness/cli/cli.h"

int main(int argc, char** argv) { return wsapi::run_program(argc, argv); }
