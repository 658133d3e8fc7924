// SPDX-License-Identifier: Apache-2.0
//
// wsapi-conform run: the suite against a server.

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/this_coro.hpp>
#include <csignal>
#include <deque>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "harness/cli/descriptor_limit.h"
#include "harness/cli/interruptible.h"
#include "harness/cli/iut_process.h"
#include "harness/cli/print_error.h"
#include "harness/cli/profile_option.h"
#include "harness/cli/read_cases.h"
#include "harness/cli/report_file.h"
#include "harness/cli/rerun.h"
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
#include "harness/run/time_limit.h"
#include "harness/suite/requirements.h"
#include "harness/text/printable.h"
#include "harness/text/progress.h"

namespace wsapi {
namespace {

constexpr std::size_t kMaxWhy = 4000;    // characters of texts in the head
constexpr std::size_t kMaxDetails = 10;  // failures that are shown in full without --verbose

// The report of records while they come; the others are made of them afterwards.
constexpr std::string_view kNdjson = "ndjson";

std::string name_of_signal(int number) { return number == SIGINT ? "SIGINT" : "SIGTERM"; }

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
    raise_descriptor_limit();
    std::vector<std::string_view> kinds;
    for (const ReportKind& kind : kReportKinds) kinds.push_back(kind.name);
    kinds.push_back(kNdjson);
    if (!read_cases(options_.vectors, options_.filter, catalogue_)) return ExitStatus::kUsage;
    if (!profile_.read(options_.profile)) return ExitStatus::kUsage;
    cases_ = profile_.applied(catalogue_.pointers());
    if (!check_reports(options_.reports, kinds, console_, reports_)) return ExitStatus::kUsage;
    if (!options_.export_corpus.empty()) corpus_.emplace(options_.export_corpus);
    if (!check_corpus()) return ExitStatus::kUsage;
    const auto deviations =
        chosen_deviations(options_.deviations, parse_revision(options_.revision));
    if (!deviations) return ExitStatus::kUsage;
    deviations_ = *deviations;
    if (const auto failed = target_.open(target_spec())) return *failed;
    const std::string wrong = read_process(process_wishes(), target_.address(), process_spec_);
    if (!wrong.empty()) {
      print_error(wrong);
      return ExitStatus::kUsage;
    }
    if (!open_observers()) return ExitStatus::kUsage;
    return report(run_to_end(run_on_process()));
  }

 private:
  [[nodiscard]] std::chrono::milliseconds timeout() const {
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(profile_.answer_seconds(options_.timeout_s) * 1000));
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

  asio::awaitable<RunRecords> run_on_process() {
    const auto executor = co_await asio::this_coro::executor;
    asio::signal_set signals(executor, SIGINT, SIGTERM);
    signals.async_wait([&](const boost::system::error_code& error, int number) {
      if (error) return;
      signals.clear();  // a second one ends the program
      interrupt(number);
    });
    IutProcess process(executor, process_spec_);
    process_ = &process;
    const std::optional<std::string> failure = co_await work_.run(process.start());
    RunRecords records = co_await probe_and_run(failure);
    co_await process.stop();
    if (const std::string note = process.note(); !note.empty()) print_note(note);
    process_ = nullptr;
    co_return records;
  }

  // `failure`: why there is no process; std::nullopt where an interrupt came first.
  asio::awaitable<RunRecords> probe_and_run(std::optional<std::string> failure) {
    if (failure && !failure->empty()) co_return unreachable(header_of({}), *failure);
    std::optional<ProbeResult> found;
    if (failure) found = co_await work_.run(probe(probe_options()));
    if (!found) {
      co_return without_runs(header_of({}),
                             {ReasonCode::kInterrupted, {{"signal", work_.signal()}}});
    }
    profile_.claim(*found);
    RunHeader header = header_of(*found);
    if (!found->unreachable.empty()) co_return unreachable(std::move(header), found->unreachable);
    if (found->hopeless) co_return without_runs(std::move(header), *found->hopeless);
    // Whoever has read this may send a signal.
    if (!options_.quiet) console_.write(process_->head_line() + head_text(header));
    console_.flush();
    tell_faults(*found);
    run_.emplace(cases_, run_options(*found), std::move(header), observers_);
    co_return co_await run_->run();
  }

  // What the probe has seen that is wrong; the text before the run says only what is there.
  void tell_faults(const ProbeResult& found) const {
    if (options_.quiet && !found.faulty_verbs.empty()) {
      print_note("test API: " + printable(found.test_api_note, kMaxWhy));
    }
  }

  void interrupt(int signal) {
    work_.interrupt(name_of_signal(signal));
    if (run_) run_->interrupt(work_.signal());
  }

  // Of what the process wrote, records hold nothing: a text in them is one line.
  RunRecords unreachable(RunHeader header, const std::string& why) {
    const std::size_t end = std::min(why.find('\n'), why.size());
    last_output_ = why.substr(std::min(end + 1, why.size()));
    const std::string detail = printable(why.substr(0, end), kMaxWhy);
    return without_runs(std::move(header), {ReasonCode::kIutUnreachable, {{"detail", detail}}});
  }

  RunRecords without_runs(RunHeader header, Reason why) {
    RunRecords records = records_without_runs(std::move(header), std::move(why));
    for (RunObserver* const observer : observers_) show(records, *observer);
    return records;
  }

  // ---- What it was told to do

  [[nodiscard]] TargetSpec target_spec() const {
    return {.target = profile_.address(options_.target),
            .builtin = options_.builtin,
            .may_be_builtin = profile_.get() == nullptr,
            .is_started = process_wishes().is_started(),
            .revision = parse_revision(options_.revision).value_or(kReferenceRevision),
            .test_api = options_.test_api != "none",
            .deviations = deviations_};
  }

  [[nodiscard]] ProcessWishes process_wishes() const {
    return {.exec = options_.exec, .pid = options_.pid, .profile = profile_.get()};
  }

  [[nodiscard]] ProbeOptions probe_options() const {
    const std::map<std::string, TestApiMode> choices{
        {"auto", TestApiMode::kAuto}, {"full", TestApiMode::kFull}, {"none", TestApiMode::kNone}};
    return {
        .open_wire = connecting_to(target_.address()),
        .revision = profile_.revision(options_.revision),
        .test_api = profile_.get() != nullptr ? TestApiMode::kNone : choices.at(options_.test_api),
        .timeout = timeout()};
  }

  [[nodiscard]] RunOptions run_options(const ProbeResult& found) {
    RunOptions out;
    out.access = {.open_wire = connecting_to(target_.address()),
                  .revision = found.revision,
                  .timeout = time_limit(found.round_trip, options_.time_scale, timeout()),
                  .role = server_under_test(found.has_echo),
                  .confirm_timeout = timeout(),
                  .process = process_->watched()};
    out.offered = found.offered;
    if (WatchedIut* const watched = process_->watched()) {
      std::ranges::move(requirements_met_by(*watched), std::back_inserter(out.offered));
    }
    out.jobs = options_.jobs;
    out.confirm = !options_.no_confirm;
    out.max_per_finding = options_.max_per_finding;
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
            .test_api_note = printable(found.test_api_note, kMaxWhy),
            .strict = options_.strict,
            .jobs = options_.jobs,
            .repeat = options_.repeat,
            .seed = options_.seed,
            .rerun = printable(rerun_command(options_), kMaxWhy),
            .contradictions = found.contradictions,
            .cases = definitions_of(cases_)};
  }

  // ---- What is told of it

  ExitStatus report(const RunRecords& records) {
    const ExitStatus status = exit_status(records);
    const std::optional<Reason>& stopped = records.end.stopped;
    if (stopped && is_end_before_the_run(stopped->code)) {
      print_error(to_text(*stopped));
      if (!last_output_.empty()) print_note(printable_lines(last_output_, kMaxWhy));
    } else {
      print(records);
    }
    if (status == ExitStatus::kUsage) print_error("none of the selected cases applies");
    bool is_written = true;
    for (ReportFile& report : reports_) is_written = write(report, records) && is_written;
    is_written = check_corpus() && is_written;
    return is_written ? status : with_output_lost(status);
  }

  static bool is_end_before_the_run(ReasonCode code) {
    return code == ReasonCode::kIutUnreachable || code == ReasonCode::kIutNotWsapi ||
           code == ReasonCode::kIutOtherRevision;
  }

  void print(const RunRecords& records) {
    if (options_.verbose) console_.print("{}\n", cases_text(records));
    const std::size_t details = options_.verbose ? records.cases.size() : kMaxDetails;
    if (!options_.quiet) {
      console_.write(findings_text(records, details));
      console_.write(undecided_text(records, details));
      console_.write(sections_text(records));
    }
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
  ProfileOption profile_;
  std::vector<const TestCase*> cases_;
  ReportFiles reports_;
  ShowProgress progress_;
  std::deque<RecordsWriter> writers_;
  std::vector<RunObserver*> observers_;
  std::optional<CorpusExport> corpus_;
  std::vector<const Deviation*> deviations_;
  Target target_;
  IutProcessSpec process_spec_;
  IutProcess* process_ = nullptr;  // while the run is under way
  std::string last_output_;        // of a process that did not start
  Interruptible work_;
  std::optional<SuiteRun> run_;
};

}  // namespace

ExitStatus execute(const RunCommand& options, Console& console) {
  return Run(options, console).run();
}

}  // namespace wsapi
