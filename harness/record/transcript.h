// SPDX-License-Identifier: Apache-2.0
#pragma once

// All that passed on the connections of one case, recorded at the stream: octets in both directions
// with their times and the write or read they belong to, and how each connection was opened and
// closed. Lossless up to a bound; what lies beyond it is counted. The conformance log and the
// export of corpora are views of it.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "codec/revision.h"

namespace wsapi {

class Transcript {
 public:
  // The bounds of one case: octets of all connections and both directions together, and events.
  static constexpr std::size_t kMaxOctets = 4U << 20U;
  static constexpr std::size_t kMaxEvents = 65'536;

  enum class Kind : std::uint8_t {
    kOpened,
    kSent,            // octets of one write
    kReceived,        // octets of one read
    kPeerEnded,       // the peer sends no more
    kPeerReset,       // the peer broke the connection
    kWriteFailed,     // the peer takes no more octets; `detail` says why
    kReadFailed,      // trouble on our side; `detail` says which
    kDeadlinePassed,  // nothing came in time
    kShutDown,        // we send no more
    kClosed,          // by us
    kReset,           // by us
  };

  struct Event {
    std::chrono::microseconds time{};  // since the case began
    std::uint32_t connection = 0;      // index in connections()
    Kind kind = Kind::kOpened;
    // kSent: the pieces of one message, or of one run of octets, have one number.
    std::uint32_t action = 0;
    bool is_frame = false;     // kSent: the action is whole frames, not arbitrary octets
    std::size_t offset = 0;    // of the octets that were kept
    std::size_t size = 0;      // of the octets that were kept
    std::size_t left_out = 0;  // octets of it beyond the bound
    std::string detail;
  };

  // `to_iut` is the direction of what we send.
  explicit Transcript(Direction to_iut = Direction::kToServer) : to_iut_(to_iut) {}

  // The number of the connection, for the events on it. Two may have the same name.
  [[nodiscard]] std::uint32_t open(std::string name, std::chrono::microseconds time);
  // A number for the writes of one action.
  [[nodiscard]] std::uint32_t next_action() noexcept { return ++action_count_; }
  void add_sent(std::uint32_t connection, std::uint32_t action, bool is_frame,
                std::span<const std::byte> octets, std::chrono::microseconds time);
  void add_received(std::uint32_t connection, std::span<const std::byte> octets,
                    std::chrono::microseconds time);
  void add(std::uint32_t connection, Kind kind, std::chrono::microseconds time,
           std::string detail = {});

  [[nodiscard]] Direction to_iut() const noexcept { return to_iut_; }
  [[nodiscard]] const std::vector<std::string>& connections() const noexcept {
    return connections_;
  }
  [[nodiscard]] const std::vector<Event>& events() const noexcept { return events_; }
  [[nodiscard]] std::span<const std::byte> octets(const Event& event) const {
    return std::span(octets_).subspan(event.offset, event.size);
  }
  // What the bounds left out. Of an event that was left out, its octets count, too.
  [[nodiscard]] std::size_t left_out_octets() const noexcept { return left_out_octets_; }
  [[nodiscard]] std::size_t left_out_events() const noexcept { return left_out_events_; }

 private:
  void push(Event event, std::span<const std::byte> octets);

  Direction to_iut_;
  std::vector<std::string> connections_;
  std::vector<Event> events_;
  std::vector<std::byte> octets_;
  std::uint32_t action_count_ = 0;
  std::size_t left_out_octets_ = 0;
  std::size_t left_out_events_ = 0;
};

}  // namespace wsapi
