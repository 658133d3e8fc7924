// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where the reference server can be made to deviate: from the protocol (defects) or from what is
// usual (variants). Without hooks, which is the default, the server asks for a pointer and no more.
// Everything is called on the thread of the server.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "codec/frame.h"
#include "codec/revision.h"

namespace wsapi {

// One connection of the server, as its hooks use it.
class HookedConnection {
 public:
  virtual ~HookedConnection() = default;
  [[nodiscard]] virtual Revision revision() const = 0;
  // Neither ended nor about to end.
  [[nodiscard]] virtual bool is_open() const = 0;
  // Octets that wait to be sent.
  [[nodiscard]] virtual std::size_t output_size() const = 0;
  // Goes on with octets as if they had just come. Not while the connection is answering.
  virtual void feed(std::span<const std::byte> octets) = 0;
  // Goes on with the payload of a message. Not within message_out.
  virtual void take_message(std::span<const std::byte> message) = 0;
  // Octets for the peer, as they are.
  virtual void queue(std::span<const std::byte> octets) = 0;
  virtual void finish() = 0;
  virtual void break_off(bool with_reset) = 0;
  // Does it then, unless the connection has gone.
  virtual void later(std::chrono::milliseconds time, std::function<void()> action) = 0;
};

// What one connection does otherwise.
class ConnectionHooks {
 public:
  virtual ~ConnectionHooks() = default;
  // Of one read: what the frame decoder gets instead, until the next call.
  [[nodiscard]] virtual std::span<const std::byte> octets_in(std::span<const std::byte> octets) = 0;
  // A control frame or a violation. False: the server does what is right.
  [[nodiscard]] virtual bool control_in(const FrameEvent& event) = 0;
  virtual void message_in(std::span<const std::byte> message) = 0;
  virtual void message_out(std::span<const std::byte> message) = 0;
  virtual void control_out(Opcode opcode, std::span<const std::byte> payload) = 0;
  // The peer has ended its sending. True: the connection is broken at once.
  [[nodiscard]] virtual bool breaks_at_end_of_input() const = 0;
  // The longest single write; 0: as much as there is.
  [[nodiscard]] virtual std::size_t write_size() const = 0;
  // How long the server waits before it ends the connection in order.
  [[nodiscard]] virtual std::chrono::milliseconds finish_delay() const = 0;
  virtual void ended() = 0;
};

class ServerHooks {
 public:
  virtual ~ServerHooks() = default;
  // A connection was accepted; it outlives its hooks.
  [[nodiscard]] virtual std::unique_ptr<ConnectionHooks> connected(HookedConnection& link) = 0;
};

}  // namespace wsapi
