// SPDX-License-Identifier: Apache-2.0

#include "harness/process/descendants.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

namespace wsapi {
namespace {

constexpr std::size_t kMaxFile = 1U << 20U;  // bytes of a file of /proc that are looked at

// struct pidfd_info and PIDFD_GET_INFO of linux/pidfd.h, which the headers of Debian 12 lack.
struct PidfdInfo {
  std::uint64_t mask = 0;
  std::uint64_t cgroup_id = 0;
  std::uint32_t ids[11] = {};
  std::int32_t exit_code = 0;
};
static_assert(sizeof(PidfdInfo) == 64);
constexpr std::uint64_t kInfoExit = 1U << 3U;
constexpr unsigned long kGetInfo = _IOWR(0xFF, 11, PidfdInfo);

// Empty where the process has gone, which may be while it is read.
std::string read_file(const std::string& path, std::size_t max_size) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return "";
  std::string out;
  char buffer[4096];
  ssize_t size = 0;
  while (out.size() < max_size && (size = ::read(descriptor, buffer, sizeof buffer)) > 0) {
    out.append(buffer, static_cast<std::size_t>(size));
  }
  ::close(descriptor);
  return size < 0 ? "" : out;
}

std::vector<pid_t> numbers_in(const std::string& folder) {
  std::vector<pid_t> out;
  DIR* const entries = ::opendir(folder.c_str());
  if (entries == nullptr) return out;
  while (const dirent* const entry = ::readdir(entries)) {
    const std::string_view name = entry->d_name;
    pid_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error == std::errc{} && end == name.data() + name.size()) out.push_back(number);
  }
  ::closedir(entries);
  return out;
}

// The status, as waitpid tells it, of a process that has ended and that its parent has not taken
// leave of yet.
std::optional<int> status_of_zombie(pid_t pid) {
  const std::string text = read_file(fmt::format("/proc/{}/stat", pid), kMaxFile);
  const std::size_t name_end = text.rfind(')');  // the name may hold anything
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(name_end + 1));
  std::string field;
  constexpr int kState = 3;
  constexpr int kExitCode = 52;
  for (int i = kState; fields >> field; ++i) {
    if (i == kState && field != "Z" && field != "X") return std::nullopt;
    if (i == kExitCode) return std::atoi(field.c_str());
  }
  return std::nullopt;
}

bool has_ended(int pidfd) {
  pollfd one{pidfd, POLLIN, 0};
  return ::poll(&one, 1, 0) == 1;
}

}  // namespace

std::optional<int> status_of_ended(pid_t pid, int pidfd) {
  PidfdInfo info;
  info.mask = kInfoExit;
  if (::ioctl(pidfd, kGetInfo, &info) == 0 && (info.mask & kInfoExit) != 0) return info.exit_code;
  return status_of_zombie(pid);
}

std::vector<pid_t> children_of(pid_t pid) {
  std::vector<pid_t> out;
  const std::string tasks = fmt::format("/proc/{}/task", pid);
  for (const pid_t task : numbers_in(tasks)) {
    std::istringstream in(read_file(fmt::format("{}/{}/children", tasks, task), kMaxFile));
    for (pid_t child = 0; in >> child;) out.push_back(child);
  }
  return out;
}

std::vector<pid_t> processes_with(std::string_view variable) {
  std::vector<pid_t> out;
  for (const pid_t pid : numbers_in("/proc")) {
    const std::string text = read_file(fmt::format("/proc/{}/environ", pid), kMaxFile);
    if (text.find(variable) != std::string::npos) out.push_back(pid);
  }
  return out;
}

Descendants::~Descendants() { clear(); }

void Descendants::clear() {
  for (const auto& [pid, watched] : watched_) ::close(watched.descriptor);
  watched_.clear();
}

bool Descendants::forget(pid_t pid) {
  const auto entry = watched_.find(pid);
  if (entry == watched_.end()) return false;
  const bool is_told = entry->second.is_told;
  ::close(entry->second.descriptor);
  watched_.erase(entry);
  return is_told;
}

void Descendants::kill() const {
  for (const auto& [pid, watched] : watched_) {
    (void)::syscall(SYS_pidfd_send_signal, watched.descriptor, SIGKILL, nullptr, 0);
  }
}

void Descendants::add(pid_t pid) {
  if (watched_.contains(pid) || watched_.size() >= kMaxWatched) return;
  const auto descriptor = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (descriptor >= 0) watched_[pid] = Watched{.descriptor = descriptor};
}

std::vector<int> Descendants::poll(pid_t root) {
  std::vector<pid_t> todo = children_of(root);
  for (std::size_t i = 0; i < todo.size() && i < kMaxWatched; ++i) {
    add(todo[i]);
    for (const pid_t child : children_of(todo[i])) todo.push_back(child);
  }
  std::vector<int> signals;
  for (auto entry = watched_.begin(); entry != watched_.end();) {
    auto& [pid, watched] = *entry;
    if (!has_ended(watched.descriptor)) {
      ++entry;
      continue;
    }
    const auto status = status_of_ended(pid, watched.descriptor);
    if (!watched.is_told && status && WIFSIGNALED(*status)) signals.push_back(WTERMSIG(*status));
    watched.is_told = true;
    // A zombie would be found again.
    if (status_of_zombie(pid)) {
      ++entry;
      continue;
    }
    ::close(watched.descriptor);
    entry = watched_.erase(entry);
  }
  return signals;
}

}  // namespace wsapi
