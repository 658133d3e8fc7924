// SPDX-License-Identifier: Apache-2.0

#include "harness/cli/cli.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <exception>
#include <functional>
#include <memory>
#include <vector>

#include "harness/cli/calibrate_options.h"
#include "harness/cli/common_options.h"
#include "harness/cli/console.h"
#include "harness/cli/decode_command.h"
#include "harness/cli/deviation_options.h"
#include "harness/cli/doctor_command.h"
#include "harness/cli/filter_options.h"
#include "harness/cli/help.h"
#include "harness/cli/list_command.h"
#include "harness/cli/load_options.h"
#include "harness/cli/print_error.h"
#include "harness/cli/report_command.h"
#include "harness/cli/run_options.h"
#include "harness/cli/serve_command.h"
#include "harness/cli/vectors_command.h"
#include "harness/result/report/report.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

constexpr const char* kFooter =
    "Exit status of run: 0 nothing unexpected, 1 unexpected verdict, 2 inconclusive or flaky only, "
    "or\ninterrupted, 3 the server could not be reached or kept alive, 4 wrong use, 5 error of the "
    "suite.\nOf all commands: 6 standard output, a report or another file could not be written.";

// A command of the command line: with its options in the parser, and what it does if it is called.
struct Command {
  CLI::App* parser;
  std::function<ExitStatus(Console&)> execute;
};

// The options live as long as the entry.
template <typename Options>
Command add_command(CLI::App& app, const char* command_name, const char* description,
                    void (*add_options)(CLI::App&, Options&)) {
  const auto options = std::make_shared<Options>();
  CLI::App* const parser = app.add_subcommand(command_name, description);
  add_options(*parser, *options);
  return {parser, [options](Console& console) { return execute(*options, console); }};
}

void add_list_options(CLI::App& command, ListCommand& options) {
  add_filter_options(command, options.filter, false);
  CLI::Option* const long_form =
      command.add_flag("--long", options.long_form, "With their test purposes");
  command.add_flag("--json", options.json, "All that is known of each, one JSON object a line")
      ->excludes(long_form);
  add_vectors_option(command, options.vectors);
}

void add_explain_options(CLI::App& command, ExplainCommand& options) {
  command.add_option("case", options.id, "Id of the case, such as server/call/minimal")
      ->required()
      ->type_name("ID");
  add_vectors_option(command, options.vectors);
}

void add_serve_options(CLI::App& command, ServeCommand& options) {
  command
      .add_option("address", options.address,
                  "tcp:HOST:PORT/API, unix:PATH or unix:@NAME; port 0 takes a free one")
      ->type_name("URI");
  command.add_option("--revision", options.revision, "Revision of the wire format")
      ->check(CLI::IsMember({"legacy", "2020-01", "2020-03"}))
      ->capture_default_str();
  command.add_option("--test-api", options.test_api, "Verbs: the test API, or none at all")
      ->check(CLI::IsMember({"full", "none"}))
      ->capture_default_str();
  add_builtin_option(command, options.builtin, "Another built-in peer, to see how it fails")
      ->capture_default_str();
  add_deviation_options(command, options.deviations);
  command.add_flag("--list-defects", options.list_defects, "Print the defects instead");
  command.add_flag("--list-variants", options.list_variants, "Print the variants instead");
  command.footer("Exit status: 0 stopped by a signal, 3 cannot listen, 4 wrong use.");
}

void add_doctor_options(CLI::App& command, DoctorCommand& options) {
  add_target_option(command, options.target,
                    "The server: tcp:HOST:PORT/API, unix:PATH or unix:@NAME; else where the "
                    "profile says");
  add_process_options(command, options.exec, options.pid);
  add_profile_option(command, options.profile);
  command.add_option("--timeout", options.timeout_s, "Longest wait for one answer")
      ->type_name("SECONDS")
      ->check(number_from(kMinTimeout, kMaxTimeout))
      ->capture_default_str();
  command.add_flag("--json", options.json, "Print what was found as JSON");
  command.footer(
      "Exit status: 0 all claims hold, 1 one does not, or something is there that is denied, 2 "
      "interrupted,\n3 the server cannot be started or reached, 4 wrong use or not a profile.");
}

void add_decode_options(CLI::App& command, DecodeCommand& options) {
  command.add_option("hex", options.inputs, "Bytes in hexadecimal; - reads standard input")
      ->required()
      ->type_name("HEX|-");
  command.add_option("--revision", options.revision, "Revision of the wire format")
      ->check(CLI::IsMember({"legacy", "2020-01", "2020-03"}))
      ->capture_default_str();
  command.add_option("--direction", options.direction, "Who the message is for")
      ->check(CLI::IsMember({"auto", "to-server", "to-client"}))
      ->capture_default_str();
  command.add_flag("--frames", options.frames, "The bytes are a stream of WebSocket frames");
  command.add_flag("--json", options.json, "Print messages in their JSON form");
  command.footer("Exit status: 0 all decoded, 1 something is no message, 4 wrong use.");
}

void add_report_options(CLI::App& command, ReportCommand& options) {
  std::vector<std::string> kinds;
  for (const ReportKind& kind : kReportKinds) kinds.emplace_back(kind.name);
  command.add_option("kind", options.kind, "What to write")
      ->required()
      ->type_name("KIND")
      ->check(CLI::IsMember(kinds));
  command
      .add_option("records", options.records,
                  "Records of run --report ndjson:FILE, or FILE.part of a run that was killed; "
                  "- reads standard input")
      ->required()
      ->type_name("FILE|-")
      ->check(not_empty);
  command.add_option("--out", options.out, "Where to; - is standard output")
      ->type_name("FILE|-")
      ->check(not_empty)
      ->capture_default_str();
  command.footer("Exit status: 0 written, 4 wrong use or not records, 6 it could not be written.");
}

void add_check_options(CLI::App& command, CheckVectorsCommand& options) {
  add_vectors_option(command, options.vectors);
}

void add_export_options(CLI::App& command, ExportVectorsCommand& options) {
  add_vectors_option(command, options.vectors);
  command.add_option("--out", options.out, "Where to; - is standard output")
      ->type_name("FILE")
      ->capture_default_str();
}

std::vector<Command> add_commands(CLI::App& app) {
  std::vector<Command> commands{
      add_command(app, "run", "Run the suite against a server", add_run_options),
      add_command(app, "load", "Measure rate and latency of calls to a server", add_load_options),
      add_command(app, "list", "List the ids of the cases", add_list_options),
      add_command(app, "explain", "Show purpose, clause, steps and bytes of one case",
                  add_explain_options),
      add_command(app, "serve", "Run the reference server until SIGINT or SIGTERM",
                  add_serve_options),
      add_command(app, "doctor",
                  "Check a profile: is it right, is the server there, do its claims hold",
                  add_doctor_options),
      add_command(app, "calibrate", "Test the suite by what it must fail and what it must pass",
                  add_calibrate_options),
      add_command(app, "report", "Write reports made of the records of a run", add_report_options),
      add_command(app, "decode", "Show bytes with the name and value of each field",
                  add_decode_options)};
  CLI::App* const vectors = app.add_subcommand("vectors", "Work on the golden vectors");
  vectors->require_subcommand(1);
  commands.push_back(add_command(*vectors, "check",
                                 "Check the files, and the reference codec against every vector",
                                 add_check_options));
  commands.push_back(add_command(
      *vectors, "export", "Write all vectors, derived ones too, expanded, one JSON object a line",
      add_export_options));
  return commands;
}

ExitStatus parse_and_run(int argc, char** argv, Console& console) {
  CLI::App app("Conformance suite for WSAPI version 1, the binary protocol between AFB binders.",
               "wsapi-conform");
  app.set_version_flag("--version", "wsapi-conform " WSAPI_VERSION);
  app.footer(kFooter);
  app.require_subcommand(1);
  app.formatter(std::make_shared<HelpFormatter>());  // before the commands, which take it over
  const std::vector<Command> commands = add_commands(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& request) {  // --help, --version
    std::ostream& out = console.standard().stream();
    return app.exit(request, out, out) == 0 ? ExitStatus::kOk : ExitStatus::kInternal;
  } catch (const CLI::ParseError& error) {
    return report_wrong_use(app, error);
  }
  for (const Command& command : commands) {
    if (command.parser->parsed()) return command.execute(console);
  }
  return ExitStatus::kInternal;
}

// A standard descriptor that is closed would be given to the next file or socket, and what is
// printed would go there. One that cannot be written to takes its place.
void keep_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) continue;
    (void)::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

}  // namespace

int run_program(int argc, char** argv) {
  // A reader of our output that goes away is seen as a failed write.
  std::signal(SIGPIPE, SIG_IGN);
  keep_standard_descriptors();
  Console console;
  ExitStatus status = ExitStatus::kInternal;
  try {
    status = parse_and_run(argc, argv, console);
  } catch (const std::exception& error) {
    print_error(std::string{"of the suite itself: "} + printable(error.what(), 1000));
  }
  return static_cast<int>(console.finish(status));
}

}  // namespace wsapi
