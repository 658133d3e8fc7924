// SPDX-License-Identifier: Apache-2.0
#pragma once

// The commands of wsapi-conform with their options, apart from how a command line gives them
// (cli.h). Each does its work, prints what it has to say, and returns the exit status.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/builtin.h"
#include "harness/catalogue.h"
#include "harness/json_file.h"
#include "harness/runner.h"

namespace wsapi {

// Which cases: ids that match one of `select` (all, where it is empty) and none of `exclude`.
struct Choice {
  std::vector<std::string> select;
  std::vector<std::string> exclude;
};

inline constexpr double kDefaultTimeout = 5;  // seconds

struct RunCommand {
  std::string target;
  std::string builtin;
  std::string vectors;  // folder; empty: that of the program
  Choice choice;
  std::string revision = "auto";
  std::string test_api = "auto";
  bool strict = false;
  std::size_t jobs = 16;
  double timeout_s = kDefaultTimeout;
  std::uint64_t seed = 0;
  std::size_t repeat = 1;
  std::vector<std::string> reports;  // junit:FILE, json:FILE
  std::string export_corpus;         // folder; empty: nothing is exported
  bool quiet = false;
  bool verbose = false;
};
[[nodiscard]] ExitStatus execute(const RunCommand& options);

struct LoadCommand {
  std::string target;
  std::string builtin;
  std::string revision = "auto";
  std::size_t connections = 1;
  std::optional<double> rate;  // calls per second; none: as fast as it goes
  double seconds = 10;
  double warmup_s = 1;
  std::optional<std::size_t> pipeline;  // none: 1, with a rate as many as the protocol allows
  std::string verb;                     // empty: one that no server has
  std::string args;                     // JSON; empty: as `size` says
  std::optional<std::size_t> size;      // of the arguments, in bytes; none: null
  double timeout_s = kDefaultTimeout;
  std::vector<std::string> reports;  // json:FILE
  bool quiet = false;
};
[[nodiscard]] ExitStatus execute(const LoadCommand& options);

struct ListCommand {
  std::string vectors;
  Choice choice;
  bool long_form = false;
};
[[nodiscard]] ExitStatus execute(const ListCommand& options);

struct ExplainCommand {
  std::string vectors;
  std::string id;
};
[[nodiscard]] ExitStatus execute(const ExplainCommand& options);

struct ServeCommand {
  std::string address;
  std::string revision{name(kReferenceRevision)};
  std::string test_api = "full";
  std::string peer{kReferencePeer};
};
[[nodiscard]] ExitStatus execute(const ServeCommand& options);

struct DecodeCommand {
  std::vector<std::string> inputs;  // hexadecimal, or "-" for standard input
  std::string revision{name(kReferenceRevision)};
  std::string direction = "auto";
  bool frames = false;
  bool json = false;
};
[[nodiscard]] ExitStatus execute(const DecodeCommand& options);

struct CheckVectorsCommand {
  std::string vectors;
};
[[nodiscard]] ExitStatus execute(const CheckVectorsCommand& options);

struct ExportVectorsCommand {
  std::string vectors;
  std::string out = "-";  // a file, or "-" for standard output
};
[[nodiscard]] ExitStatus execute(const ExportVectorsCommand& options);

// ---- Shared by the commands

// "error: MESSAGE" on standard error.
void print_error(const std::string& message);
void print_errors(const std::vector<FileError>& errors);

// The chosen cases; on failure, which has been printed, false.
[[nodiscard]] bool choose_cases(const Catalogue& catalogue, const Choice& choice,
                                std::vector<const Case*>& cases);

// The catalogue of the folder; on failure, which has been printed, false.
[[nodiscard]] bool read_catalogue(const std::string& folder, Catalogue& catalogue);

}  // namespace wsapi
