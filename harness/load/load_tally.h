// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a load run counts, over all its connections.

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>

#include "harness/load/latency_histogram.h"
#include "harness/load/load_schedule.h"
#include "harness/text/printable.h"

namespace wsapi {

enum class LoadError : std::uint8_t {
  kErrorReply,      // a call of a verb that was asked for ended in an error
  kUnexpected,      // a message, or a reply, that nothing asked for
  kUndecodable,     // bytes that are no message, or no frame
  kTimeout,         // a call without a reply
  kDisconnected,    // a call that was pending when its connection ended
  kConnectionLost,  // a connection that ended before the run
  kNotOpened,       // a connection that could not be opened
};
inline constexpr std::size_t kLoadErrorCount = 7;

// The stable name, in snake_case as the members of the JSON report: "error_reply".
[[nodiscard]] std::string_view name(LoadError error) noexcept;

// Measured are the calls that were meant to be sent (with a rate) or were sent (without) within the
// window; of those, the outcome counts whenever it comes.
struct LoadTally {
  LoadWindow window;
  bool may_send = true;  // calls of the schedule that are due; ends some time after the window

  std::uint64_t sent = 0;         // measured calls
  std::uint64_t answered = 0;     // rightly
  std::uint64_t failed = 0;       // in any other way
  LatencyHistogram latency;       // of those answered: from the intended time to the reply
  LatencyHistogram service_time;  // from the sending to the reply

  // What passed within the window.
  std::uint64_t replies = 0;  // that ended a call
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;

  std::array<std::uint64_t, kLoadErrorCount> errors{};
  std::array<std::string, kLoadErrorCount> samples;  // the first of each kind, in words, printable

  [[nodiscard]] std::uint64_t error_count() const noexcept {
    return std::accumulate(errors.begin(), errors.end(), std::uint64_t{0});
  }

  // `describe` returns the words for it; it is called for the first of its kind only.
  template <typename Describe>
  void add_error(LoadError error, Describe&& describe) {
    const auto index = static_cast<std::size_t>(error);
    if (errors[index]++ == 0) samples[index] = printable(describe());
  }
};

}  // namespace wsapi
