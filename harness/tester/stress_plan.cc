// SPDX-License-Identifier: Apache-2.0

#include "harness/tester/stress_plan.h"

#include <fmt/format.h>

#include <random>

namespace wsapi {
namespace {

// How often each act is drawn, of those between the opening and the end.
struct Weight {
  StressAct act;
  std::uint32_t weight;
};
constexpr std::array kMiddle{
    Weight{StressAct::kCall, 4},         Weight{StressAct::kDelay, 6},
    Weight{StressAct::kSubscribe, 4},    Weight{StressAct::kUnsubscribe, 2},
    Weight{StressAct::kEmit, 3},         Weight{StressAct::kBroadcast, 3},
    Weight{StressAct::kLargeEcho, 1},    Weight{StressAct::kDescribe, 1},
    Weight{StressAct::kRead, 4},         Weight{StressAct::kPause, 2},
    Weight{StressAct::kMalformedCall, 1}};
constexpr std::array kLast{Weight{StressAct::kClose, 4}, Weight{StressAct::kReset, 4},
                           Weight{StressAct::kShutdown, 2}, Weight{StressAct::kHalfFrame, 2},
                           Weight{StressAct::kFragment, 1}};
constexpr std::uint32_t kOneInRefused = 10;  // clients

// The standard's distributions differ from library to library; this does not. The bias of the
// remainder is of no interest for such small numbers.
std::uint32_t below(std::mt19937_64& random, std::uint32_t limit) {
  return static_cast<std::uint32_t>(random() % limit);
}

template <typename Weights>
StressAct draw(std::mt19937_64& random, const Weights& weights) {
  std::uint32_t sum = 0;
  for (const Weight& one : weights) sum += one.weight;
  std::uint32_t at = below(random, sum);
  for (const Weight& one : weights) {
    if (at < one.weight) return one.act;
    at -= one.weight;
  }
  return weights.front().act;
}

}  // namespace

std::string_view name(StressAct act) noexcept {
  constexpr std::array<std::string_view, kStressActCount> kNames{
      "offer",    "refused offer", "call",       "delay",    "subscribe",      "unsubscribe",
      "emit",     "broadcast",     "large echo", "describe", "malformed call", "half a frame",
      "fragment", "read",          "pause",      "close",    "reset",          "shutdown"};
  return kNames[static_cast<std::size_t>(act)];
}

StressClient draw_client(std::uint64_t seed, std::uint32_t number) {
  std::mt19937_64 random(seed * 0x9e37'79b9'7f4a'7c15ULL + number);
  StressClient out{.number = number, .acts = {}};
  if (below(random, kOneInRefused) == 0) {
    out.acts = {StressAct::kRefusedOffer};
  } else {
    out.acts = {StressAct::kOffer};
    const std::uint32_t count = below(random, kMaxStressActs - 4);
    for (std::uint32_t i = 0; i < count; ++i) out.acts.push_back(draw(random, kMiddle));
  }
  const StressAct last = draw(random, kLast);
  out.acts.push_back(last);
  // Who stops inside a frame or message stays for a while, and then goes.
  if (last == StressAct::kHalfFrame || last == StressAct::kFragment) {
    out.acts.push_back(StressAct::kPause);
    out.acts.push_back(below(random, 2) == 0 ? StressAct::kClose : StressAct::kReset);
  }
  return out;
}

std::string to_text(const StressClient& client) {
  std::string out = fmt::format("client {}:", client.number);
  for (const StressAct act : client.acts) {
    out.append(out.ends_with(':') ? " " : ", ").append(name(act));
  }
  return out;
}

}  // namespace wsapi
