// SPDX-License-Identifier: Apache-2.0

#include "harness/result/finding.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "harness/result/disposition.h"
#include "harness/result/fault_trigger.h"
#include "harness/result/finding_key.h"
#include "harness/suite/features.h"

namespace wsapi {
namespace {

// Nothing that a peer sends may do a server harm.
constexpr const char* kNoHarm = "classes-no-harm";

bool counts(const CaseRecord& record) {
  const Disposition disposition = disposition_of(record);
  return disposition == Disposition::kFailed || disposition == Disposition::kShouldFailed;
}

// Levels in the order of their weight.
int weight(Level level) noexcept {
  switch (level) {
    case Level::kMust: return 0;
    case Level::kRobustness: return 1;
    case Level::kShould: return 2;
  }
  return 2;
}

std::size_t sent_size(const CaseRecord& record) {
  return std::accumulate(record.log.begin(), record.log.end(), std::size_t{0},
                         [](std::size_t sum, const LogLine& line) {
                           return sum + (line.direction == '>' ? line.size : 0);
                         });
}

// The case that shows a fault best: a basic one, else one of the weightiest level that was written
// by hand and sends the fewest octets.
auto clarity(const RunRecords& records, std::size_t index) {
  const CaseRecord& record = records.cases[index];
  const bool is_derived = record.test.id.find('~') != std::string::npos;
  return std::tuple(record.test.basic.empty(), weight(record.test.level), is_derived,
                    sent_size(record), index);
}

// Without a line or a report that says where.
bool is_mute(const FaultReport& fault) {
  const bool is_end = fault.kind == FaultKind::kSignal || fault.kind == FaultKind::kExit ||
                      fault.kind == FaultKind::kHang;
  return is_end && fault.title.find(": ") == std::string::npos;
}

void add_faults(Finding& finding, const std::vector<FaultReport>& faults) {
  for (const FaultReport& fault : faults) {
    if (std::ranges::find(finding.faults, fault.title, &FaultReport::title) ==
        finding.faults.end()) {
      finding.faults.push_back(fault);
    }
  }
}

// What comes first in a report: faults, then by level, features before others, and the number of
// cases.
using Rank = std::tuple<bool, int, bool, std::ptrdiff_t>;

Rank rank(const Finding& one) {
  const bool is_fault = one.kind == FindingKind::kFault || one.kind == FindingKind::kIncident;
  return {!is_fault, weight(one.level), one.kind != FindingKind::kFeature,
          -static_cast<std::ptrdiff_t>(one.cases.size() + one.blocked)};
}

std::string words_of(const FaultReport& fault) {
  switch (fault.kind) {
    case FaultKind::kExit: return "the process ends by itself: " + fault.title;
    case FaultKind::kSignal: return "the process crashes: " + fault.title;
    case FaultKind::kLine: return "the process reports: " + fault.title;
    case FaultKind::kHang: return "the process hangs: it " + fault.title;
    case FaultKind::kSanitizer:
    case FaultKind::kMemory:
    case FaultKind::kDescriptors:
    case FaultKind::kCpu: return fault.title;
  }
  return fault.title;
}

class Grouping {
 public:
  explicit Grouping(const RunRecords& records) : records_(records) {}

  std::vector<Finding> findings() {
    for (std::size_t i = 0; i < records_.cases.size(); ++i) add(i);
    part_faults();
    for (auto& [key, finding] : groups_) complete(finding);
    merge_groups();
    add_left_out();
    std::multimap<Rank, Finding> ranked;  // those of one rank in the order in which they come
    const auto add = [&](Finding one) { ranked.emplace(rank(one), std::move(one)); };
    for (auto& [key, finding] : groups_) add(std::move(finding));
    for (const Incident& incident : records_.end.incidents) {
      if (incident.victims.empty()) add(finding_of(incident));
    }
    for (const Incident& incident : interferences()) add(finding_of(incident));
    for (const Reason& reason : records_.header.contradictions) {
      add({.kind = FindingKind::kContradiction,
           .title = to_text(reason),
           .clause = "revisions",
           .level = Level::kMust});
    }
    std::vector<Finding> out;
    for (auto& [of_rank, finding] : ranked) out.push_back(std::move(finding));
    return out;
  }

 private:
  void add(std::size_t index) {
    const CaseRecord& record = records_.cases[index];
    if (!counts(record)) return;
    Finding& finding = groups_[finding_key(record)];
    finding.cases.push_back(index);
    add_faults(finding, record.faults);
  }

  void complete(Finding& finding) {
    std::ranges::sort(finding.cases, {},
                      [&](std::size_t index) { return clarity(records_, index); });
    const CaseRecord& example = records_.cases[finding.cases.front()];
    finding.clause = example.test.clause;
    finding.level = example.test.level;
    for (const std::size_t index : finding.cases) {
      const Level level = records_.cases[index].test.level;
      if (weight(level) < weight(finding.level)) finding.level = level;
    }
    if (!finding.faults.empty()) {
      finding.kind = FindingKind::kFault;
      finding.clause = kNoHarm;  // whatever the example is about
      finding.title = words_of(finding.faults.front());
    } else if (!example.test.basic.empty()) {
      finding.kind = FindingKind::kFeature;
      finding.feature = example.test.basic;
      finding.title = std::string{find_feature(example.test.basic)->words};
    } else {
      finding.title = example.test.purpose;
    }
  }

  // Deaths that say no more than how the process ended.
  void part_faults() {
    std::map<std::string, Finding> parted;
    for (auto& [key, finding] : groups_) {
      if (finding.faults.empty() || !is_mute(finding.faults.front())) {
        parted.emplace(key, std::move(finding));
        continue;
      }
      for (std::vector<std::size_t>& part : parts_by_trigger(records_, finding.cases)) {
        Finding& one = parted[key + "|" + std::to_string(part.front())];
        for (const std::size_t index : part) add_faults(one, records_.cases[index].faults);
        one.cases = std::move(part);
      }
    }
    groups_ = std::move(parted);
  }

  // Groups that show one fault by different signs become one.
  void merge_groups() {
    std::map<std::string, Finding> merged;
    for (auto& [key, finding] : groups_) {
      const std::string of_example = finding_key_of_example(records_.cases[finding.cases.front()]);
      const auto [place, is_new] =
          merged.try_emplace(of_example.empty() ? "group " + key : of_example, finding);
      if (is_new) continue;
      Finding& whole = place->second;
      whole.cases.insert(whole.cases.end(), finding.cases.begin(), finding.cases.end());
      complete(whole);
    }
    groups_ = std::move(merged);
  }

  // Cases that were blocked, or not run any more, belong to the finding of the case that is named.
  void add_left_out() {
    std::map<std::string, Finding*, std::less<>> by_case;
    for (auto& [key, finding] : groups_) {
      for (const std::size_t index : finding.cases) {
        by_case[records_.cases[index].test.id] = &finding;
      }
    }
    for (const CaseRecord& record : records_.cases) {
      const auto part = record.reason.parts.find("case");
      if (part == record.reason.parts.end()) continue;
      const auto found = by_case.find(part->second);
      if (found == by_case.end()) continue;
      if (record.state == CaseState::kBlocked) ++found->second->blocked;
      if (record.state == CaseState::kNotRun) ++found->second->left_out;
    }
  }

  // What harms others by cases of one section of the protocol is one fault.
  std::vector<Incident> interferences() const {
    std::map<std::string, Incident, std::less<>> by_section;
    for (const Incident& incident : records_.end.incidents) {
      if (incident.victims.empty()) continue;
      Incident& merged = by_section[section_of(incident)];
      merged.is_reproduced = true;
      add_new(merged.cases, incident.cases);
      add_new(merged.victims, incident.victims);
    }
    std::vector<Incident> out;
    for (auto& [section, incident] : by_section) out.push_back(std::move(incident));
    return out;
  }

  [[nodiscard]] std::string section_of(const Incident& incident) const {
    for (const CaseRecord& record : records_.cases) {
      const bool is_first = !incident.cases.empty() && record.test.id == incident.cases.front();
      if (is_first) return wsapi::section_of(record.test.clause);
    }
    return "";
  }

  static void add_new(std::vector<std::string>& to, const std::vector<std::string>& ids) {
    for (const std::string& id : ids) {
      if (std::ranges::find(to, id) == to.end()) to.push_back(id);
    }
  }

  Finding finding_of(const Incident& incident) {
    Finding out;
    add_faults(out, incident.faults);
    for (std::size_t i = 0; i < records_.cases.size(); ++i) {
      if (std::ranges::find(incident.cases, records_.cases[i].test.id) != incident.cases.end()) {
        out.cases.push_back(i);
      }
    }
    out.victims = incident.victims;
    out.clause = kNoHarm;
    out.level = Level::kRobustness;
    if (!incident.victims.empty()) {
      out.kind = FindingKind::kInterference;
    } else {
      out.kind = incident.is_reproduced ? FindingKind::kFault : FindingKind::kIncident;
    }
    if (!out.faults.empty()) {
      out.title = words_of(out.faults.front());
    } else {
      out.title = "a connection harms others";
    }
    return out;
  }

  const RunRecords& records_;
  std::map<std::string, Finding> groups_;
};

}  // namespace

std::string_view name(FindingKind kind) noexcept {
  constexpr std::array<std::string_view, kFindingKindCount> kNames{
      "fault", "feature", "failure", "interference", "incident", "contradiction"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::vector<Finding> findings_of(const RunRecords& records) { return Grouping(records).findings(); }

}  // namespace wsapi
