// SPDX-License-Identifier: Apache-2.0
#pragma once

// The number of descriptors that this process may have open: many cases at once take more than the
// usual 1024.

#include <sys/resource.h>

#include <algorithm>

namespace wsapi {

inline constexpr rlim_t kWantedDescriptors = 8192;

// Raises the soft limit as far as the hard one allows; where it cannot be raised, cases that meet
// it are errors of the suite, not failures of the server.
inline void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= kWantedDescriptors) return;
  limit.rlim_cur = std::min(limit.rlim_max, kWantedDescriptors);
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace wsapi
