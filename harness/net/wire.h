// SPDX-License-Identifier: Apache-2.0
#pragma once

// Octets in and out, as the lower tester sees them: a live stream, one in memory (memory_wire.h),
// or a recorded one (recorded_wire.h).

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "harness/net/transport.h"

namespace wsapi {

// One end of a connection. Its operations mean what those of Stream mean (transport.h). Destroying
// it closes it.
class Wire {
 public:
  Wire() = default;
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  virtual ~Wire() = default;

  [[nodiscard]] virtual asio::awaitable<ReadOutcome> read_some(std::span<std::byte> into,
                                                               Deadline deadline) = 0;
  [[nodiscard]] virtual asio::awaitable<WriteOutcome> write_all(std::span<const std::byte> bytes,
                                                                Deadline deadline) = 0;

  // Octets that were written and that the peer cannot have read yet, or has not; std::nullopt where
  // the system does not tell. 0 means on a Unix socket and in memory that the peer has read all, on
  // TCP that all has arrived at its host.
  [[nodiscard]] virtual std::optional<std::size_t> unread_by_peer() const = 0;

  virtual void shutdown_send() = 0;
  virtual void close() = 0;
  virtual void reset() = 0;
};

[[nodiscard]] std::unique_ptr<Wire> make_live_wire(Stream stream);

struct WireResult {
  WireResult() = default;
  WireResult(std::unique_ptr<Wire> opened, std::string text)
      : wire(std::move(opened)), message(std::move(text)) {}

  std::unique_ptr<Wire> wire;  // null where there is no connection
  std::string message;         // then names the address and the reason
  // The reason is a limit of this process or this machine, such as its number of descriptors.
  bool is_suite_limit = false;
};

// How a connection to the implementation under test comes to be.
using OpenWire = std::function<asio::awaitable<WireResult>(Deadline deadline)>;

// By connecting to the address (transport.h).
[[nodiscard]] OpenWire connecting_to(Address address);

}  // namespace wsapi
