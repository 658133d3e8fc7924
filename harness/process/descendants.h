// SPDX-License-Identifier: Apache-2.0
#pragma once

// The processes below a process: a server that forks loses a child without ending itself.

#include <sys/types.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace wsapi {

// The children of all threads of the process, as far as the system tells.
[[nodiscard]] std::vector<pid_t> children_of(pid_t pid);

// Processes whose environment holds this text, "NAME=VALUE", that still run.
[[nodiscard]] std::vector<pid_t> processes_with(std::string_view variable);

// The status, as waitpid tells it, of a process that has ended, by its pidfd; std::nullopt where
// the system does not tell.
[[nodiscard]] std::optional<int> status_of_ended(pid_t pid, int pidfd);

// Watches the descendants of a process for deaths by a signal. A child that its parent takes leave
// of at once is seen where it was seen alive before, and the system keeps exit statuses (Linux
// 6.15); one that becomes a zombie is seen anywhere.
class Descendants {
 public:
  static constexpr std::size_t kMaxWatched = 256;

  Descendants() = default;
  Descendants(const Descendants&) = delete;
  Descendants& operator=(const Descendants&) = delete;
  ~Descendants();

  // Looks for new ones and for those that have ended since; the signals of those that a signal
  // ended.
  [[nodiscard]] std::vector<int> poll(pid_t root);
  // Its parent has taken leave of this one. Whether its end has been told.
  bool forget(pid_t pid);
  // Sends SIGKILL to those that still run.
  void kill() const;
  void clear();

 private:
  struct Watched {
    int descriptor = -1;  // a pidfd, which stands for this process alone
    bool is_told = false;
  };

  void add(pid_t pid);

  std::map<pid_t, Watched> watched_;
};

}  // namespace wsapi
