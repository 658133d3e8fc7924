// SPDX-License-Identifier: Apache-2.0
//
// wsapi-conform load: measures a server under load.

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/this_coro.hpp>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include "harness/cli/load_command.h"
#include "harness/cli/print_error.h"
#include "harness/cli/report_file.h"
#include "harness/cli/target.h"
#include "harness/load/load_report.h"
#include "harness/net/event_loop.h"
#include "harness/run/probe.h"
#include "harness/tester/known_good_requests.h"
#include "harness/text/json_slices.h"
#include "harness/text/printable.h"
#include "harness/text/progress.h"

namespace wsapi {
namespace {

// Calls in flight where a rate is given: calls are sent when they are due, whatever became of those
// before them.
constexpr std::size_t kOpenPipeline = kMaxPendingCalls;
// Descriptors that the process needs besides those of its connections, of which a built-in server
// has the other ends.
constexpr rlim_t kOtherDescriptors = 64;

RunTime in_ns(double seconds) {
  return std::chrono::round<RunTime>(std::chrono::duration<double>(seconds));
}

// Most systems allow 1024 descriptors at first, but more to those that ask.
void raise_descriptor_limit(std::size_t connections) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t needed = 2 * static_cast<rlim_t>(connections) + kOtherDescriptors;
  if (limit.rlim_cur >= needed) return;
  limit.rlim_cur = std::min(needed, limit.rlim_max);
  (void)::setrlimit(RLIMIT_NOFILE, &limit);  // without it, some connections are not opened
}

// Ctrl-C ends the run with what it has; a second one ends the program. `head` is what is printed
// first: whoever has read it may send a signal.
asio::awaitable<LoadResult> run_until_signal(LoadOptions options, LoadProgress progress,
                                             std::string head, Console& console) {
  LoadRun run(std::move(options), std::move(progress));
  asio::signal_set signals(co_await asio::this_coro::executor, SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code& error, int) {
    if (error) return;
    signals.clear();
    run.interrupt();
  });
  console.write(head);
  console.flush();
  co_return co_await run.run();
}

class Load {
 public:
  Load(const LoadCommand& options, Console& console) : options_(options), console_(console) {}

  ExitStatus run() {
    if (!options_.args.empty() && !is_json(options_.args)) {
      print_error(fmt::format("--args: {} is not JSON", printable(options_.args)));
      return ExitStatus::kUsage;
    }
    if (!check_reports(options_.reports, {"json"}, console_, reports_)) return ExitStatus::kUsage;
    raise_descriptor_limit(options_.connections);
    const auto revision = parse_revision(options_.revision);
    const auto failed = target_.open({.target = options_.target,
                                      .builtin = options_.builtin,
                                      .revision = revision.value_or(kReferenceRevision)});
    if (failed) return *failed;
    const ProbeResult found = run_to_end(probe({.open_wire = connecting_to(target_.address()),
                                                .revision = revision,
                                                .test_api = TestApiMode::kNone,
                                                .timeout = timeout()}));
    const LoadContext context{.target = to_string(target_.address()),
                              .revision_note = found.revision_note,
                              .options = load_options(found.revision)};
    LoadResult result;
    result.unreachable = found.unreachable;
    if (found.unreachable.empty()) result = run_load(context);
    return tell(result, context);
  }

 private:
  [[nodiscard]] std::chrono::milliseconds timeout() const {
    return std::chrono::ceil<std::chrono::milliseconds>(in_ns(options_.timeout_s));
  }

  [[nodiscard]] LoadOptions load_options(Revision revision) const {
    LoadOptions out;
    out.address = target_.address();
    out.connections = options_.connections;
    out.rate = options_.rate;
    out.warmup = in_ns(options_.warmup_s);
    out.duration = in_ns(options_.seconds);
    out.plan.revision = revision;
    out.plan.expects_error = options_.verb.empty();
    out.plan.verb = options_.verb.empty() ? std::string{kNoSuchVerb} : options_.verb;
    out.plan.args = args();
    out.plan.pipeline = options_.pipeline.value_or(options_.rate ? kOpenPipeline : 1);
    out.plan.timeout = in_ns(options_.timeout_s);
    return out;
  }

  [[nodiscard]] std::string args() const {
    if (!options_.args.empty()) return options_.args;
    if (!options_.size) return "null";
    return '"' + std::string(*options_.size - 2, 'x') + '"';
  }

  [[nodiscard]] LoadResult run_load(const LoadContext& context) {
    ProgressBar bar(options_.quiet);
    LoadResult result = run_to_end(run_until_signal(
        context.options, [&](std::size_t done, std::size_t all) { bar.show(done, all); },
        options_.quiet ? "" : load_head_text(context), console_));
    bar.clear();
    return result;
  }

  ExitStatus tell(const LoadResult& result, const LoadContext& context) {
    const ExitStatus status = exit_status(result);
    if (!result.unreachable.empty()) {
      print_error("no connection could be opened: " + printable(result.unreachable));
    } else {
      console_.write(options_.quiet ? load_line(result, context) : load_text(result, context));
      console_.flush();
      if (status == ExitStatus::kUnreachable) print_error("all connections were lost");
    }
    bool is_written = true;
    for (ReportFile& report : reports_) {
      is_written = report.place.write([&](std::ostream& out) {
        write_load_report(out, result, context);
      }) && is_written;
    }
    return is_written ? status : with_output_lost(status);
  }

  const LoadCommand& options_;
  Console& console_;
  ReportFiles reports_;
  Target target_;
};

}  // namespace

ExitStatus execute(const LoadCommand& options, Console& console) {
  return Load(options, console).run();
}

}  // namespace wsapi
