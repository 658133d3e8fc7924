// SPDX-License-Identifier: Apache-2.0
#pragma once

// Why a verdict is what it is, why a case was not run or does not apply, and why a run ended early:
// a stable code and named parts. The sentence for people is made from the two, here and nowhere
// else.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsapi {

enum class ReasonCode : std::uint8_t {
  kNone,  // there is nothing to say: a pass
  // Of a verdict.
  kExpectedMessageMissing,
  kSilenceRequired,         // a message came where none may come
  kMessageNotAllowed,       // the same, where some may come
  kGoodRequestNotAnswered,  // a barrier or a liveness check
  kFrameViolation,
  kMalformedMessage,
  kNotClosed,
  kClosedOtherwise,
  kVersionNotSet,
  kOfferMissing,
  kCannotConnect,
  kUnknownConnection,
  kUnreadableMessage,
  kUnencodableMessage,
  kSuiteFault,  // of the verdict error: a limit or a failure of our own side
  kUnknownProcedure,
  kNotWatched,
  kProcessEnded,
  kServiceLost,
  kServiceSlower,
  kMemoryGrows,
  kMemoryTouched,
  kDescriptorsLeft,
  kCpuBusy,
  kFailsUnderStress,
  kFaultReported,
  // Of a case that is blocked.
  kBlockedByFeature,
  // Of a case that does not apply.
  kOtherRevision,
  kTestApiMissing,
  // Of a run that ended early, and of the cases that it left out.
  kIutUnreachable,
  kIutLost,
  kIutUnresponsive,
  kIutNotWsapi,
  kIutOtherRevision,
  kEnoughOfItsKind,
  kInterrupted,
  kRecordsIncomplete,
  // Not an end, but what the probe found: one thing that the peer does contradicts the rest.
  kRevisionContradiction,
};
inline constexpr std::size_t kReasonCodeCount =
    static_cast<std::size_t>(ReasonCode::kRevisionContradiction) + 1;

// Texts by their names; printable ASCII.
using ReasonParts = std::map<std::string, std::string, std::less<>>;

struct Reason {
  ReasonCode code = ReasonCode::kNone;
  ReasonParts parts;

  bool operator==(const Reason&) const = default;
};

// "expected-message-missing"; stable.
[[nodiscard]] std::string_view name(ReasonCode code) noexcept;
[[nodiscard]] std::optional<ReasonCode> parse_reason_code(std::string_view text) noexcept;

struct ReasonPart {
  std::string_view name;
  bool required = false;
};
// The parts that a reason of this code may have.
[[nodiscard]] std::vector<ReasonPart> parts_of(ReasonCode code);

// The sentence: "an expected message did not come on connection b: a PONG came". Empty for kNone. A
// required part that is missing shows as its name in braces.
[[nodiscard]] std::string to_text(const Reason& reason);

}  // namespace wsapi
