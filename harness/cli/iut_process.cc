// SPDX-License-Identifier: Apache-2.0

#include "harness/cli/iut_process.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "harness/process/command_words.h"
#include "harness/tester/process_sampler.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

constexpr std::size_t kMaxCommand = 400;  // characters that are shown

std::string place_of(bool is_option) {
  return is_option ? "--exec: " : "/process/command of the profile: ";
}

std::chrono::milliseconds milliseconds_of(double time) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(time * 1000));
}

void use_profile(const Profile& profile, ProcessSpec& spec) {
  for (const std::string& pattern : profile.removed_patterns) spec.patterns.remove(pattern);
  for (const std::string& pattern : profile.added_patterns) spec.patterns.add(pattern);
  if (!profile.process) return;
  const ProfileProcess& process = *profile.process;
  spec.spawn.command = process.command;
  spec.spawn.environment = process.environment;
  spec.spawn.folder = process.folder;
  spec.spawn.limits = {process.open_files, process.address_space_mib};
  if (process.ready_seconds) spec.ready_limit = milliseconds_of(*process.ready_seconds);
  if (process.stop_seconds) spec.stop_grace = milliseconds_of(*process.stop_seconds);
}

double seconds(std::chrono::microseconds time) { return static_cast<double>(time.count()) / 1e6; }

std::optional<ProcessSample> sample_of(int pid) { return ProcessSampler(pid).sample(); }

}  // namespace

std::string read_process(const ProcessWishes& wishes, const Address& address,
                         IutProcessSpec& spec) {
  spec.pid = wishes.pid;
  if (!wishes.is_started()) return "";
  ProcessSpec process{.address = address};
  if (wishes.profile != nullptr) use_profile(*wishes.profile, process);
  const bool is_option = !wishes.exec.empty();
  const std::string text =
      is_option || wishes.profile == nullptr ? wishes.exec : wishes.profile->process->command_line;
  if (!text.empty()) {
    Command command = split_command(text);
    if (!command.error.empty()) return place_of(is_option) + command.error;
    std::ranges::move(command.environment, std::back_inserter(process.spawn.environment));
    process.spawn.command = std::move(command.words);
  }
  spec.command = text.empty() ? fmt::format("{}", fmt::join(process.spawn.command, " ")) : text;
  for (std::string& word : process.spawn.command) {
    const std::string error = put_address(word, address);
    if (!error.empty()) return place_of(is_option) + error;
  }
  spec.started = std::move(process);
  return "";
}

IutProcess::IutProcess(const asio::any_io_executor& executor, const IutProcessSpec& spec)
    : spec_(spec) {
  if (spec.started) {
    started_.emplace(executor, *spec.started, sample_of);
  } else if (spec.pid != 0) {
    attached_.emplace(spec.pid, sample_of);
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
