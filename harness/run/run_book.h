// SPDX-License-Identifier: Apache-2.0
#pragma once

// The records of a run while it is under way, and the events that observers get of it. Each case
// begins and ends once, whatever is done again in between.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/net/clock.h"
#include "harness/result/run_records.h"

namespace wsapi {

class RunBook {
 public:
  // Observers and clock must outlive it.
  RunBook(RunHeader header, std::vector<RunObserver*> observers, Clock& clock);

  void begin_run();
  // Ends the cases that have not ended, and the run.
  [[nodiscard]] RunRecords end_run();

  [[nodiscard]] CaseRecord& record(std::size_t index) { return records_.cases[index]; }
  [[nodiscard]] const std::string& id(std::size_t index) const {
    return records_.cases[index].test.id;
  }
  [[nodiscard]] std::vector<std::string> ids(const std::vector<std::size_t>& indices) const;

  void begin_case(std::size_t index);
  void end_case(std::size_t index);
  // What is known of the case so far no longer counts.
  void forget(std::size_t index);
  // Not run, blocked or not applicable.
  void end_without_run(std::size_t index, CaseState state, Reason why);
  [[nodiscard]] bool has_ended(std::size_t index) const { return ended_[index]; }

  // Work that is to be done, and that is done, for the progress.
  void expect_work(std::size_t count) { all_ += count; }
  void work_done();

  // The run ends early; the first reason counts.
  void stop(Reason why, std::vector<std::string> under_way);
  // The implementation under test accepts no connection any more, or does not start.
  void lose(std::vector<std::string> under_way = {});
  [[nodiscard]] bool is_stopped() const { return records_.end.stopped.has_value(); }
  void add_incident(Incident incident) { records_.end.incidents.push_back(std::move(incident)); }

  [[nodiscard]] std::int64_t since_start_us() const;

 private:
  template <typename Event>
  void tell(Event&& event) {
    for (RunObserver* const observer : observers_) event(*observer);
  }

  RunRecords records_;
  std::vector<RunObserver*> observers_;
  Clock& clock_;
  Deadline start_;
  std::vector<bool> begun_;
  std::vector<bool> ended_;
  std::size_t done_ = 0;
  std::size_t all_ = 0;
};

}  // namespace wsapi
