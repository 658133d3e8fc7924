// SPDX-License-Identifier: Apache-2.0
#pragma once

// Holds what a profile claims against the implementation itself: each claim is tried, and so is
// what the profile denies. Without a profile, it tells what there is.

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/net/wire.h"
#include "harness/profile/profile.h"

namespace wsapi {

// What became of one claim.
enum class Diagnosis : std::uint8_t {
  kHolds,    // it is as the profile says
  kFinding,  // it is not
  kSeen,     // the profile says nothing of it
  kSkipped,  // it could not be tried
};

[[nodiscard]] constexpr std::string_view name(Diagnosis diagnosis) noexcept {
  constexpr std::array<std::string_view, 4> kNames{"holds", "finding", "seen", "skipped"};
  return kNames[static_cast<std::size_t>(diagnosis)];
}

struct DoctorLine {
  std::string subject;  // "revision", "verb echo"
  Diagnosis diagnosis = Diagnosis::kSeen;
  std::string text;    // what was found, in printable ASCII
  std::string change;  // what to change in the profile, or in the implementation; may be empty
};

struct DoctorOptions {
  OpenWire open_wire;
  const Profile* profile = nullptr;  // null: there is none
  std::chrono::milliseconds timeout{5000};
  std::chrono::milliseconds quiet_time{1000};  // for which is listened to what comes unasked
};

struct DoctorReport {
  std::string unreachable;  // why no connection can be made; empty where one can
  std::vector<DoctorLine> lines;

  [[nodiscard]] bool has_findings() const;
};

[[nodiscard]] asio::awaitable<DoctorReport> examine(DoctorOptions options);

}  // namespace wsapi
