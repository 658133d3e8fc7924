// SPDX-License-Identifier: Apache-2.0

#include "harness/process/attached_process.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "harness/process/end_status.h"

namespace wsapi {

AttachedProcess::AttachedProcess(int pid, SampleProcess sample)
    : pid_(pid), sample_(std::move(sample)) {
  descriptor_ = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (descriptor_ >= 0) return;
  error_ =
      fmt::format("cannot watch the process {}: {}", pid, std::generic_category().message(errno));
}

AttachedProcess::~AttachedProcess() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool AttachedProcess::has_ended() {
  pollfd one{descriptor_, POLLIN, 0};
  return descriptor_ < 0 || ::poll(&one, 1, 0) == 1;
}

std::optional<ProcessSample> AttachedProcess::sample() {
  if (!sample_ || has_ended()) return std::nullopt;
  return sample_(pid_);
}

asio::awaitable<std::string> AttachedProcess::restart() {
  co_return fmt::format("the process {} was not started by the suite", pid_);
}

std::vector<FaultReport> AttachedProcess::take_faults() {
  std::vector<FaultReport> out;
  for (const int signal : descendants_.poll(pid_)) {
    out.push_back({.kind = FaultKind::kSignal,
                   .title = signal_name(signal) + " in a child process",
                   .detail = "A child process was ended by this signal.\n"});
  }
  if (is_end_told_ || !has_ended()) return out;
  is_end_told_ = true;
  const auto status = status_of_ended(pid_, descriptor_);
  const bool is_signal = status && WIFSIGNALED(*status);
  out.push_back({.kind = is_signal ? FaultKind::kSignal : FaultKind::kExit,
                 .title = status ? end_text(*status) : "the process has ended",
                 .detail = fmt::format("The process {} ended while it was tested.\n", pid_)});
  return out;
}

}  // namespace wsapi
