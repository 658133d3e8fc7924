// SPDX-License-Identifier: Apache-2.0
#pragma once

// The records of a run: its circumstances, what became of each case, and how it ended. And the
// events in which they come while it is under way.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codec/revision.h"
#include "harness/result/case_record.h"
#include "harness/result/reason.h"

namespace wsapi {

// The circumstances of a run, known when it begins.
struct RunHeader {
  std::string suite_version;
  std::string target;  // address, canonical
  Revision revision = kReferenceRevision;
  std::string revision_note;  // how it was found
  bool test_api = false;
  std::string test_api_note;
  bool strict = false;
  std::size_t jobs = 1;
  std::size_t repeat = 1;
  std::uint64_t seed = 0;
  std::string rerun;  // the command that runs again what was run, without the choice of cases
  std::vector<Reason> contradictions = {};  // what the target does that does not fit its revision
  std::vector<CaseDefinition> cases;        // those that were chosen, in the order of reports

  bool operator==(const RunHeader&) const = default;
};

// What cases bring about together that none of them does alone: a fault of the process, or the
// failure of other cases.
struct Incident {
  std::vector<FaultReport> faults;
  // Ids: the smallest set of cases that brings it about, or, where it could not be reproduced,
  // those that were running or had just ended.
  std::vector<std::string> cases;
  std::vector<std::string> victims;  // ids of cases that fail in their company alone
  bool is_reproduced = false;

  bool operator==(const Incident&) const = default;
};

struct RunEnd {
  std::optional<Reason> stopped;       // why the run ended early; empty where it did not
  std::vector<std::string> under_way;  // ids of the cases that were running then
  std::vector<Incident> incidents;
  std::int64_t duration_us = 0;

  bool operator==(const RunEnd&) const = default;
};

struct RunRecords {
  RunHeader header;
  std::vector<CaseRecord> cases;  // one for each of header.cases, in that order
  RunEnd end;

  bool operator==(const RunRecords&) const = default;
};

// Sees a run while it is under way. Each case of the header ends exactly once: those that do not
// apply first, those that were not run last. Only those that are run begin.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void run_begins(const RunHeader& /*header*/) {}
  virtual void case_begins(const CaseDefinition& /*test*/) {}
  virtual void case_ends(const CaseRecord& /*record*/) {}
  virtual void run_ends(const RunEnd& /*end*/) {}
  // After each run of a case; with repeats, a case has several.
  virtual void progressed(std::size_t /*done*/, std::size_t /*all*/) {}
};

// The records of a run in which no case was run.
[[nodiscard]] RunRecords records_without_runs(RunHeader header, Reason why);

// The events of a run that is over.
void show(const RunRecords& records, RunObserver& observer);

}  // namespace wsapi
