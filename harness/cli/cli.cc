// SPDX-License-Identifier: Apache-2.0

#include "harness/cli/cli.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <exception>
#include <functional>
#include <memory>
#include <vector>

#include "harness/cli/console.h"
#include "harness/cli/decode_command.h"
#include "harness/cli/filter_options.h"
#include "harness/cli/help.h"
#include "harness/cli/list_command.h"
#include "harness/cli/load_command.h"
#include "harness/cli/print_error.h"
#include "harness/cli/report_command.h"
#include "harness/cli/run_command.h"
#include "harness/cli/serve_command.h"
#include "harness/cli/vectors_command.h"
#include "harness/load/load.h"
#include "harness/result/report/report.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

constexpr const char* kFooter =
    "Exit status of run: 0 nothing unexpected, 1 unexpected verdict, 2 inconclusive or flaky only, "
    "or\ninterrupted, 3 the server could not be reached or kept alive, 4 wrong use, 5 error of the "
    "suite.\nOf all commands: 6 standard output, a report or another file could not be written.";

constexpr std::size_t kMaxJobs = 512;
constexpr std::size_t kMaxRepeat = 100'000;

constexpr double kMinTimeout = 0.01;  // seconds
constexpr double kMaxTimeout = 3600;

// Of the command load.
constexpr double kMinRate = 0.001;  // calls per second
constexpr double kMaxRate = 10'000'000;
constexpr double kMinSeconds = 0.1;
constexpr double kMaxSeconds = 86'400;
constexpr std::size_t kMinSize = 2;  // bytes: the quotes of a JSON string
constexpr std::size_t kMaxSize = 1'000'000;
constexpr std::size_t kMaxVerbSize = 1000;

// For options whose empty value would silently mean their default.
std::string not_empty(const std::string& value) {
  return value.empty() ? "an empty text; leave the option out instead" : "";
}

// CLI::Range would let NaN pass.
std::function<std::string(const std::string&)> number_from(double min, double max) {
  return [min, max](const std::string& text) -> std::string {
    double value = 0;
    const bool good = CLI::detail::lexical_cast(text, value) && value >= min && value <= max;
    return good ? "" : fmt::format("{} is not a number from {} to {}", text, min, max);
  };
}

// CLI11 takes negative numbers, too, and those that are too large.
std::string check_seed(const std::string& text) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  const bool good = error == std::errc{} && stop == end;
  return good ? "" : fmt::format("{} is not a whole number from 0 to {}", text, UINT64_MAX);
}

void add_vectors_option(CLI::App& command, std::string& folder) {
  command.add_option("--vectors", folder, "Folder of the vectors (default: those of this program)")
      ->type_name("DIR")
      ->check(not_empty);
}

// For commands that speak to a server.
template <typename Options>
void add_target_options(CLI::App& command, Options& options) {
  command
      .add_option("--target", options.target,
                  "The server: tcp:HOST:PORT/API, unix:PATH or unix:@NAME; with --builtin, "
                  "where that listens")
      ->type_name("URI")
      ->check(not_empty);
  command
      .add_option("--builtin", options.builtin,
                  "A built-in server, on a socket of its own (default without --target: "
                  "reference)")
      ->check(CLI::IsMember(builtin_names()));
  command.add_option("--revision", options.revision, "Revision of the wire format")
      ->check(CLI::IsMember({"auto", "legacy", "2020-01", "2020-03"}))
      ->capture_default_str();
}

void add_running_options(CLI::App& command, RunCommand& options) {
  command.add_option("--test-api", options.test_api, "Whether the server has the test API")
      ->check(CLI::IsMember({"auto", "full", "none"}))
      ->capture_default_str();
  command.add_flag("--strict", options.strict, "A failed case of level should fails the run");
  command.add_option("--jobs", options.jobs, "Cases at once")
      ->check(CLI::Range(std::size_t{1}, kMaxJobs))
      ->capture_default_str();
  command.add_option("--timeout", options.timeout_s, "Longest wait for one answer")
      ->type_name("SECONDS")
      ->check(number_from(kMinTimeout, kMaxTimeout))
      ->capture_default_str();
  command.add_option("--seed", options.seed, "Order of the cases; 0: that of the catalogue")
      ->check(check_seed)
      ->capture_default_str();
  command.add_option("--repeat", options.repeat, "Run each case so many times")
      ->check(CLI::Range(std::size_t{1}, kMaxRepeat))
      ->capture_default_str();
}

void add_output_options(CLI::App& command, RunCommand& options) {
  command
      .add_option("--report", options.reports,
                  "Write a report of KIND junit, json, text or ndjson; - is standard output, the "
                  "text then goes to standard error; may be repeated")
      ->type_name("KIND:FILE")
      ->allow_extra_args(false);
  command
      .add_option("--export-corpus", options.export_corpus,
                  "Write what passes on the connections as inputs for the fuzz targets")
      ->type_name("DIR")
      ->check(not_empty);
  CLI::Option* const quiet = command.add_flag("--quiet", options.quiet, "Print the sums only");
  command.add_flag("--verbose", options.verbose, "Print every case, and all failures in full")
      ->excludes(quiet);
}

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

void add_run_options(CLI::App& command, RunCommand& options) {
  add_target_options(command, options);
  add_filter_options(command, options.filter, true);
  add_running_options(command, options);
  add_output_options(command, options);
  add_vectors_option(command, options.vectors);
}

void add_call_options(CLI::App& command, LoadCommand& options) {
  command
      .add_option("--verb", options.verb,
                  "Verb to call; an error reply is an error then (default: a verb that no server "
                  "has, whose error reply is the right answer)")
      ->check(not_empty)
      ->check([](const std::string& text) -> std::string {
        return text.size() <= kMaxVerbSize ? "" : fmt::format("more than {} bytes", kMaxVerbSize);
      });
  CLI::Option* const args =
      command.add_option("--args", options.args, "Arguments of each call (default: null)")
          ->type_name("JSON")
          ->check(not_empty);
  command.add_option("--size", options.size, "Bytes of the arguments instead: a JSON string")
      ->type_name("BYTES")
      ->check(CLI::Range(kMinSize, kMaxSize))
      ->excludes(args);
  command.add_option("--timeout", options.timeout_s, "Longest wait for one reply")
      ->type_name("SECONDS")
      ->check(number_from(kMinTimeout, kMaxTimeout))
      ->capture_default_str();
}

void add_load_options(CLI::App& command, LoadCommand& options) {
  add_target_options(command, options);
  command.add_option("--connections", options.connections, "Connections to the server")
      ->check(CLI::Range(std::size_t{1}, kMaxLoadConnections))
      ->capture_default_str();
  // The text max leaves the option unset.
  command
      .add_option_function<std::string>(
          "--rate",
          [&options](const std::string& text) {
            if (text != "max") options.rate = std::stod(text);
          },
          "Calls per second over all connections, or max: as many as are answered (default: max)")
      ->type_name("NUMBER|max")
      ->check([](const std::string& text) {
        return text == "max" ? "" : number_from(kMinRate, kMaxRate)(text);
      });
  command.add_option("--seconds", options.seconds, "Time that is measured")
      ->type_name("SECONDS")
      ->check(number_from(kMinSeconds, kMaxSeconds))
      ->capture_default_str();
  command.add_option("--warmup", options.warmup_s, "Time before it that is not measured")
      ->type_name("SECONDS")
      ->check(number_from(0, kMaxSeconds))
      ->capture_default_str();
  command
      .add_option("--pipeline", options.pipeline,
                  fmt::format("Most calls in flight on one connection (default: 1, with a rate {})",
                              kMaxPendingCalls))
      ->check(CLI::Range(std::size_t{1}, kMaxPendingCalls));
  add_call_options(command, options);
  command
      .add_option("--report", options.reports,
                  "Write a report; - is standard output, the text then goes to standard error")
      ->type_name("json:FILE")
      ->allow_extra_args(false);
  command.add_flag("--quiet", options.quiet, "Print the sums only");
  command.footer(
      "Ctrl-C ends it early, with what has been measured.\n"
      "Exit status: 0 all calls were answered rightly and the rate was kept, 1 errors, or the "
      "rate\n"
      "was not kept, 3 no server could be reached or all connections were lost, 4 wrong use, 5 "
      "error\n"
      "of the program itself, 6 standard output or a report could not be written.");
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
      ->required()
      ->type_name("URI");
  command.add_option("--revision", options.revision, "Revision of the wire format")
      ->check(CLI::IsMember({"legacy", "2020-01", "2020-03"}))
      ->capture_default_str();
  command.add_option("--test-api", options.test_api, "Verbs: the test API, or none at all")
      ->check(CLI::IsMember({"full", "none"}))
      ->capture_default_str();
  command.add_option("--builtin", options.builtin, "Another built-in peer, to see how it fails")
      ->check(CLI::IsMember(builtin_names()))
      ->capture_default_str();
  command.footer("Exit status: 0 stopped by a signal, 3 cannot listen, 4 wrong use.");
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
