// SPDX-License-Identifier: Apache-2.0
#pragma once

// Failures that cost a whole time limit each, by their kind: after enough of a kind the rest of it
// is not worth its time.

#include <cstddef>
#include <map>
#include <string>

#include "harness/run/run_book.h"

namespace wsapi {

class SlowFailures {
 public:
  explicit SlowFailures(std::size_t enough) : enough_(enough) {}

  void count(const std::string& kind, std::size_t index) {
    Entry& entry = entries_[kind];
    if (++entry.count == 1) entry.first = index;
  }

  // Ends the case without a verdict where enough of its kind have failed.
  bool is_left_out(const std::string& kind, std::size_t index, RunBook& book) const {
    const auto found = entries_.find(kind);
    if (found == entries_.end() || found->second.count < enough_) return false;
    book.forget(index);
    book.end_without_run(
        index, CaseState::kNotRun,
        {ReasonCode::kEnoughOfItsKind,
         {{"count", std::to_string(found->second.count)}, {"case", book.id(found->second.first)}}});
    return true;
  }

 private:
  struct Entry {
    std::size_t count = 0;
    std::size_t first = 0;  // index of a case
  };

  std::size_t enough_;
  std::map<std::string, Entry> entries_;
};

}  // namespace wsapi
