// SPDX-License-Identifier: Apache-2.0
#pragma once

// Two connected stream sockets in this process: what one end is given, the other can read.

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace wsapi::bench {

enum class SocketKind : std::uint8_t { kUnix, kTcpLoopback };

// Ends the program where the system gives no sockets.
class SocketPair {
 public:
  explicit SocketPair(SocketKind kind);
  ~SocketPair();
  SocketPair(const SocketPair&) = delete;
  SocketPair& operator=(const SocketPair&) = delete;

  // Writes all parts, however many system calls that takes; the reading end must have room.
  void write(std::span<const iovec> parts);
  // What one call takes of them, at once; 0 where there is no room.
  std::size_t write_some(std::span<const iovec> parts);
  // Takes all that has been written, and returns how much that was.
  std::size_t drain();
  // A buffer as small as the system allows, so that writes are partial.
  void make_small();

  [[nodiscard]] std::uint64_t write_calls() const { return write_calls_; }

 private:
  int writer_ = -1;
  int reader_ = -1;
  std::uint64_t write_calls_ = 0;
  std::vector<std::byte> sink_;
};

}  // namespace wsapi::bench
