// SPDX-License-Identifier: Apache-2.0

#include "harness/result/run_records.h"

#include <utility>

namespace wsapi {

RunRecords records_without_runs(RunHeader header, Reason why) {
  RunRecords out;
  for (const CaseDefinition& test : header.cases) {
    CaseRecord& record = out.cases.emplace_back();
    record.test = test;
    record.reason = why;
  }
  out.header = std::move(header);
  out.end.stopped = std::move(why);
  return out;
}

void show(const RunRecords& records, RunObserver& observer) {
  observer.run_begins(records.header);
  for (const CaseRecord& record : records.cases) {
    if (record.state == CaseState::kRun) observer.case_begins(record.test);
    observer.case_ends(record);
  }
  observer.run_ends(records.end);
}

}  // namespace wsapi
