// SPDX-License-Identifier: Apache-2.0

#include "harness/cli/iut_process.h"

#include <fmt/format.h>

#include <utility>

#include "harness/process/command_words.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

constexpr std::size_t kMaxCommand = 400;  // characters that are shown

double seconds(std::chrono::microseconds time) { return static_cast<double>(time.count()) / 1e6; }

}  // namespace

std::string read_process_options(const std::string& exec, int pid, const Address& address,
                                 IutProcessSpec& spec) {
  spec.pid = pid;
  if (exec.empty()) return "";
  Command command = split_command(exec);
  if (!command.error.empty()) return "--exec: " + command.error;
  ProcessSpec process{.address = address};
  process.spawn.environment = std::move(command.environment);
  process.spawn.command = std::move(command.words);
  for (std::string& word : process.spawn.command) {
    if (const std::string error = put_address(word, address); !error.empty()) {
      return "--exec: " + error;
    }
  }
  spec.command = exec;
  spec.started = std::move(process);
  return "";
}

IutProcess::IutProcess(const asio::any_io_executor& executor, const IutProcessSpec& spec)
    : spec_(spec) {
  if (spec.started) {
    started_.emplace(executor, *spec.started);
  } else if (spec.pid != 0) {
    attached_.emplace(spec.pid);
  }
}

asio::awaitable<std::string> IutProcess::start() {
  if (started_) co_return co_await started_->start();
  co_return attached_ ? attached_->error() : "";
}

asio::awaitable<void> IutProcess::stop() {
  if (started_) co_await started_->stop();
}

WatchedIut* IutProcess::watched() noexcept {
  if (started_) return &*started_;
  return attached_ ? &*attached_ : nullptr;
}

std::string IutProcess::head_line() const {
  if (started_) {
    return fmt::format("process   {} (pid {}, ready after {:.2f} s)\n",
                       printable(spec_.command, kMaxCommand), started_->pid(),
                       seconds(started_->ready_after()));
  }
  return attached_ ? fmt::format("process   {}, watched only\n", spec_.pid) : "";
}

std::string IutProcess::note() const {
  if (!started_ || !started_->had_to_be_killed()) return "";
  const auto grace = std::chrono::microseconds(spec_.started->stop_grace);
  return fmt::format("the process did not end within {} s of SIGTERM, and was killed",
                     seconds(grace));
}

}  // namespace wsapi
