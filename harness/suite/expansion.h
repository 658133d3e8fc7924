// SPDX-License-Identifier: Apache-2.0
#pragma once

// All message vectors: those written by hand, and those derived from them whose bytes are new.
// vectors/README.md, "Derived vectors", says what is left out as a repeat.

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "harness/suite/vectors.h"

namespace wsapi {

struct ExpansionFilter {
  // Whether derived vectors whose ids begin so may be wanted. Empty: yes.
  std::function<bool(std::string_view id_prefix)> may_want;
  // Whether the derived vector with that id is wanted; asked of those that are no repeats. Empty:
  // yes.
  std::function<bool(std::string_view id, Direction direction)> wants;
};

struct ExpansionCounts {
  std::size_t by_hand = 0;
  std::size_t derived = 0;  // wanted or not
  std::size_t repeats = 0;  // that the rules make as well, and that are left out
};

// Calls `visit` with each vector, first the minimal ones and then the others, in the order of ids;
// after each with those derived from it that are wanted. The bytes of all derived vectors differ,
// for each direction and revision, from each other and from those of the vectors by hand: where a
// derived vector repeats another in some of its revisions, it is one of the rest only. Nothing is
// derived, nor counted, if none may be wanted.
ExpansionCounts for_each_vector(const std::vector<MessageVector>& vectors,
                                const ExpansionFilter& filter,
                                const std::function<void(const MessageVector&)>& visit);

}  // namespace wsapi
