// SPDX-License-Identifier: Apache-2.0
#pragma once

// What became of one case: a plain value that can be written and read back (records.h). Everything
// that is told of a run is made from such records.
//
// All texts are printable ASCII; those with several lines have line feeds, too.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/result/fault.h"
#include "harness/result/reason.h"
#include "harness/result/verdict.h"
#include "harness/suite/level.h"
#include "harness/suite/role.h"

namespace wsapi {

// What a case is, as far as reports tell of it.
struct CaseDefinition {
  std::string id;
  Role role = Role::kServer;  // which side is tested
  std::string purpose;        // one sentence
  std::string clause;         // the place in the protocol
  Level level = Level::kMust;
  std::vector<std::string> requirements;   // what the IUT must have for the case to apply
  std::string basic = {};                  // the feature whose basic case it is; mostly empty
  std::vector<std::string> features = {};  // what it merely uses, sorted (suite/features.h)

  bool operator==(const CaseDefinition&) const = default;
};

// What passed on a connection, in one line of the conformance log.
struct LogLine {
  std::int64_t time_us = 0;  // since the case began
  std::string connection;
  char direction = '-';         // '>' to the IUT, '<' from it, '-' something else
  std::size_t size = 0;         // in bytes, of the whole
  std::vector<std::byte> head;  // the first bytes
  std::string note;             // what it is, in words

  bool operator==(const LogLine&) const = default;
};

enum class CaseState : std::uint8_t {
  kRun,            // at least once to its end
  kNotApplicable,  // to this IUT; the reason says why
  kNotRun,         // the run ended before; the reason says why
  kBlocked,        // it uses a feature whose basic case failed; the reason names it
};
inline constexpr std::array kCaseStates{CaseState::kRun, CaseState::kNotApplicable,
                                        CaseState::kNotRun, CaseState::kBlocked};

[[nodiscard]] constexpr std::string_view name(CaseState state) noexcept {
  constexpr std::array<std::string_view, kCaseStates.size()> kNames{"run", "not-applicable",
                                                                    "not-run", "blocked"};
  return kNames[static_cast<std::size_t>(state)];
}

// What became of a case that did not pass when it was run again with nothing else running.
enum class Confirmation : std::uint8_t {
  kNone,       // not run again: it passed, or confirmation is off
  kConfirmed,  // fails alone, too
  kUnstable,   // fails in some of its runs alone
  kCleared,    // passes alone: what failed it was its company
};
inline constexpr std::array kConfirmations{Confirmation::kNone, Confirmation::kConfirmed,
                                           Confirmation::kUnstable, Confirmation::kCleared};

[[nodiscard]] constexpr std::string_view name(Confirmation confirmation) noexcept {
  constexpr std::array<std::string_view, kConfirmations.size()> kNames{"none", "confirmed",
                                                                       "unstable", "cleared"};
  return kNames[static_cast<std::size_t>(confirmation)];
}

// Numbers of runs by VerdictKind.
using RunCounts = std::array<std::size_t, kVerdictKinds.size()>;

struct CaseRecord {
  CaseDefinition test;
  CaseState state = CaseState::kNotRun;
  RunCounts runs{};
  // Of the first of its worst runs:
  VerdictKind verdict = VerdictKind::kNone;
  Reason reason;  // of the verdict, or why it was not run
  Fate fate = Fate::kNotObserved;
  std::string expected;
  std::string sent;
  std::string received;
  std::vector<Difference> differences;  // of a message from the expected one
  std::vector<FaultReport> faults;      // what showed outside the wire while it ran
  Confirmation confirmation = Confirmation::kNone;
  std::size_t alone_runs = 0;        // runs with nothing else running
  std::size_t alone_passes = 0;      // those of them that passed
  std::vector<std::string> company;  // kCleared: the cases that made it fail
  std::int64_t start_us = 0;         // since the run of the suite began
  std::int64_t duration_us = 0;
  std::vector<LogLine> log;  // empty where it was not asked for
  std::size_t log_left_out = 0;

  bool operator==(const CaseRecord&) const = default;
};

}  // namespace wsapi
