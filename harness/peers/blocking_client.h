// SPDX-License-Identifier: Apache-2.0
#pragma once

// A client that costs as little as can be, and the same whatever the server: a blocking socket, and
// octets as they are given. For tests and benchmarks.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "harness/net/address.h"

namespace wsapi {

class BlockingClient {
 public:
  enum class End : std::uint8_t {
    kNone,     // all that was asked for came
    kEnd,      // end of stream
    kReset,    // the connection is broken
    kTimeout,  // nothing came within the limit
  };
  struct Received {
    std::size_t size = 0;  // bytes, before the end where there is one
    End end = End::kNone;
  };

  // Connects to a Unix socket, or to TCP on the loopback, whatever the host in the address. No read
  // or write waits longer than `limit`.
  explicit BlockingClient(const Address& address,
                          std::chrono::seconds limit = std::chrono::seconds(5));
  BlockingClient(BlockingClient&& other) noexcept;
  BlockingClient& operator=(BlockingClient&&) = delete;
  ~BlockingClient();

  // 0, or the errno of what failed.
  [[nodiscard]] int connect_error() const noexcept { return connect_error_; }

  // False when the server takes no more of the bytes. `flags` are those of send(2).
  [[nodiscard]] bool send(std::span<const std::byte> bytes, int flags = 0) const;
  // As many bytes as there is room for, but for an end.
  [[nodiscard]] Received receive(std::span<std::byte> into) const;
  // The server sees the end of the stream; receiving goes on.
  void end_sending() const;

  [[nodiscard]] int fd() const noexcept { return fd_; }

 private:
  int fd_ = -1;
  int connect_error_ = 0;
};

}  // namespace wsapi
