// SPDX-License-Identifier: Apache-2.0

#include "bench/socket_pair.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "bench/measure.h"

namespace wsapi::bench {
namespace {

constexpr std::size_t kSinkSize = std::size_t{1} << 20U;  // bytes
constexpr int kBufferSize = 4 << 20;                      // bytes, asked for
constexpr int kDeadlineMs = 5000;

void connect_over_loopback(int& writer, int& reader) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  require(listener >= 0 && bind(listener, generic, size) == 0 && listen(listener, 1) == 0 &&
              getsockname(listener, generic, &size) == 0,
          "listening on the loopback");
  writer = socket(AF_INET, SOCK_STREAM, 0);
  require(writer >= 0 && connect(writer, generic, size) == 0, "connecting");
  reader = accept(listener, nullptr, nullptr);
  require(reader >= 0, "accepting");
  close(listener);
  const int on = 1;
  require(setsockopt(writer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0, "TCP_NODELAY");
}

}  // namespace

SocketPair::SocketPair(SocketKind kind) : sink_(kSinkSize) {
  if (kind == SocketKind::kUnix) {
    std::array<int, 2> ends{};
    require(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0, "making a socket pair");
    writer_ = ends[0];
    reader_ = ends[1];
  } else {
    connect_over_loopback(writer_, reader_);
  }
  // As much as the system gives.
  (void)setsockopt(writer_, SOL_SOCKET, SO_SNDBUF, &kBufferSize, sizeof(kBufferSize));
}

SocketPair::~SocketPair() {
  close(writer_);
  close(reader_);
}

void SocketPair::make_small() {
  const int size = 1;
  (void)setsockopt(writer_, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

void SocketPair::write(std::span<const iovec> parts) {
  std::size_t expected = 0;
  for (const iovec& part : parts) expected += part.iov_len;
  require(write_some(parts) == expected, "writing at once");
}

std::size_t SocketPair::write_some(std::span<const iovec> parts) {
  ++write_calls_;
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts.data());
  message.msg_iovlen = parts.size();
  // As writev, but never waiting: the reader is in this thread, too.
  const ssize_t written = sendmsg(writer_, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  return written > 0 ? static_cast<std::size_t>(written) : 0;
}

std::size_t SocketPair::drain() {
  pollfd ready{.fd = reader_, .events = POLLIN, .revents = 0};
  require(poll(&ready, 1, kDeadlineMs) == 1, "waiting for what was written");
  std::size_t size = 0;
  while (true) {
    const ssize_t received = recv(reader_, sink_.data(), sink_.size(), MSG_DONTWAIT);
    if (received <= 0) return size;
    size += static_cast<std::size_t>(received);
  }
}

}  // namespace wsapi::bench
