// SPDX-License-Identifier: Apache-2.0

#include "harness/run/run_book.h"

#include <chrono>
#include <utility>

namespace wsapi {

RunBook::RunBook(RunHeader header, std::vector<RunObserver*> observers, Clock& clock)
    : observers_(std::move(observers)), clock_(clock), start_(clock.now()) {
  records_.header = std::move(header);
  for (const CaseDefinition& test : records_.header.cases) {
    records_.cases.emplace_back().test = test;
  }
  begun_.resize(records_.cases.size());
  ended_.resize(records_.cases.size());
}

void RunBook::begin_run() {
  start_ = clock_.now();
  tell([&](RunObserver& observer) { observer.run_begins(records_.header); });
}

RunRecords RunBook::end_run() {
  for (std::size_t i = 0; i < records_.cases.size(); ++i) {
    if (ended_[i]) continue;
    CaseRecord& record = records_.cases[i];
    if (record.state == CaseState::kNotRun && is_stopped()) record.reason = *records_.end.stopped;
    end_case(i);
  }
  records_.end.duration_us = since_start_us();
  tell([&](RunObserver& observer) { observer.run_ends(records_.end); });
  return std::move(records_);
}

std::vector<std::string> RunBook::ids(const std::vector<std::size_t>& indices) const {
  std::vector<std::string> out;
  for (const std::size_t index : indices) out.push_back(id(index));
  return out;
}

void RunBook::begin_case(std::size_t index) {
  if (begun_[index]) return;
  begun_[index] = true;
  tell([&](RunObserver& observer) { observer.case_begins(records_.cases[index].test); });
}

void RunBook::end_case(std::size_t index) {
  if (ended_[index]) return;
  ended_[index] = true;
  tell([&](RunObserver& observer) { observer.case_ends(records_.cases[index]); });
}

void RunBook::forget(std::size_t index) {
  CaseRecord& record = records_.cases[index];
  CaseRecord empty;
  empty.test = std::move(record.test);
  record = std::move(empty);
}

void RunBook::end_without_run(std::size_t index, CaseState state, Reason why) {
  records_.cases[index].state = state;
  records_.cases[index].reason = std::move(why);
  end_case(index);
}

void RunBook::work_done() {
  ++done_;
  tell([&](RunObserver& observer) { observer.progressed(done_, all_); });
}

void RunBook::stop(Reason why, std::vector<std::string> under_way) {
  if (is_stopped()) return;
  records_.end.stopped = std::move(why);
  records_.end.under_way = std::move(under_way);
}

void RunBook::lose(std::vector<std::string> under_way) {
  stop({ReasonCode::kIutLost, {}}, std::move(under_way));
}

std::int64_t RunBook::since_start_us() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(clock_.now() - start_).count();
}

}  // namespace wsapi
