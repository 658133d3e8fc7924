// SPDX-License-Identifier: Apache-2.0

#include "bench/server_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <variant>

#include "bench/measure.h"

namespace wsapi::bench {
namespace {

constexpr timeval kDeadline{.tv_sec = 5, .tv_usec = 0};

template <typename Raw>
void connect_to(int descriptor, const Raw& raw) {
  const auto* const generic = reinterpret_cast<const sockaddr*>(&raw);
  require(descriptor >= 0 && ::connect(descriptor, generic, sizeof(raw)) == 0, "connecting");
}

void set(int descriptor, int level, int option, const auto& value) {
  require(::setsockopt(descriptor, level, option, &value, sizeof(value)) == 0, "setsockopt");
}

}  // namespace

BlockingClient::BlockingClient(const Address& address) {
  const auto* const tcp = std::get_if<TcpPlace>(&address.place);
  descriptor_ = ::socket(tcp != nullptr ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (tcp != nullptr) {
    sockaddr_in raw{};
    raw.sin_family = AF_INET;
    raw.sin_port = htons(tcp->port);
    raw.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connect_to(descriptor_, raw);
    set(descriptor_, IPPROTO_TCP, TCP_NODELAY, 1);
  } else {
    connect_to(descriptor_, to_sockaddr_un(address));
  }
  set(descriptor_, SOL_SOCKET, SO_RCVTIMEO, kDeadline);
  set(descriptor_, SOL_SOCKET, SO_SNDTIMEO, kDeadline);
}

BlockingClient::~BlockingClient() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void BlockingClient::send(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    require(size > 0, "sending");
    bytes = bytes.subspan(static_cast<std::size_t>(size));
  }
}

void BlockingClient::receive(std::span<std::byte> into) {
  while (!into.empty()) {
    const ssize_t size = ::recv(descriptor_, into.data(), into.size(), 0);
    require(size > 0, "receiving");
    into = into.subspan(static_cast<std::size_t>(size));
  }
}

}  // namespace wsapi::bench
