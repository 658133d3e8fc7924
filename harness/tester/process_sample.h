// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a process costs at one time.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace wsapi {

// The process and all its descendants together.
struct ProcessSample {
  // Bytes of memory of their own that they have touched: anonymous pages, in memory or swapped out,
  // shared ones in parts. Pages of files are left out, as they come and go with what else the
  // machine does.
  std::uint64_t resident_size = 0;
  // The most that was ever resident, in bytes, pages of files too.
  std::uint64_t peak_size = 0;
  std::size_t descriptors = 0;
  std::size_t threads = 0;
  std::chrono::microseconds cpu_time{0};  // since they began, user and system
  // How long their threads computed, or were ready to and waited for a processor: how busy they are
  // on a machine that others keep busy, too. Of the threads that are there now. Where the system
  // does not tell, cpu_time.
  std::chrono::microseconds runnable_time{0};
  // A sanitizer has reserved its terabytes of addresses: memory that was freed is kept for a while.
  bool is_instrumented = false;
};

}  // namespace wsapi
