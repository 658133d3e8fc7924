// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a case needs of an implementation, by name: "verb:echo" is that verb of the test API. The
// revisions of a case are a requirement of their own kind (TestCase::revisions).

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace wsapi {

inline constexpr std::string_view kVerbRequirement = "verb:";

// The verbs of the test API, in the order in which README.md explains them.
inline constexpr std::array<std::string_view, 10> kTestApiVerbs{
    "echo",        "fail", "delay",     "whoami", "subscribe",
    "unsubscribe", "emit", "broadcast", "remove", "mute"};
// The one that never replies.
inline constexpr std::string_view kMuteVerb = "mute";

[[nodiscard]] inline std::string verb_requirement(std::string_view verb) {
  return std::string{kVerbRequirement}.append(verb);
}

// The process of the implementation is watched: its memory, descriptors and CPU time are known.
inline constexpr std::string_view kWatchRequirement = "watch";
// Its memory is what it uses: it is not instrumented by a sanitizer, which keeps what was freed.
inline constexpr std::string_view kMemoryRequirement = "watch:memory";
// The suite can end the implementation and start a fresh one.
inline constexpr std::string_view kRestartRequirement = "restart";
// Under stress, what harms it can be looked for: the suite has started it, and can again.
inline constexpr std::string_view kStressRequirement = "stress";

inline constexpr std::array kOtherRequirements{kWatchRequirement, kMemoryRequirement,
                                               kRestartRequirement, kStressRequirement};

// Whether a case may name this requirement.
[[nodiscard]] constexpr bool is_requirement(std::string_view text) noexcept {
  if (std::ranges::find(kOtherRequirements, text) != kOtherRequirements.end()) return true;
  if (!text.starts_with(kVerbRequirement)) return false;
  text.remove_prefix(kVerbRequirement.size());
  return std::ranges::find(kTestApiVerbs, text) != kTestApiVerbs.end();
}

}  // namespace wsapi
