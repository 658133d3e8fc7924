// SPDX-License-Identifier: Apache-2.0

#include "harness/net/recorded_wire.h"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace wsapi {

RecordedWire::RecordedWire(Recording recording, SentOctets sent)
    : sent_(sent), end_(recording.end) {
  for (RecordedOctets& part : recording.parts) {
    if (part.is_sent) {
      expected_.insert(expected_.end(), part.octets.begin(), part.octets.end());
    } else if (!part.octets.empty()) {
      received_.push_back({.octets = std::move(part.octets), .sent_before = expected_.size()});
    }
  }
}

ReadOutcome RecordedWire::read_now(std::span<std::byte> into) {
  if (!is_open_) return {ReadStatus::kError, 0, asio::error::bad_descriptor};
  const bool waits_for_sent = sent_ == SentOctets::kCompared;
  if (part_ == received_.size()) {
    if (waits_for_sent && sent_size_ < expected_.size()) return {ReadStatus::kTimeout, 0, {}};
    return {end_, 0, {}};
  }
  const Part& part = received_[part_];
  if (waits_for_sent && sent_size_ < part.sent_before) return {ReadStatus::kTimeout, 0, {}};
  const std::size_t size = std::min(into.size(), part.octets.size() - offset_);
  std::copy_n(part.octets.begin() + static_cast<std::ptrdiff_t>(offset_), size, into.begin());
  offset_ += size;
  if (offset_ == part.octets.size()) {
    ++part_;
    offset_ = 0;
  }
  return {ReadStatus::kData, size, {}};
}

void RecordedWire::compare(std::span<const std::byte> bytes) {
  if (sent_ == SentOctets::kIgnored || first_difference_) return;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t at = sent_size_ + i;
    if (at < expected_.size() && expected_[at] == bytes[i]) continue;
    first_difference_ = at;
    return;
  }
}

asio::awaitable<ReadOutcome> RecordedWire::read_some(std::span<std::byte> into,
                                                     Deadline /*deadline*/) {
  co_return read_now(into);
}

asio::awaitable<WriteOutcome> RecordedWire::write_all(std::span<const std::byte> bytes,
                                                      Deadline /*deadline*/) {
  if (!is_open_) co_return WriteOutcome{WriteStatus::kError, 0, asio::error::bad_descriptor};
  compare(bytes);
  sent_size_ += bytes.size();
  co_return WriteOutcome{WriteStatus::kOk, bytes.size(), {}};
}

}  // namespace wsapi
