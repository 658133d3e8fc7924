// SPDX-License-Identifier: Apache-2.0
//
// wsapi-conform run: the suite against a server.

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <deque>
#include <exception>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "harness/cli/print_error.h"
#include "harness/cli/read_cases.h"
#include "harness/cli/report_file.h"
#include "harness/cli/run_command.h"
#include "harness/cli/target.h"
#include "harness/net/event_loop.h"
#include "harness/record/corpus_export.h"
#include "harness/result/disposition.h"
#include "harness/result/records_json.h"
#include "harness/result/report/report.h"
#include "harness/run/case_outcome.h"
#include "harness/run/probe.h"
#include "harness/run/runner.h"
#include "harness/text/printable.h"
#include "harness/text/progress.h"

namespace wsapi {
namespace {

constexpr std::size_t kMaxWhy = 4000;    // characters of texts in the head
constexpr std::size_t kMaxDetails = 10;  // failures that are shown in full without --verbose

// The report of records while they come; the others are made of them afterwards.
constexpr std::string_view kNdjson = "ndjson";

// A word as a shell takes it, whatever stands in it.
std::string shell_word(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string{"'\\''"} : std::string(1, c);
  return out + "'";
}

std::string signal_name(int number) { return number == SIGINT ? "SIGINT" : "SIGTERM"; }

class ShowProgress : public RunObserver {
 public:
  explicit ShowProgress(bool quiet) : bar_(quiet) {}
  void progressed(std::size_t done, std::size_t all) override { bar_.show(done, all); }
  void run_ends(const RunEnd&) override { bar_.clear(); }

 private:
  ProgressBar bar_;
};

class Run {
 public:
  Run(const RunCommand& options, Console& console)
      : options_(options), console_(console), progress_(options.quiet) {}

  ExitStatus run() {
    std::vector<std::string_view> kinds;
    for (const ReportKind& kind : kReportKinds) kinds.push_back(kind.name);
    kinds.push_back(kNdjson);
    if (!read_cases(options_.vectors, options_.filter, catalogue_)) return ExitStatus::kUsage;
    cases_ = catalogue_.pointers();
    if (!check_reports(options_.reports, kinds, console_, reports_)) return ExitStatus::kUsage;
    if (!options_.export_corpus.empty()) corpus_.emplace(options_.export_corpus);
    if (!check_corpus()) return ExitStatus::kUsage;
    if (const auto failed = target_.open(target_spec())) return *failed;
    if (!open_observers()) return ExitStatus::kUsage;
    return report(run_to_end(probe_and_run()));
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

  [[nodiscard]] bool open_observers() {
    observers_.push_back(&progress_);
    for (ReportFile& report : reports_) {
      if (report.kind != kNdjson) continue;
      std::ostream* const out = report.place.open(OutputFile::Unfinished::kKeptAsPart);
      if (out == nullptr) return false;
      observers_.push_back(&writers_.emplace_back(*out));
    }
    return true;
  }

  // ---- The run, which a signal ends early

  asio::awaitable<RunRecords> probe_and_run() {
    asio::signal_set signals(co_await asio::this_coro::executor, SIGINT, SIGTERM);
    signals.async_wait([&](const boost::system::error_code& error, int number) {
      if (error) return;
      signals.clear();  // a second one ends the program
      interrupt(number);
    });
    const std::optional<ProbeResult> found = co_await probe_unless_interrupted();
    if (!found) {
      co_return without_runs(header_of({}), {ReasonCode::kInterrupted, {{"signal", signal_}}});
    }
    RunHeader header = header_of(*found);
    if (!found->unreachable.empty()) {
      const std::string why = printable(found->unreachable, kMaxWhy);
      co_return without_runs(std::move(header), {ReasonCode::kIutUnreachable, {{"detail", why}}});
    }
    // Whoever has read this may send a signal.
    if (!options_.quiet) console_.write(head_text(header));
    console_.flush();
    run_.emplace(cases_, run_options(*found), std::move(header), observers_);
    co_return co_await run_->run();
  }

  void interrupt(int signal) {
    signal_ = signal_name(signal);
    probe_cancel_.emit(asio::cancellation_type::terminal);
    if (run_) run_->interrupt(signal_);
  }

  // Empty if it was interrupted.
  asio::awaitable<std::optional<ProbeResult>> probe_unless_interrupted() {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer done(executor, asio::steady_timer::time_point::max());
    std::optional<ProbeResult> found;
    std::exception_ptr failure;
    asio::co_spawn(executor, probe(probe_options()),
                   asio::bind_cancellation_slot(probe_cancel_.slot(),
                                                [&](std::exception_ptr error, ProbeResult result) {
                                                  failure = error;
                                                  found = std::move(result);
                                                  done.cancel();
                                                }));
    boost::system::error_code ignored;
    co_await done.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!signal_.empty()) co_return std::nullopt;
    if (failure) std::rethrow_exception(failure);
    co_return found;
  }

  RunRecords without_runs(RunHeader header, Reason why) {
    RunRecords records = records_without_runs(std::move(header), std::move(why));
    for (RunObserver* const observer : observers_) show(records, *observer);
    return records;
  }

  // ---- What it was told to do

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
    RunOptions out;
    out.access = {.open_wire = connecting_to(target_.address()),
                  .revision = found.revision,
                  .timeout = timeout()};
    out.offered = found.offered;
    out.jobs = options_.jobs;
    out.repeat = options_.repeat;
    out.seed = options_.seed;
    out.keep_logs = std::ranges::any_of(reports_, [](const ReportFile& report) {
      return report.kind == kNdjson || report.kind == kJsonReport;
    });
    out.on_transcript = [this](const Transcript& transcript) {
      if (corpus_) corpus_->add(transcript);
    };
    return out;
  }

  [[nodiscard]] RunHeader header_of(const ProbeResult& found) const {
    return {.suite_version = WSAPI_VERSION,
            .target = printable(to_string(target_.address()), kMaxWhy),
            .revision = found.revision,
            .revision_note = printable(found.revision_note),
            .test_api = found.has_test_api(),
            .test_api_note = printable(found.test_api_note),
            .strict = options_.strict,
            .jobs = options_.jobs,
            .repeat = options_.repeat,
            .seed = options_.seed,
            .rerun = printable(rerun_command(), kMaxWhy),
            .cases = definitions_of(cases_)};
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

  // ---- What is told of it

  ExitStatus report(const RunRecords& records) {
    const ExitStatus status = exit_status(records);
    const std::optional<Reason>& stopped = records.end.stopped;
    if (stopped && stopped->code == ReasonCode::kIutUnreachable) {
      print_error(to_text(*stopped));
    } else {
      print(records);
    }
    if (status == ExitStatus::kUsage) print_error("none of the selected cases applies");
    bool is_written = true;
    for (ReportFile& report : reports_) is_written = write(report, records) && is_written;
    is_written = check_corpus() && is_written;
    return is_written ? status : with_output_lost(status);
  }

  void print(const RunRecords& records) {
    if (options_.verbose) console_.print("{}\n", cases_text(records));
    const std::size_t details = options_.verbose ? records.cases.size() : kMaxDetails;
    if (!options_.quiet) console_.write(failures_text(records, details));
    console_.write(summary_text(records));
    console_.flush();
  }

  static bool write(ReportFile& report, const RunRecords& records) {
    if (report.kind == kNdjson) return report.place.finish();
    const ReportKind& kind = *find_report_kind(report.kind);
    return report.place.write([&](std::ostream& out) { kind.write(out, records); });
  }

  const RunCommand& options_;
  Console& console_;
  Catalogue catalogue_;
  std::vector<const TestCase*> cases_;
  ReportFiles reports_;
  ShowProgress progress_;
  std::deque<RecordsWriter> writers_;
  std::vector<RunObserver*> observers_;
  std::optional<CorpusExport> corpus_;
  Target target_;
  asio::cancellation_signal probe_cancel_;
  std::optional<SuiteRun> run_;
  std::string signal_;  // the one that ended the run early
};

}  // namespace

ExitStatus execute(const RunCommand& options, Console& console) {
  return Run(options, console).run();
}

}  // namespace wsapi
