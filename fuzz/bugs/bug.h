// SPDX-License-Identifier: Apache-2.0
#pragma once

// Injected bugs. The patches of this folder put them all into one copy of the sources, where each
// is asleep unless the environment variable WSAPI_BUG has its number. So one build serves to score
// the fuzz targets by what they find (ci/fuzz score).
//
//   if (size > remaining() && !bug::on(2, size == remaining() + 1)) return ErrorCode::kTruncated;
//
// The first time that control comes to an active bug it is reached; the first time that its
// condition holds, so that what follows is wrong, it is triggered. Both are written to the file
// that WSAPI_BUG_LOG names: a line "reached|triggered EXECUTIONS SECONDS" each.

namespace wsapi::bug {

// Whether the bug is active and its condition holds. Conditions have no side effects, and use & and
// | where && and || would give the engine branches that show it the way.
[[nodiscard]] bool on(int number, bool condition) noexcept;

}  // namespace wsapi::bug
