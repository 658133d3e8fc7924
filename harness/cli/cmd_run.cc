// SPDX-License-Identifier: Apache-2.0
//
// wsapi-conform run: the suite against a server.

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <string_view>

#include "harness/cli/print_error.h"
#include "harness/cli/read_cases.h"
#include "harness/cli/report_file.h"
#include "harness/cli/run_command.h"
#include "harness/cli/target.h"
#include "harness/net/event_loop.h"
#include "harness/record/corpus_export.h"
#include "harness/result/report/report.h"
#include "harness/run/probe.h"
#include "harness/text/printable.h"
#include "harness/text/progress.h"

namespace wsapi {
namespace {

constexpr std::size_t kMaxDetails = 10;  // failures that are shown in full without --verbose

// Kinds of reports.
constexpr std::string_view kJunit = "junit";
constexpr std::string_view kJson = "json";

// A word as a shell takes it, whatever stands in it.
std::string shell_word(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string{"'\\''"} : std::string(1, c);
  return out + "'";
}

bool write_reports(std::vector<ReportFile>& reports, const RunResult& result,
                   const RunContext& context) {
  for (ReportFile& report : reports) {
    const auto write = report.kind == kJunit ? write_junit_report : write_json_report;
    write(report.file, result, context);
    if (!close_report(report)) return false;
  }
  return true;
}

class Run {
 public:
  explicit Run(const RunCommand& options) : options_(options) {}

  ExitStatus run() {
    if (!read_cases(options_.vectors, options_.filter, catalogue_)) return ExitStatus::kUsage;
    const std::vector<const TestCase*> cases = catalogue_.pointers();
    if (!open_reports(options_.reports, {kJunit, kJson}, reports_)) return ExitStatus::kUsage;
    if (!options_.export_corpus.empty()) corpus_.emplace(options_.export_corpus);
    if (!check_corpus()) return ExitStatus::kUsage;
    if (const auto failed = target_.open(target_spec())) return *failed;
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
        run_to_end(run_cases(cases, run_options(found),
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

  [[nodiscard]] TargetSpec target_spec() const {
    return {.target = options_.target,
            .builtin = options_.builtin,
            .revision = parse_revision(options_.revision).value_or(kReferenceRevision),
            .test_api = options_.test_api != "none"};
  }

  [[nodiscard]] ProbeOptions probe_options() const {
    const std::map<std::string, TestApiMode> choices{
        {"auto", TestApiMode::kAuto}, {"full", TestApiMode::kFull}, {"none", TestApiMode::kNone}};
    return {.open_wire = connecting_to(target_.address()),
            .revision = parse_revision(options_.revision),
            .test_api = choices.at(options_.test_api),
            .timeout = timeout()};
  }

  [[nodiscard]] RunOptions run_options(const ProbeResult& found) {
    return {
        .access = {.open_wire = connecting_to(target_.address()),
                   .revision = found.revision,
                   .timeout = timeout()},
        .offered = found.offered,
        .jobs = options_.jobs,
        .repeat = options_.repeat,
        .seed = options_.seed,
        .keep_logs = std::ranges::any_of(reports_, [](const auto& r) { return r.kind == kJson; }),
        .on_transcript = [this](const Transcript& transcript) {
          if (corpus_) corpus_->add(transcript);
        }};
  }

  [[nodiscard]] RunContext context_of(const ProbeResult& found) const {
    return {.target = to_string(target_.address()),
            .revision = found.revision,
            .revision_note = found.revision_note,
            .test_api = found.has_test_api(),
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
  Target target_;
};

}  // namespace

ExitStatus execute(const RunCommand& options) { return Run(options).run(); }

}  // namespace wsapi
