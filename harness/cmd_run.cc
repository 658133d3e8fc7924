// SPDX-License-Identifier: Apache-2.0
//
// wsapi-conform run: the suite against a server.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <exception>
#include <fstream>
#include <map>
#include <memory>
#include <optional>

#include "harness/builtin.h"
#include "harness/commands.h"
#include "harness/corpus_export.h"
#include "harness/printable.h"
#include "harness/probe.h"
#include "harness/progress.h"
#include "harness/report.h"

namespace wsapi {
namespace {

constexpr std::size_t kMaxDetails = 10;  // failures that are shown in full without --verbose

// A word as a shell takes it, whatever stands in it.
std::string shell_word(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string{"'\\''"} : std::string(1, c);
  return out + "'";
}

// A report that was asked for: its file is opened before the run, so that a wrong path is told at
// once.
struct ReportFile {
  bool junit = false;
  std::string path;
  std::ofstream file;
};

bool open_reports(const std::vector<std::string>& specs, std::vector<ReportFile>& out) {
  for (const std::string& spec : specs) {
    const std::size_t colon = spec.find(':');
    const std::string kind = spec.substr(0, colon);
    const bool known = kind == "junit" || kind == "json";
    if (!known || colon == std::string::npos || colon + 1 == spec.size()) {
      print_error(fmt::format("--report '{}': expected junit:FILE or json:FILE", printable(spec)));
      return false;
    }
    ReportFile report{kind == "junit", spec.substr(colon + 1), {}};
    report.file.open(report.path, std::ios::binary | std::ios::trunc);
    if (!report.file) {
      print_error(printable(report.path) + ": cannot be opened for writing");
      return false;
    }
    out.push_back(std::move(report));
  }
  return true;
}

bool write_reports(std::vector<ReportFile>& reports, const RunResult& result,
                   const RunContext& context) {
  for (ReportFile& report : reports) {
    const auto write = report.junit ? write_junit_report : write_json_report;
    write(report.file, result, context);
    report.file.close();
    if (report.file) continue;
    print_error(printable(report.path) + ": could not be written to the end");
    return false;
  }
  return true;
}

// Runs the coroutine to its end on an event loop of its own.
template <typename T>
T run_to_end(asio::awaitable<T> work) {
  asio::io_context io(1);
  std::optional<T> result;
  std::exception_ptr failure;
  asio::co_spawn(io, std::move(work), [&](std::exception_ptr error, T value) {
    failure = error;
    if (!error) result.emplace(std::move(value));
  });
  io.run();
  if (failure) std::rethrow_exception(failure);
  return std::move(result).value();
}

class Run {
 public:
  explicit Run(const RunCommand& options) : options_(options) {}

  ExitStatus run() {
    std::vector<const Case*> cases;
    if (!read_catalogue(options_.vectors, catalogue_)) return ExitStatus::kUsage;
    if (!choose_cases(catalogue_, options_.choice, cases)) return ExitStatus::kUsage;
    if (!open_reports(options_.reports, reports_)) return ExitStatus::kUsage;
    if (!options_.export_corpus.empty()) corpus_.emplace(options_.export_corpus);
    if (!check_corpus()) return ExitStatus::kUsage;
    if (const auto failed = find_target()) return *failed;
    const ProbeResult found = run_to_end(probe(probe_options()));
    if (!found.unreachable.empty()) {
      print_error("no server can be reached: " + printable(found.unreachable));
      const RunResult none =
          unreachable_run(cases, "no server can be reached: " + found.unreachable);
      const bool written = write_reports(reports_, none, context_of(found));
      return written ? ExitStatus::kUnreachable : ExitStatus::kUsage;
    }
    const RunContext context = context_of(found);
    if (!options_.quiet) print_head(context, cases.size());
    ProgressBar bar(options_.quiet);
    const RunResult result =
        run_to_end(run_cases(std::move(cases), run_options(found),
                             [&](std::size_t done, std::size_t all) { bar.show(done, all); }));
    bar.clear();
    return tell(result, context);
  }

 private:
  [[nodiscard]] std::chrono::milliseconds timeout() const {
    return std::chrono::milliseconds(static_cast<std::int64_t>(options_.timeout_s * 1000));
  }

  // False, with a message, where the corpus cannot be exported.
  [[nodiscard]] bool check_corpus() const {
    if (!corpus_ || corpus_->error().empty()) return true;
    print_error("--export-corpus: " + corpus_->error());
    return false;
  }

  std::optional<ExitStatus> find_target() {
    const bool builtin = !options_.builtin.empty() || options_.target.empty();
    const std::string text = options_.target.empty()
                                 ? fmt::format("unix:@wsapi-conform-{}", ::getpid())
                                 : options_.target;
    const ParsedAddress parsed = parse_address(text);
    if (const auto* const error = std::get_if<AddressError>(&parsed)) {
      print_error("--target: " + error->message);
      return ExitStatus::kUsage;
    }
    address_ = std::get<Address>(parsed);
    if (!builtin) return std::nullopt;
    const std::string peer =
        options_.builtin.empty() ? std::string{kReferencePeer} : options_.builtin;
    const Revision revision = parse_revision(options_.revision).value_or(kReferenceRevision);
    server_.emplace([&](asio::io_context& io) {
      return make_builtin(io, peer, address_, revision, options_.test_api != "none");
    });
    if (!server_->error().empty()) {
      print_error(printable(server_->error()));
      return ExitStatus::kUnreachable;
    }
    address_ = server_->local_address();
    return std::nullopt;
  }

  [[nodiscard]] ProbeOptions probe_options() const {
    const std::map<std::string, TestApiChoice> choices{{"auto", TestApiChoice::kAuto},
                                                       {"full", TestApiChoice::kFull},
                                                       {"none", TestApiChoice::kNone}};
    return {.address = address_,
            .revision = parse_revision(options_.revision),
            .test_api = choices.at(options_.test_api),
            .timeout = timeout()};
  }

  [[nodiscard]] RunOptions run_options(const ProbeResult& found) {
    return {.access = {.address = address_,
                       .revision = found.revision,
                       .timeout = timeout(),
                       .corpus = corpus_ ? &*corpus_ : nullptr},
            .test_api = found.test_api,
            .jobs = options_.jobs,
            .repeat = options_.repeat,
            .seed = options_.seed,
            .keep_logs = std::ranges::any_of(reports_, [](const auto& r) { return !r.junit; })};
  }

  [[nodiscard]] RunContext context_of(const ProbeResult& found) const {
    return {.target = to_string(address_),
            .revision = found.revision,
            .revision_note = found.revision_note,
            .test_api = found.test_api,
            .test_api_note = found.test_api_note,
            .strict = options_.strict,
            .jobs = options_.jobs,
            .repeat = options_.repeat,
            .seed = options_.seed,
            .rerun = rerun_command()};
  }

  // Options that were given and change what a single case does.
  [[nodiscard]] std::string rerun_command() const {
    std::string out = "wsapi-conform run";
    if (!options_.builtin.empty()) out += " --builtin " + options_.builtin;
    if (!options_.target.empty()) out += " --target " + shell_word(options_.target);
    if (options_.revision != "auto") out += " --revision " + options_.revision;
    if (options_.test_api != "auto") out += " --test-api " + options_.test_api;
    if (options_.timeout_s != kDefaultTimeout) {
      out += fmt::format(" --timeout {}", options_.timeout_s);
    }
    if (!options_.vectors.empty()) out += " --vectors " + shell_word(options_.vectors);
    return out;
  }

  static void print_head(const RunContext& context, std::size_t case_count) {
    fmt::print("target    {}\n", printable(context.target));
    fmt::print("revision  {} ({})\n", name(context.revision), context.revision_note);
    fmt::print("test API  {} ({})\n", context.test_api ? "yes" : "no", context.test_api_note);
    fmt::print("cases     {}, {} at once\n\n", case_count, context.jobs);
    std::fflush(stdout);
  }

  ExitStatus tell(const RunResult& result, const RunContext& context) {
    if (options_.verbose) fmt::print("{}\n", cases_text(result));
    const std::size_t details = options_.verbose ? result.cases.size() : kMaxDetails;
    if (!options_.quiet) fmt::print("{}", failures_text(result, context, details));
    fmt::print("{}", summary_text(result, context));
    const ExitStatus status = exit_status(result, options_.strict);
    if (status == ExitStatus::kUsage) print_error("none of the selected cases applies");
    if (!write_reports(reports_, result, context)) return ExitStatus::kUsage;
    return check_corpus() ? status : ExitStatus::kUsage;
  }

  const RunCommand& options_;
  Catalogue catalogue_;
  std::vector<ReportFile> reports_;
  std::optional<CorpusExport> corpus_;
  Address address_;
  std::optional<ServerThread> server_;
};

}  // namespace

ExitStatus execute(const RunCommand& options) { return Run(options).run(); }

}  // namespace wsapi
