// SPDX-License-Identifier: Apache-2.0
#pragma once

// What procedures need to measure the process of the implementation under test, and to say what
// came of it.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "harness/tester/case_context.h"
#include "harness/tester/process_sample.h"

namespace wsapi {

// A sample whose memory is that of the one before, or the last of a few. Where there is none, the
// verdict says why.
[[nodiscard]] asio::awaitable<std::optional<ProcessSample>> settled_sample(CaseContext& context);

// How long a server may take to give back what a connection cost.
inline constexpr std::chrono::seconds kGivingBack{1};

// Waits until the process has no more descriptors than that, and no longer than told; the last
// sample.
[[nodiscard]] asio::awaitable<std::optional<ProcessSample>> wait_for_descriptors(
    CaseContext& context, std::size_t most, Clock::Duration longest = kGivingBack);

// The verdict: a good call was not answered; `when` ends the sentence.
void fail_unserved(CaseContext& context, std::string when);
// The verdict: the process is gone, or not watched.
void fail_unwatched(CaseContext& context);

// "1.5 MiB"
[[nodiscard]] std::string mebibytes(std::uint64_t bytes);

}  // namespace wsapi
