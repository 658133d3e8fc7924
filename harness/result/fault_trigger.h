// SPDX-License-Identifier: Apache-2.0
#pragma once

// A process that dies without a word says nothing of where. Its crashes are told apart by what was
// sent: cases that crash it and share a kind of message most probably crash it in the same place.

#include <cstddef>
#include <vector>

#include "harness/result/run_records.h"

namespace wsapi {

// Parts of `cases`, which are indices of records with one and the same fault. Those that send a
// message beside calls are parted by its kind, the most frequent first; those of which no message
// is known belong to the largest part.
[[nodiscard]] std::vector<std::vector<std::size_t>> parts_by_trigger(
    const RunRecords& records, const std::vector<std::size_t>& cases);

}  // namespace wsapi
