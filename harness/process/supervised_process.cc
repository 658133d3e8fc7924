// SPDX-License-Identifier: Apache-2.0

#include "harness/process/supervised_process.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <csignal>
#include <utility>

#include "harness/process/end_status.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kMaxFaults = 64;        // that wait to be taken
constexpr std::size_t kMaxDetail = 8000;      // bytes
constexpr std::size_t kLinesOfEvidence = 20;  // of what it wrote last
constexpr milliseconds kWatchPause{20};
constexpr milliseconds kKillLimit{10'000};  // a process that was killed is gone long before
constexpr milliseconds kAddressCheck{1'000};

// Grows, so that what is quick is seen quickly and what is slow costs little.
class Pause {
 public:
  explicit Pause(const asio::any_io_executor& executor) : timer_(executor) {}
  asio::awaitable<void> wait() {
    timer_.expires_after(length_);
    length_ = std::min(2 * length_, milliseconds{20});
    co_await timer_.async_wait(asio::use_awaitable);
  }

 private:
  asio::steady_timer timer_;
  milliseconds length_{1};
};

// Whether the report is of a sanitizer that ends the process. The others report and go on.
bool is_fatal_report(const FaultReport& fault) {
  return fault.kind == FaultKind::kSanitizer &&
         fault.detail.find("ERROR: AddressSanitizer") != std::string::npos;
}

// A socket file that a process which was killed has left.
void remove_socket_file(const Address& address) {
  const auto* const place = std::get_if<UnixPathPlace>(&address.place);
  struct stat status {};
  if (place == nullptr || ::lstat(place->path.c_str(), &status) != 0) return;
  if (S_ISSOCK(status.st_mode)) (void)::unlink(place->path.c_str());
}

}  // namespace

SupervisedProcess::SupervisedProcess(const asio::any_io_executor& executor, ProcessSpec spec,
                                     SampleProcess sample)
    : executor_(executor),
      spec_(std::move(spec)),
      sample_(std::move(sample)),
      token_(fmt::format("{}-{}", ::getpid(), static_cast<const void*>(this))),
      watch_timer_(executor) {}

SupervisedProcess::~SupervisedProcess() {
  if (!runs()) return;
  is_stopping_ = true;
  kill_everything();
  while (::waitpid(-spawned_.pid, nullptr, 0) > 0 || errno == EINTR) {
  }
  for (const pid_t pid : strays_) (void)::waitpid(pid, nullptr, 0);
  let_go();
}

// ---- Starting

std::string SupervisedProcess::spawn_process() {
  // Orphans of the process become children of the suite, which can tell how they end.
  (void)::prctl(PR_SET_CHILD_SUBREAPER, 1);
  sanitizer_files_.clear();
  SpawnSpec spec = spec_.spawn;
  for (auto& option : sanitizer_files_.options(spec.environment)) {
    spec.environment.push_back(std::move(option));
  }
  spec.environment.emplace_back("WSAPI_ADDRESS", to_string(spec_.address));
  spec.environment.emplace_back("WSAPI_CONFORM_PROCESS", token_);
  end_status_.reset();
  is_end_noted_ = false;
  is_stopping_ = false;
  had_to_be_killed_ = false;
  spawned_ = spawn(spec);
  if (!runs()) return spawned_.error;
  main_pid_ = spawned_.pid;
  ++start_count_;
  output_ = std::make_shared<ProcessOutput>(
      executor_, spawned_.output,
      [this](std::string_view line) { note_line(line, output_reports_); });
  errors_ = std::make_shared<ProcessOutput>(
      executor_, spawned_.errors,
      [this](std::string_view line) { note_line(line, error_reports_); });
  output_->start();
  errors_->start();
  watch_from_time_to_time();
  return "";
}

asio::awaitable<std::string> SupervisedProcess::start() {
  const std::string where = printable(to_string(spec_.address));
  const ConnectResult taken = co_await connect(spec_.address, deadline_in(kAddressCheck));
  if (taken.status == ConnectStatus::kOk) {
    co_return fmt::format(
        "something listens at {} already, so the process that was to be started there would not be "
        "the one that is tested; end it, or choose another --target",
        where);
  }
  std::string error = spawn_process();
  if (!error.empty()) co_return error;
  error = co_await wait_until_ready();
  if (!error.empty()) co_await stop();
  co_return error;
}

asio::awaitable<std::string> SupervisedProcess::wait_until_ready() {
  const auto start = steady_clock::now();
  const Deadline end = start + spec_.ready_limit;
  const std::string where = printable(to_string(spec_.address));
  Pause pause(executor_);
  for (;;) {  // ends at the deadline at the latest
    const Deadline try_end = std::min(end, deadline_in(kAddressCheck));
    const ConnectResult connected = co_await connect(spec_.address, try_end);
    if (connected.status == ConnectStatus::kOk) break;
    if (has_ended()) {
      const bool is_orderly = WIFEXITED(*end_status_) && WEXITSTATUS(*end_status_) == 0;
      co_return fmt::format(
          "the process ended before it accepted connections at {}: {}{}\n{}", where,
          end_text(*end_status_),
          is_orderly ? "; a server that goes to the background has to be kept from it" : "",
          last_lines());
    }
    if (steady_clock::now() >= end) {
      poll();
      co_return fmt::format("the process does not accept connections after {} s: {}\n{}",
                            static_cast<double>(spec_.ready_limit.count()) / 1000,
                            printable(connected.message), last_lines());
    }
    co_await pause.wait();
  }
  ready_after_ = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - start);
  co_return "";
}

asio::awaitable<std::string> SupervisedProcess::restart() {
  co_await stop();
  remove_socket_file(spec_.address);
  co_return co_await start();
}

// ---- Stopping

asio::awaitable<void> SupervisedProcess::stop() {
  if (!runs()) co_return;
  poll();
  is_stopping_ = true;
  (void)::kill(-spawned_.pid, SIGTERM);
  had_to_be_killed_ = !co_await wait_for_group(spec_.stop_grace);
  kill_everything();
  (void)co_await wait_for_group(kKillLimit);
  poll();
  let_go();
}

asio::awaitable<bool> SupervisedProcess::wait_for_group(milliseconds limit) {
  const Deadline end = deadline_in(limit);
  Pause pause(executor_);
  for (;;) {  // ends at the deadline at the latest
    reap();
    std::erase_if(strays_, [](pid_t pid) {
      return ::waitpid(pid, nullptr, WNOHANG) == pid || ::kill(pid, 0) != 0;
    });
    if (group_is_empty() && strays_.empty()) co_return true;
    if (steady_clock::now() >= end) co_return false;
    co_await pause.wait();
  }
}

bool SupervisedProcess::group_is_empty() const {
  return ::kill(-spawned_.pid, 0) != 0 && errno == ESRCH;
}

void SupervisedProcess::end_at_once() {
  if (!runs()) return;
  poll();
  is_stopping_ = true;
  kill_everything();
}

// Also those that have left the process group.
void SupervisedProcess::kill_everything() {
  (void)::kill(-spawned_.pid, SIGKILL);
  descendants_.kill();
  for (const pid_t pid : processes_with("WSAPI_CONFORM_PROCESS=" + token_)) {
    if (::kill(pid, SIGKILL) == 0 && ::getpgid(pid) != spawned_.pid) strays_.push_back(pid);
  }
}

void SupervisedProcess::let_go() {
  for (const auto& pipe : {output_, errors_}) {
    pipe->drain();
    pipe->close();
  }
  watch_timer_.cancel();
  sanitizer_files_.read(true, faults_);
  output_reports_.finish(faults_);
  error_reports_.finish(faults_);
  descendants_.clear();
  strays_.clear();
  end_guard(spawned_);
  spawned_ = {};
}

// ---- Watching

// A child may come and go between two cases.
void SupervisedProcess::watch_from_time_to_time() {
  watch_timer_.expires_after(kWatchPause);
  watch_timer_.async_wait(
      [this, life = std::weak_ptr<bool>(life_)](const boost::system::error_code& error) {
        if (error || life.expired() || !runs()) return;
        poll();
        watch_from_time_to_time();
      });
}

void SupervisedProcess::poll() {
  if (!runs()) return;
  reap();
  // All that it wrote is there once it has ended.
  output_->drain();
  errors_->drain();
  const bool ends_now = end_status_ && !std::exchange(is_end_noted_, end_status_.has_value());
  sanitizer_files_.read(ends_now, faults_);
  for (const int signal : descendants_.poll(main_pid_)) note_child(signal);
  if (!ends_now) return;
  error_reports_.finish(faults_);
  output_reports_.finish(faults_);
  note_end(*end_status_);
}

// Those of the process group that are children of the suite: the process itself, and orphans of it.
void SupervisedProcess::reap() {
  int status = 0;
  for (pid_t pid; (pid = ::waitpid(-spawned_.pid, &status, WNOHANG)) > 0;) {
    if (pid == main_pid_) {
      end_status_ = status;
    } else if (!descendants_.forget(pid) && WIFSIGNALED(status)) {
      note_child(WTERMSIG(status));
    }
  }
}

void SupervisedProcess::note_line(std::string_view line, SanitizerReports& reports) {
  if (reports.feed(line, faults_) || is_stopping_ || !spec_.patterns.matches(line)) return;
  note_fault({.kind = FaultKind::kLine,
              .title = stable_title(line),
              .detail = printable(line, kMaxDetail / 2) + "\n"});
}

void SupervisedProcess::note_fault(FaultReport fault) {
  const bool is_known = std::ranges::any_of(faults_, [&](const FaultReport& one) {
    return one.kind == fault.kind && one.title == fault.title;
  });
  if (!is_known && faults_.size() < kMaxFaults) faults_.push_back(std::move(fault));
}

void SupervisedProcess::note_child(int signal) {
  if (is_stopping_) return;
  note_fault({.kind = FaultKind::kSignal,
              .title = signal_name(signal) + " in a child process",
              .detail = last_lines()});
}

// The end is one fault with what has just told of it.
void SupervisedProcess::note_end(int status) {
  const bool is_asked_for = is_stopping_ && (!WIFSIGNALED(status) || !is_crash(WTERMSIG(status)));
  if (is_asked_for) return;
  const std::string when = is_stopping_ ? "while it was being stopped" : "by itself";
  const std::string how = fmt::format("The process ended {}: {}.\n", when, end_text(status));
  if (const auto report = std::ranges::find_if(faults_, is_fatal_report); report != faults_.end()) {
    report->detail += how;
    return;
  }
  FaultReport fault{.kind = WIFSIGNALED(status) ? FaultKind::kSignal : FaultKind::kExit,
                    .title = end_text(status),
                    .detail = how + last_lines()};
  const auto is_line = [](const FaultReport& one) { return one.kind == FaultKind::kLine; };
  if (const auto line = std::ranges::find_if(faults_, is_line); line != faults_.end()) {
    fault.title += ": " + line->title;
    *line = std::move(fault);
  } else {
    faults_.push_back(std::move(fault));
  }
}

std::string SupervisedProcess::last_lines() const {
  if (errors_ == nullptr) return "";
  std::string out;
  const auto show = [&](std::string_view name, const OutputLines& lines) {
    if (!lines.empty()) {
      out += fmt::format("Its standard {} ends in\n{}", name, lines.last(kLinesOfEvidence));
    }
  };
  show("error", errors_->lines());
  if (out.empty()) show("output", output_->lines());
  if (out.empty()) out = "It has written nothing.\n";
  return out.substr(out.size() - std::min(out.size(), kMaxDetail - 500));
}

// Asked often, so it looks at everything only when the process has just ended.
bool SupervisedProcess::has_ended() {
  if (!runs()) return true;
  reap();
  if (end_status_ && !is_end_noted_) poll();
  return end_status_.has_value();
}

std::vector<FaultReport> SupervisedProcess::take_faults() {
  poll();
  sanitizer_files_.finish_open_ends(faults_);
  output_reports_.finish_open_end(faults_);
  error_reports_.finish_open_end(faults_);
  return std::exchange(faults_, {});
}

std::optional<ProcessSample> SupervisedProcess::sample() {
  if (!sample_ || has_ended()) return std::nullopt;
  return sample_(main_pid_);
}

std::string SupervisedProcess::output() const {
  if (errors_ == nullptr) return "";
  return "standard error\n" + errors_->lines().text() + "standard output\n" +
         output_->lines().text();
}

}  // namespace wsapi
