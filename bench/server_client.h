// SPDX-License-Identifier: Apache-2.0
#pragma once

// A client that costs as little as can be, and the same whatever the server: a blocking socket, and
// bytes that were made before.

#include <cstddef>
#include <span>

#include "harness/net/address.h"

namespace wsapi::bench {

// Ends the program where the server does not take or give the bytes within some seconds.
class BlockingClient {
 public:
  // A Unix socket, or TCP on the loopback.
  explicit BlockingClient(const Address& address);
  BlockingClient(const BlockingClient&) = delete;
  BlockingClient& operator=(const BlockingClient&) = delete;
  ~BlockingClient();

  void send(std::span<const std::byte> bytes);
  // As many bytes as there is room for.
  void receive(std::span<std::byte> into);

 private:
  int descriptor_ = -1;
};

}  // namespace wsapi::bench
