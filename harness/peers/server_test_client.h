// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests of servers only: a client with a blocking socket that sends and expects bytes given in
// hexadecimal, and shares no code with what it tests but the address and the digits.

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "codec/hex.h"
#include "harness/net/address.h"

namespace wsapi {

class TestClient {
 public:
  explicit TestClient(const Address& address) {
    const auto* tcp = std::get_if<TcpPlace>(&address.place);
    fd_ = ::socket(tcp != nullptr ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval limit{.tv_sec = 5, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    int result = 0;
    if (tcp != nullptr) {
      sockaddr_in raw{};
      raw.sin_family = AF_INET;
      raw.sin_port = htons(tcp->port);
      raw.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      result = ::connect(fd_, reinterpret_cast<const sockaddr*>(&raw), sizeof raw);
    } else {
      const sockaddr_un raw = to_sockaddr_un(address);
      result = ::connect(fd_, reinterpret_cast<const sockaddr*>(&raw), sizeof raw);
    }
    EXPECT_EQ(result, 0) << errno;
    const int on = 1;  // else a second small frame waits for the acknowledgement of the first
    if (tcp != nullptr) ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  TestClient(TestClient&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  TestClient& operator=(TestClient&&) = delete;
  ~TestClient() {
    if (fd_ >= 0) ::close(fd_);
  }

  // What the server takes of it; false when it takes no more.
  bool send_raw(const std::vector<std::byte>& bytes, int flags = 0) {
    std::size_t offset = 0;
    while (offset < bytes.size()) {
      const ssize_t size =
          ::send(fd_, bytes.data() + offset, bytes.size() - offset, flags | MSG_NOSIGNAL);
      if (size <= 0) return false;
      offset += static_cast<std::size_t>(size);
    }
    return true;
  }
  void send(std::string_view hex) { EXPECT_TRUE(send_raw(from_hex(hex).value())); }

  // Sends the payload, of up to 65535 bytes, in an unmasked binary frame.
  void send_message(std::string_view hex) { EXPECT_TRUE(send_raw(frame_of(hex))); }

  static std::vector<std::byte> frame_of(std::string_view hex) {
    const std::size_t size = from_hex(hex).value().size();
    const std::string header =
        size < 126 ? fmt::format("82{:02x}", size) : fmt::format("827e{:04x}", size);
    return from_hex(header + std::string(hex)).value();
  }

  void end_sending() { ::shutdown(fd_, SHUT_WR); }

  // Up to `size` bytes, as hexadecimal; fewer at the end of the stream. "reset" and
  // "timeout" say themselves.
  std::string receive(std::size_t size) {
    std::vector<std::byte> bytes(size);
    std::size_t offset = 0;
    while (offset < size) {
      const ssize_t got = ::recv(fd_, bytes.data() + offset, size - offset, 0);
      if (got < 0) return errno == EAGAIN ? "timeout" : "reset";
      if (got == 0) break;
      offset += static_cast<std::size_t>(got);
    }
    return to_hex(std::span(bytes).first(offset));
  }

  // The payload of the next frame, which must be a whole unmasked one that starts with `first`.
  std::string receive_frame(std::string_view first = "82") {
    const std::string header = receive(2);
    if (header.substr(0, 2) != first) return "frame " + header;
    std::size_t size = std::stoul(header.substr(2), nullptr, 16);
    if (size == 126) size = std::stoul("0" + receive(2), nullptr, 16);
    return size == 0 ? "" : receive(size);
  }

  // Offers version 1 and takes the answer.
  void negotiate() {
    send("82 07 56 09144c17 01 01");
    EXPECT_EQ(receive(4), "82027601");
  }

  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_ = -1;
};

// The bytes of a `string`: its length with the NUL, the text, the NUL.
inline std::string hex_string(std::string_view text) {
  const auto size = static_cast<unsigned>(text.size() + 1);
  const std::array length{static_cast<std::byte>(size & 0xff), static_cast<std::byte>(size >> 8),
                          std::byte{0}, std::byte{0}};
  return to_hex(length) + to_hex(std::as_bytes(std::span(text))) + "00";
}

// CALL, in version 1, without session, token and credentials.
inline std::string hex_call(std::string_view id, std::string_view verb, std::string_view args) {
  return "4b" + std::string(id) + hex_string(verb) + "00000000" + hex_string(args) + "00000000";
}

// REPLY of success in version 1.
inline std::string hex_reply(std::string_view id, std::string_view data) {
  return "6b" + std::string(id) + "0000000000000000" + hex_string(data);
}

}  // namespace wsapi
