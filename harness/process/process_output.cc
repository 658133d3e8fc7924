// SPDX-License-Identifier: Apache-2.0

#include "harness/process/process_output.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace wsapi {

ProcessOutput::ProcessOutput(const asio::any_io_executor& executor, int descriptor, Sink sink)
    : descriptor_(executor, descriptor), sink_(std::move(sink)) {}

void ProcessOutput::start() {
  if (!descriptor_.is_open()) return;
  descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                         [self = shared_from_this()](const boost::system::error_code& error) {
                           if (error) return;
                           self->drain();
                           self->start();
                         });
}

void ProcessOutput::drain() {
  std::array<char, 65536> buffer;
  for (std::size_t count = 0; descriptor_.is_open() && count < kMaxAtOnce;) {
    const ssize_t size = ::read(descriptor_.native_handle(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (size <= 0) {
      close();
      return;
    }
    count += static_cast<std::size_t>(size);
    splitter_.feed({buffer.data(), static_cast<std::size_t>(size)},
                   [this](std::string_view line) { note(line); });
  }
}

void ProcessOutput::close() {
  boost::system::error_code ignored;
  (void)descriptor_.close(ignored);
  splitter_.finish([this](std::string_view line) { note(line); });
}

void ProcessOutput::note(std::string_view line) {
  const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - start_);
  lines_.add(time, line);
  sink_(line);
}

}  // namespace wsapi
