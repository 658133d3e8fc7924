// SPDX-License-Identifier: Apache-2.0

#include "harness/record/transcript.h"

#include <algorithm>
#include <utility>

namespace wsapi {

std::uint32_t Transcript::open(std::string name, std::chrono::microseconds time) {
  const auto connection = static_cast<std::uint32_t>(connections_.size());
  connections_.push_back(std::move(name));
  add(connection, Kind::kOpened, time);
  return connection;
}

void Transcript::add_sent(std::uint32_t connection, std::uint32_t action, bool is_frame,
                          std::span<const std::byte> octets, std::chrono::microseconds time) {
  Event event{.time = time, .connection = connection, .kind = Kind::kSent, .detail = {}};
  event.action = action;
  event.is_frame = is_frame;
  push(std::move(event), octets);
}

void Transcript::add_received(std::uint32_t connection, std::span<const std::byte> octets,
                              std::chrono::microseconds time) {
  push({.time = time, .connection = connection, .kind = Kind::kReceived, .detail = {}}, octets);
}

void Transcript::add(std::uint32_t connection, Kind kind, std::chrono::microseconds time,
                     std::string detail) {
  push({.time = time, .connection = connection, .kind = kind, .detail = std::move(detail)}, {});
}

void Transcript::push(Event event, std::span<const std::byte> octets) {
  if (events_.size() == kMaxEvents) {
    ++left_out_events_;
    left_out_octets_ += octets.size();
    return;
  }
  // After the first octet that was left out nothing is kept: a stream has no holes.
  const std::size_t room = left_out_octets_ > 0 ? 0 : kMaxOctets - octets_.size();
  event.offset = octets_.size();
  event.size = std::min(octets.size(), room);
  event.left_out = octets.size() - event.size;
  left_out_octets_ += event.left_out;
  const auto kept = octets.first(event.size);
  octets_.insert(octets_.end(), kept.begin(), kept.end());
  events_.push_back(std::move(event));
}

}  // namespace wsapi
