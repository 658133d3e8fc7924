// SPDX-License-Identifier: Apache-2.0
//
// wsapi-conform doctor: whether a profile is right, the server there, and each claim true.

#include <fmt/format.h>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/this_coro.hpp>
#include <csignal>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "harness/cli/doctor_command.h"
#include "harness/cli/interruptible.h"
#include "harness/cli/iut_process.h"
#include "harness/cli/print_error.h"
#include "harness/cli/profile_option.h"
#include "harness/cli/target.h"
#include "harness/doctor/doctor.h"
#include "harness/net/event_loop.h"
#include "harness/text/columns.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

constexpr std::size_t kMaxWhy = 4000;  // characters

class Visit {
 public:
  Visit(const DoctorCommand& options, Console& console) : options_(options), console_(console) {}

  ExitStatus run() {
    if (!profile_.read(options_.profile)) return ExitStatus::kUsage;
    const ProcessWishes wishes{
        .exec = options_.exec, .pid = options_.pid, .profile = profile_.get()};
    if (const auto failed = target_.open({.target = profile_.address(options_.target),
                                          .builtin = "",
                                          .may_be_builtin = false,
                                          .is_started = wishes.is_started()})) {
      return *failed;
    }
    if (const std::string wrong = read_process(wishes, target_.address(), process_);
        !wrong.empty()) {
      print_error(wrong);
      return ExitStatus::kUsage;
    }
    const DoctorReport report = run_to_end(examine_process());
    if (work_.is_interrupted()) {
      print_error("interrupted by a signal");
      return ExitStatus::kInconclusive;
    }
    return tell(report);
  }

 private:
  asio::awaitable<DoctorReport> examine_process() {
    const auto executor = co_await asio::this_coro::executor;
    asio::signal_set signals(executor, SIGINT, SIGTERM);
    signals.async_wait([&](const boost::system::error_code& error, int) {
      if (error) return;
      signals.clear();  // a second one ends the program
      work_.interrupt("a signal");
    });
    IutProcess process(executor, process_);
    DoctorReport report;
    const std::optional<std::string> failure = co_await work_.run(process.start());
    if (failure && !failure->empty()) report.unreachable = *failure;
    if (failure && failure->empty()) {
      head_ = process.head_line();
      auto examined = co_await work_.run(examine(doctor_options()));
      report = std::move(examined).value_or(DoctorReport{});
    }
    co_await process.stop();
    if (report.unreachable.empty()) add_faults(process, report);
    co_return report;
  }

  [[nodiscard]] DoctorOptions doctor_options() const {
    const double seconds = profile_.answer_seconds(options_.timeout_s);
    return {.open_wire = connecting_to(target_.address()),
            .profile = profile_.get(),
            .timeout = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000))};
  }

  static void add_faults(IutProcess& process, DoctorReport& report) {
    if (process.watched() == nullptr) return;
    std::string found;
    for (const FaultReport& fault : process.watched()->take_faults()) {
      found += (found.empty() ? "" : "; ") + fault.title;
    }
    const std::string note = process.note();
    if (!note.empty()) found += (found.empty() ? "" : "; ") + note;
    const bool is_well = found.empty();
    report.lines.push_back(
        {"process", is_well ? Diagnosis::kHolds : Diagnosis::kFinding,
         is_well ? "it ran without a fault, and ended when it was told to" : found,
         is_well ? ""
                 : "correct the fault in the implementation, or, if it is "
                   "none, process or fault_patterns of the profile"});
  }

  ExitStatus tell(const DoctorReport& report) {
    const bool is_unreachable = !report.unreachable.empty();
    if (options_.json) {
      console_.write(json_of(report) + "\n");
    } else if (!is_unreachable) {
      console_.write(text_of(report));
    }
    if (is_unreachable) {
      print_error("no server can be reached: " + printable_lines(report.unreachable, kMaxWhy));
      return ExitStatus::kUnreachable;
    }
    return report.has_findings() ? ExitStatus::kFailed : ExitStatus::kOk;
  }

  [[nodiscard]] std::string text_of(const DoctorReport& report) const {
    constexpr std::size_t kIndent = 27;
    std::string out = head_;
    out += fmt::format("target    {}\n\n", printable(to_string(target_.address()), kMaxWhy));
    std::size_t findings = 0;
    for (const DoctorLine& line : report.lines) {
      out += wrapped(fmt::format("{:<17} {:<8} {}", line.subject, name(line.diagnosis), line.text),
                     kIndent);
      if (!line.change.empty()) {
        out += wrapped(fmt::format("{:<26} to do: {}", "", line.change), kIndent + 7);
      }
      findings += line.diagnosis == Diagnosis::kFinding ? 1U : 0U;
    }
    out += findings == 0   ? "\nno findings\n"
           : findings == 1 ? "\n1 finding\n"
                           : fmt::format("\n{} findings\n", findings);
    return out;
  }

  [[nodiscard]] std::string json_of(const DoctorReport& report) const {
    nlohmann::json lines = nlohmann::json::array();
    for (const DoctorLine& line : report.lines) {
      lines.push_back({{"subject", line.subject},
                       {"diagnosis", name(line.diagnosis)},
                       {"text", line.text},
                       {"change", line.change}});
    }
    const nlohmann::json out{{"format", "wsapi-conform-doctor"},
                             {"version", 1},
                             {"target", printable(to_string(target_.address()), kMaxWhy)},
                             {"unreachable", printable(report.unreachable, kMaxWhy)},
                             {"lines", lines}};
    return out.dump(1);
  }

  const DoctorCommand& options_;
  Console& console_;
  ProfileOption profile_;
  Target target_;
  IutProcessSpec process_;
  Interruptible work_;
  std::string head_;
};

}  // namespace

ExitStatus execute(const DoctorCommand& options, Console& console) {
  return Visit(options, console).run();
}

}  // namespace wsapi
