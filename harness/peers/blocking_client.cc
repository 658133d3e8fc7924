// SPDX-License-Identifier: Apache-2.0

#include "harness/peers/blocking_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <variant>

namespace wsapi {
namespace {

bool connect_to(int fd, const auto& raw) {
  return ::connect(fd, reinterpret_cast<const sockaddr*>(&raw), sizeof(raw)) == 0;
}

bool set_option(int fd, int level, int option, const auto& value) {
  return ::setsockopt(fd, level, option, &value, sizeof(value)) == 0;
}

bool connect_to_tcp(int fd, const TcpPlace& place) {
  sockaddr_in raw{};
  raw.sin_family = AF_INET;
  raw.sin_port = htons(place.port);
  raw.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // Without delay, or a second small frame waits for the acknowledgement of the first.
  return connect_to(fd, raw) && set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

}  // namespace

BlockingClient::BlockingClient(const Address& address, std::chrono::seconds limit) {
  const auto* const tcp = std::get_if<TcpPlace>(&address.place);
  fd_ = ::socket(tcp != nullptr ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval time{.tv_sec = limit.count(), .tv_usec = 0};
  const bool connected =
      fd_ >= 0 && set_option(fd_, SOL_SOCKET, SO_RCVTIMEO, time) &&
      set_option(fd_, SOL_SOCKET, SO_SNDTIMEO, time) &&
      (tcp != nullptr ? connect_to_tcp(fd_, *tcp) : connect_to(fd_, to_sockaddr_un(address)));
  if (!connected) connect_error_ = errno;
}

BlockingClient::BlockingClient(BlockingClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), connect_error_(other.connect_error_) {}

BlockingClient::~BlockingClient() {
  if (fd_ >= 0) ::close(fd_);
}

bool BlockingClient::send(std::span<const std::byte> bytes, int flags) const {
  while (!bytes.empty()) {
    const ssize_t size = ::send(fd_, bytes.data(), bytes.size(), flags | MSG_NOSIGNAL);
    if (size <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(size));
  }
  return true;
}

BlockingClient::Received BlockingClient::receive(std::span<std::byte> into) const {
  Received received;
  while (received.size < into.size()) {
    const auto room = into.subspan(received.size);
    const ssize_t size = ::recv(fd_, room.data(), room.size(), 0);
    if (size <= 0) {
      const bool is_late = size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
      received.end = size == 0 ? End::kEnd : is_late ? End::kTimeout : End::kReset;
      return received;
    }
    received.size += static_cast<std::size_t>(size);
  }
  return received;
}

void BlockingClient::end_sending() const { ::shutdown(fd_, SHUT_WR); }

}  // namespace wsapi
