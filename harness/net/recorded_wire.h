// SPDX-License-Identifier: Apache-2.0
#pragma once

// A connection that gives what a recording says came from the peer, and takes what is sent.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "harness/net/wire.h"

namespace wsapi {

// One write or one read of the recorded side.
struct RecordedOctets {
  bool is_sent = false;
  std::vector<std::byte> octets;
};

struct Recording {
  std::vector<RecordedOctets> parts;  // in the order of time
  // How the peer's stream ended: kEnd, kReset, or kTimeout where it was still open.
  ReadStatus end = ReadStatus::kTimeout;
};

// What becomes of the octets that are sent.
enum class SentOctets : std::uint8_t {
  kIgnored,   // all that was received comes, whatever is sent
  kCompared,  // what was received after a write comes after as many octets were sent again
};

class RecordedWire final : public Wire {
 public:
  RecordedWire(Recording recording, SentOctets sent);

  // Never waits: where a further octet would come only after something is sent, the deadline has
  // passed.
  [[nodiscard]] asio::awaitable<ReadOutcome> read_some(std::span<std::byte> into,
                                                       Deadline deadline) override;
  [[nodiscard]] asio::awaitable<WriteOutcome> write_all(std::span<const std::byte> bytes,
                                                        Deadline deadline) override;
  [[nodiscard]] std::optional<std::size_t> unread_by_peer() const override { return 0; }
  void shutdown_send() override {}
  void close() override { is_open_ = false; }
  void reset() override { is_open_ = false; }

  // With kCompared: the offset of the first octet that differs from the recorded one, or that the
  // recording does not have.
  [[nodiscard]] std::optional<std::size_t> first_difference() const noexcept {
    return first_difference_;
  }

 private:
  // One part that was received, and how many octets had been sent before it.
  struct Part {
    std::vector<std::byte> octets;
    std::size_t sent_before = 0;
  };

  [[nodiscard]] ReadOutcome read_now(std::span<std::byte> into);
  void compare(std::span<const std::byte> bytes);

  SentOctets sent_;
  ReadStatus end_;
  std::vector<Part> received_;
  std::vector<std::byte> expected_;  // all that was sent in the recording
  std::size_t part_ = 0;
  std::size_t offset_ = 0;  // in that part
  std::size_t sent_size_ = 0;
  std::optional<std::size_t> first_difference_;
  bool is_open_ = true;
};

}  // namespace wsapi
