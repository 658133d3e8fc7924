// SPDX-License-Identifier: Apache-2.0

#include "harness/cli/output.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace wsapi {
namespace {

constexpr std::size_t kMaxPending = 65'536;  // bytes

// A descriptor that somebody else has made non-blocking takes no more for now.
bool wait_until_writable(int descriptor) {
  pollfd wait{.fd = descriptor, .events = POLLOUT, .revents = 0};
  return ::poll(&wait, 1, -1) > 0 || errno == EINTR;
}

}  // namespace

bool Output::is_closed() const noexcept { return error() == EPIPE || error() == EBADF; }

void Output::Buffer::append(std::string_view text) {
  if (error_ != 0) return;
  pending_ += text;
  if (pending_.size() >= kMaxPending) (void)sync();
}

Output::Buffer::int_type Output::Buffer::overflow(int_type c) {
  const char one = traits_type::to_char_type(c);
  append({&one, 1});
  return error_ == 0 ? c : traits_type::eof();
}

std::streamsize Output::Buffer::xsputn(const char* text, std::streamsize size) {
  append({text, static_cast<std::size_t>(size)});
  return error_ == 0 ? size : 0;
}

int Output::Buffer::sync() {
  write_out(pending_);
  pending_.clear();
  return error_ == 0 ? 0 : -1;
}

void Output::Buffer::write_out(std::string_view text) {
  while (!text.empty() && error_ == 0) {
    const ssize_t written = ::write(descriptor_, text.data(), text.size());
    if (written > 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (written < 0 && errno != EINTR &&
               !(errno == EAGAIN && wait_until_writable(descriptor_))) {
      error_ = errno;
    }
  }
}

}  // namespace wsapi
