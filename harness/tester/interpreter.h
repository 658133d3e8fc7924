// SPDX-License-Identifier: Apache-2.0
#pragma once

// Runs the script of one case against the implementation under test, and gives the verdict. There
// is no other way to run a case.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "codec/revision.h"
#include "harness/net/clock.h"
#include "harness/net/wire.h"
#include "harness/record/transcript.h"
#include "harness/result/verdict.h"
#include "harness/suite/script.h"
#include "harness/tester/iut_role.h"
#include "harness/tester/watched_iut.h"

namespace wsapi {

// Where and how the implementation under test is spoken to.
struct IutAccess {
  OpenWire open_wire;
  Revision revision = kReferenceRevision;
  std::chrono::milliseconds timeout{5000};  // of everything that is waited for, once each
  std::shared_ptr<const IutRole> role = server_under_test();
  std::shared_ptr<Clock> clock = std::make_shared<LiveClock>();
  // The longest that may be waited where a failure is confirmed with nothing else running.
  std::chrono::milliseconds confirm_timeout{5000};
  // Whether a connection is served while another has sent a part of a frame.
  bool serves_beside_half_frames = true;
  WatchedIut* process = nullptr;  // null where the suite neither started nor watches it
};

// What became of a case.
struct Outcome {
  Verdict verdict;
  Fate fate = Fate::kNotObserved;
  double milliseconds = 0;
  // No connection could be made: of the IUT, not of the case.
  bool unreachable = false;
  // Nothing was answered before a deadline in opening a connection, or in the liveness check.
  bool unresponsive = false;
  // Faults that showed outside the wire while the case ran.
  std::vector<FaultReport> faults = {};
  Transcript transcript;
};

// `unique` is a text that no other run of a case uses; scripts see it as $unique, for the names of
// what they create in the IUT.
[[nodiscard]] asio::awaitable<Outcome> run_case(const TestCase& test_case, const IutAccess& access,
                                                std::string unique);

// One good call on a fresh connection, or what the role has in its place; the verdict is none where
// it is answered.
[[nodiscard]] asio::awaitable<Outcome> check_liveness(const IutAccess& access);

}  // namespace wsapi
