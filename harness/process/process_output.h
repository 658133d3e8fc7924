// SPDX-License-Identifier: Apache-2.0
#pragma once

// One of the pipes to which a process writes: read whenever something comes, so that the process
// never waits for a reader; its lines are kept, and looked at for faults.

#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "harness/net/transport.h"
#include "harness/process/output_lines.h"

namespace wsapi {

class ProcessOutput : public std::enable_shared_from_this<ProcessOutput> {
 public:
  using Sink = std::function<void(std::string_view line)>;

  // Takes over the descriptor, which must not block. `sink` gets each line.
  ProcessOutput(const asio::any_io_executor& executor, int descriptor, Sink sink);

  // Reads whenever there is something, until it is closed.
  void start();
  // Reads what is there now, at most kMaxAtOnce bytes.
  void drain();
  // Gives the last line also if it has not ended. Nothing is read any more.
  void close();

  [[nodiscard]] const OutputLines& lines() const noexcept { return lines_; }

 private:
  static constexpr std::size_t kMaxAtOnce = 1U << 20U;

  void note(std::string_view line);

  asio::posix::stream_descriptor descriptor_;
  Sink sink_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  LineSplitter splitter_;
  OutputLines lines_;
};

}  // namespace wsapi
