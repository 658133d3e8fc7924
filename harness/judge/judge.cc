// SPDX-License-Identifier: Apache-2.0

#include "harness/judge/judge.h"

#include <utility>

namespace wsapi::recorded {
namespace {

void add(Judgement& sum, Judgement&& more) {
  sum.findings.merge(more.findings);
  for (const auto& [what, count] : more.counts) sum.counts[what] += count;
  sum.messages.insert(sum.messages.end(), std::make_move_iterator(more.messages.begin()),
                      std::make_move_iterator(more.messages.end()));
}

// The frames of all its connections stand together, and its callers ask by way of an API.
bool is_of_several_connections(const Row& row) {
  return row.outcome == "ok" || row.outcome == "closed";
}

}  // namespace

Judgement judge(const Row& row) {
  Judgement judgement;
  if (row.binder_is_server) {
    add(judgement, judge_server(row));
  } else if (row.order.has_value()) {
    add(judgement, judge_end(row));
    add(judgement, judge_caller(row));
  } else if (!is_of_several_connections(row)) {
    add(judgement, judge_client(row));
  }
  add(judgement, judge_wire(row));
  return judgement;
}

Judgement judge_all(std::span<const Row> rows) {
  Judgement judgement;
  for (const Row& row : rows) add(judgement, judge(row));
  return judgement;
}

}  // namespace wsapi::recorded
