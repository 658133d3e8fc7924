// SPDX-License-Identifier: Apache-2.0

#include "harness/run/confirmation.h"

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <iterator>
#include <numeric>
#include <utility>

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

bool has_passed(const Outcome& outcome) { return outcome.verdict.kind() == VerdictKind::kPass; }

}  // namespace

asio::awaitable<void> Confirmer::run() {
  state_.book.expect_work(state_.suspects.size());
  for (const std::size_t index : state_.suspects) {
    if (!state_.goes_on()) co_return;
    co_await confirm(index);
    state_.book.work_done();
  }
  search_end_ = state_.executor.clock().after(kMaxSearchTime);
  for (const SharedFault& shared : state_.shared_faults) {
    if (state_.goes_on() && !shared.is_explained) co_await find_company(shared);
  }
  for (const std::size_t victim : cleared_) {
    if (state_.goes_on()) co_await find_company(victim);
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
  CaseRecord& record = state_.book.record(index);
  state_.book.begin_case(index);
  const bool failed_before =
      record.state == CaseState::kRun && record.verdict != VerdictKind::kPass;
  for (std::size_t i = 0; i < kAloneRuns; ++i) {
    co_await be_fresh();
    if (!state_.goes_on()) co_return;
    const std::int64_t start_us = state_.book.since_start_us();
    const Outcome outcome = co_await state_.executor.run_alone(index, Patience::kLong);
    if (!state_.goes_on()) co_return;
    if (!has_passed(outcome)) is_used_ = true;
    note(index, outcome, start_us);
    // One that fails is judged by its first run alone, and one that nobody saw failing as well.
    if (record.confirmation == Confirmation::kConfirmed && i == 0) co_return;
    if (!failed_before && i == 0) co_return;
  }
  if (record.alone_passes == record.alone_runs) {
    cleared_.push_back(index);
  } else {
    record.confirmation = Confirmation::kUnstable;
  }
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
  CaseRecord confirmed;
  confirmed.test = record.test;
  record_run(confirmed, outcome, details);
  confirmed.runs[static_cast<std::size_t>(confirmed.verdict)] = std::max<std::size_t>(rounds, 1);
  confirmed.confirmation = Confirmation::kConfirmed;
  confirmed.alone_runs = record.alone_runs;
  confirmed.alone_passes = record.alone_passes;
  record = std::move(confirmed);
  explain_shared_faults(index, outcome.faults);
}

void Confirmer::explain_shared_faults(std::size_t index, const std::vector<FaultReport>& faults) {
  for (SharedFault& shared : state_.shared_faults) {
    if (std::ranges::find(shared.suspects, index) == shared.suspects.end()) continue;
    for (const FaultReport& fault : faults) {
      const bool is_same = std::ranges::any_of(shared.faults, [&](const FaultReport& one) {
        return one.kind == fault.kind && one.title == fault.title;
      });
      if (is_same) shared.is_explained = true;
    }
  }
}

// ---- Company

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
