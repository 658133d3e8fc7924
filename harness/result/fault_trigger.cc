// SPDX-License-Identifier: Apache-2.0

#include "harness/result/fault_trigger.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "harness/result/finding_key.h"

namespace wsapi {
namespace {

using Cases = std::vector<std::size_t>;

constexpr const char* kCall = "CALL";

// Each case sends an offer; octets that were not made from messages may be any.
constexpr const char* kOffer = "VERSION OFFER";

std::set<std::string> kinds_sent(const CaseRecord& record) {
  std::set<std::string> out;
  if (record.log_left_out > 0) return {""};
  for (const LogLine& line : record.log) {
    if (line.direction == '>') out.insert(message_kind(line.note));
  }
  out.erase(kOffer);
  return out;
}

class Parting {
 public:
  Parting(const RunRecords& records, const Cases& cases) {
    for (const std::size_t index : cases) {
      // Calls are kept apart, as they serve as barriers, too.
      std::set<std::string> kinds = kinds_sent(records.cases[index]);
      const bool has_calls = kinds.erase(kCall) > 0;
      const bool has_other_octets = kinds.erase("") > 0;
      if (!kinds.empty()) {
        special_.emplace(index, std::move(kinds));
      } else if (has_calls && !has_other_octets) {
        of_calls_.push_back(index);
      } else {
        unknown_.push_back(index);
      }
    }
  }

  std::vector<Cases> parts() {
    std::vector<Cases> out;
    while (!special_.empty()) out.push_back(take(most_frequent()));
    if (!of_calls_.empty()) out.push_back(std::move(of_calls_));
    if (unknown_.empty()) return out;
    if (out.empty()) return {std::move(unknown_)};
    Cases& largest = *std::ranges::max_element(out, {}, &Cases::size);
    largest.insert(largest.end(), unknown_.begin(), unknown_.end());
    return out;
  }

 private:
  [[nodiscard]] std::string most_frequent() const {
    std::map<std::string, std::size_t> counts;
    for (const auto& [index, kinds] : special_) {
      for (const std::string& kind : kinds) ++counts[kind];
    }
    return std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; })
        ->first;
  }

  Cases take(const std::string& kind) {
    Cases out;
    std::erase_if(special_, [&](const auto& entry) {
      if (!entry.second.contains(kind)) return false;
      out.push_back(entry.first);
      return true;
    });
    return out;
  }

  std::map<std::size_t, std::set<std::string>> special_;
  Cases of_calls_;
  Cases unknown_;
};

}  // namespace

std::vector<Cases> parts_by_trigger(const RunRecords& records, const Cases& cases) {
  return Parting(records, cases).parts();
}

}  // namespace wsapi
