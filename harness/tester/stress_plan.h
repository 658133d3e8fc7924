// SPDX-License-Identifier: Apache-2.0
#pragma once

// What one client of the stress part does: a short list of acts, drawn from a seed and the number
// of the client, so that the same two give the same client at any time.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wsapi {

enum class StressAct : std::uint8_t {
  kOffer,
  kRefusedOffer,
  kCall,  // of a verb that does not exist
  kDelay,
  kSubscribe,
  kUnsubscribe,
  kEmit,
  kBroadcast,
  kLargeEcho,
  kDescribe,
  kMalformedCall,
  kHalfFrame,
  kFragment,
  kRead,   // what has come
  kPause,  // some milliseconds, deaf
  kClose,
  kReset,
  kShutdown,  // then reads up to the end
};
inline constexpr std::size_t kStressActCount = static_cast<std::size_t>(StressAct::kShutdown) + 1;

[[nodiscard]] std::string_view name(StressAct act) noexcept;

struct StressClient {
  std::uint32_t number = 0;
  std::vector<StressAct> acts;  // at least one; at most kMaxStressActs
};
inline constexpr std::size_t kMaxStressActs = 12;

[[nodiscard]] StressClient draw_client(std::uint64_t seed, std::uint32_t number);

// "client 7: offer, delay, reset"
[[nodiscard]] std::string to_text(const StressClient& client);

}  // namespace wsapi
