// SPDX-License-Identifier: Apache-2.0

#include "harness/text/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace wsapi {
namespace {

constexpr std::size_t kWidth = 50;
constexpr std::chrono::milliseconds kPause{100};

bool is_dumb_terminal() {
  const char* const term = std::getenv("TERM");
  return term == nullptr || std::string{term} == "dumb";
}

}  // namespace

ProgressBar::ProgressBar(bool quiet)
    : enabled_(!quiet && ::isatty(STDERR_FILENO) == 1 && !is_dumb_terminal()) {}

void ProgressBar::show(std::size_t done, std::size_t all) {
  if (!enabled_ || all == 0) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + kPause;
  const std::size_t filled = done * kWidth / all;
  fmt::print(stderr, "\r[{}{}] {}/{}", std::string(filled, '#'), std::string(kWidth - filled, '.'),
             done, all);
  std::fflush(stderr);
  drawn_ = true;
}

void ProgressBar::clear() {
  if (!drawn_) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  drawn_ = false;
}

}  // namespace wsapi
