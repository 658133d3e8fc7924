// SPDX-License-Identifier: Apache-2.0

#include "harness/run/confirmation.h"

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <iterator>
#include <numeric>
#include <set>
#include <string>
#include <utility>

#include "harness/result/finding_key.h"
#include "harness/run/case_outcome.h"
#include "harness/run/company.h"

namespace wsapi {
namespace {

// Runs alone of a case that passes the first one.
constexpr std::size_t kAloneRuns = 3;
constexpr std::size_t kCompanyTries = 2;
constexpr std::size_t kMaxCompanyRuns = 40;
// Of all searches of a run together.
constexpr std::chrono::seconds kMaxSearchTime{30};

bool harms_others(const FaultReport& fault) {
  return fault.kind == FaultKind::kExit || fault.kind == FaultKind::kSignal ||
         fault.kind == FaultKind::kSanitizer || fault.kind == FaultKind::kHang;
}

bool has_passed(const Outcome& outcome) { return outcome.verdict.kind() == VerdictKind::kPass; }

}  // namespace

asio::awaitable<void> Confirmer::run() {
  state_.book.expect_work(state_.suspects.size());
  for (const std::size_t index : state_.suspects) {
    if (!state_.goes_on()) co_return;
    if (!is_left_out(index)) co_await confirm_suspect(index);
    state_.book.work_done();
  }
  search_end_ = state_.executor.clock().after(kMaxSearchTime);
  for (const SharedFault& shared : state_.shared_faults) {
    if (state_.goes_on() && !shared.is_explained) co_await find_company(shared);
  }
  for (const std::size_t victim : cleared_) {
    if (!state_.goes_on() || is_victim_of_culprit(victim)) continue;
    if (co_await is_stable(victim)) co_await find_company(victim);
  }
  for (Incident& incident : interferences_) state_.book.add_incident(std::move(incident));
  for (const std::size_t index : state_.suspects) {
    if (state_.goes_on()) state_.book.end_case(index);
  }
}

asio::awaitable<void> Confirmer::be_fresh() {
  if (!is_used_ || !state_.executor.can_restart()) co_return;
  const bool is_started = co_await state_.executor.restart();
  if (!is_started) state_.book.lose();
  is_used_ = !is_started;
}

asio::awaitable<void> Confirmer::confirm(std::size_t index) {
  Incident incident{.faults = state_.book.record(index).faults,
                    .cases = {state_.book.id(index)},
                    .victims = {},
                    .is_reproduced = false};
  const bool passes = co_await passes_alone(index);
  if (passes && co_await is_stable(index)) co_await find_company(index);
  // That the process died, or reported something, stays true.
  const bool is_explained = state_.book.record(index).confirmation == Confirmation::kConfirmed;
  if (!is_explained && !incident.faults.empty()) state_.book.add_incident(std::move(incident));
}

asio::awaitable<void> Confirmer::confirm_suspect(std::size_t index) {
  const CaseRecord& record = state_.book.record(index);
  state_.book.begin_case(index);
  const bool failed_before =
      record.state == CaseState::kRun && record.verdict != VerdictKind::kPass;
  const bool passes = co_await passes_alone(index);
  // One that nobody saw failing is judged by this run alone.
  if (passes && failed_before) cleared_.push_back(index);
}

asio::awaitable<bool> Confirmer::passes_alone(std::size_t index) {
  co_await run_alone(index);
  co_return state_.goes_on() && state_.book.record(index).confirmation == Confirmation::kNone;
}

asio::awaitable<void> Confirmer::run_alone(std::size_t index) {
  co_await be_fresh();
  if (!state_.goes_on()) co_return;
  const std::int64_t start_us = state_.book.since_start_us();
  const Outcome outcome = co_await state_.executor.run_alone(index, Patience::kLong);
  if (!state_.goes_on()) co_return;
  if (!has_passed(outcome)) is_used_ = true;
  note(index, outcome, start_us);
}

asio::awaitable<bool> Confirmer::is_stable(std::size_t index) {
  CaseRecord& record = state_.book.record(index);
  for (std::size_t i = 1; i < kAloneRuns && state_.goes_on(); ++i) co_await run_alone(index);
  if (record.alone_passes == record.alone_runs) co_return true;
  record.confirmation = Confirmation::kUnstable;
  co_return false;
}

// The record is that of the run alone, where that fails.
void Confirmer::note(std::size_t index, const Outcome& outcome, std::int64_t start_us) {
  CaseRecord& record = state_.book.record(index);
  const RunDetails details{start_us, state_.options.keep_logs, state_.executor.access().revision};
  ++record.alone_runs;
  if (has_passed(outcome)) {
    ++record.alone_passes;
    if (record.state != CaseState::kRun) record_run(record, outcome, details);
    return;
  }
  // What fails alone failed for the same reason in company: each of its runs counts as this one.
  const std::size_t rounds =
      std::accumulate(record.runs.begin(), record.runs.end(), std::size_t{0});
  // By how it failed in company the others will be known that would cost as much.
  std::set<std::string> slow_keys;
  if (is_slow(record)) slow_keys.insert(finding_key(record));
  CaseRecord confirmed;
  confirmed.test = record.test;
  record_run(confirmed, outcome, details);
  confirmed.runs[static_cast<std::size_t>(confirmed.verdict)] = std::max<std::size_t>(rounds, 1);
  confirmed.confirmation = Confirmation::kConfirmed;
  confirmed.alone_runs = record.alone_runs;
  confirmed.alone_passes = record.alone_passes;
  record = std::move(confirmed);
  if (is_slow(record)) {
    slow_keys.insert(finding_key(record));
    for (const std::string& key : slow_keys) slow_failures_.count(key, index);
  }
  if (std::ranges::any_of(record.faults, harms_others)) culprits_.push_back(index);
  explain_shared_faults(index, outcome.faults);
}

void Confirmer::explain_shared_faults(std::size_t index, const std::vector<FaultReport>& faults) {
  for (SharedFault& shared : state_.shared_faults) {
    const bool is_possible = std::ranges::any_of(shared.suspects, [&](std::size_t one) {
      return one == index || state_.could_harm(index, one);
    });
    if (!is_possible) continue;
    for (const FaultReport& fault : faults) {
      const bool is_same = std::ranges::any_of(shared.faults, [&](const FaultReport& one) {
        return one.kind == fault.kind && one.title == fault.title;
      });
      if (is_same) shared.is_explained = true;
    }
  }
}

// ---- What is no longer worth its time

bool Confirmer::is_slow(const CaseRecord& record) const {
  const std::chrono::microseconds time{record.duration_us};
  return record.state == CaseState::kRun && time >= state_.options.access.timeout;
}

bool Confirmer::is_left_out(std::size_t index) {
  const CaseRecord& record = state_.book.record(index);
  return is_slow(record) && slow_failures_.is_left_out(finding_key(record), index, state_.book);
}

// ---- Company

// What ran on a process that another case ends or stops needs no other explanation.
bool Confirmer::is_victim_of_culprit(std::size_t index) {
  const auto culprit = std::ranges::find_if(
      culprits_, [&](std::size_t one) { return state_.could_harm(one, index); });
  if (culprit == culprits_.end()) return false;
  CaseRecord& record = state_.book.record(index);
  record.confirmation = Confirmation::kCleared;
  record.company = {state_.book.id(*culprit)};
  return true;
}

asio::awaitable<void> Confirmer::find_company(std::size_t victim) {
  const std::vector<std::size_t> present = state_.company_of(victim);
  const bool waited_in_vain = state_.book.record(victim).fate == Fate::kHang;
  std::vector<std::size_t> company;
  if (!present.empty() && state_.executor.clock().now() < search_end_) {
    company = co_await smallest_company(
        present,
        [this, victim](std::vector<std::size_t> cases) -> asio::awaitable<bool> {
          if (!state_.goes_on() || state_.executor.clock().now() >= search_end_) co_return false;
          is_used_ = true;
          co_await be_fresh();
          cases.push_back(victim);
          const std::vector<Outcome> outcomes =
              co_await state_.executor.run_together(std::move(cases), Patience::kLong);
          is_used_ = true;
          co_return !has_passed(outcomes.back());
        },
        kCompanyTries, kMaxCompanyRuns);
  }
  CaseRecord& record = state_.book.record(victim);
  if (!company.empty()) {
    record.confirmation = Confirmation::kCleared;
    record.company = state_.book.ids(company);
    blame(company, victim);
  } else {
    // A single time limit that passed says nothing of who was slow.
    record.confirmation = waited_in_vain ? Confirmation::kCleared : Confirmation::kUnstable;
  }
}

// Victims of one company are told of together.
void Confirmer::blame(const std::vector<std::size_t>& company, std::size_t victim) {
  const std::vector<std::string> cases = state_.book.ids(company);
  const auto known = std::ranges::find(interferences_, cases, &Incident::cases);
  Incident& incident =
      known != interferences_.end()
          ? *known
          : interferences_.emplace_back(
                Incident{.faults = {}, .cases = cases, .victims = {}, .is_reproduced = true});
  incident.victims.push_back(state_.book.id(victim));
}

asio::awaitable<void> Confirmer::find_company(const SharedFault& shared) {
  std::vector<FaultReport> seen;
  const std::vector<std::size_t> company = co_await smallest_company(
      shared.suspects,
      [this, &seen](std::vector<std::size_t> cases) -> asio::awaitable<bool> {
        if (!state_.goes_on() || state_.executor.clock().now() >= search_end_) co_return false;
        is_used_ = true;
        co_await be_fresh();
        (void)co_await state_.executor.run_together(std::move(cases), Patience::kUsual);
        is_used_ = true;
        std::vector<FaultReport> faults = co_await state_.executor.late_faults(true);
        if (faults.empty()) co_return false;
        seen = std::move(faults);
        co_return true;
      },
      kCompanyTries + 1, kMaxCompanyRuns);
  Incident incident{.faults = company.empty() ? shared.faults : seen,
                    .cases = state_.book.ids(company.empty() ? shared.suspects : company),
                    .victims = {},
                    .is_reproduced = !company.empty()};
  state_.book.add_incident(std::move(incident));
}

}  // namespace wsapi
