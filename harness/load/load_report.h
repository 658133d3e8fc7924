// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is told of a load run: as text for people, and as JSON (vectors/schema/
// load-report.schema.json). Texts that came from the server are escaped.

#include <cstdint>
#include <iosfwd>
#include <string>

#include "harness/load/load.h"

namespace wsapi {

// The circumstances of a run.
struct LoadContext {
  std::string target;  // address, canonical
  std::string revision_note;
  LoadOptions options;
};

// Version of the layout of the JSON report; it grows when a reader has to change.
inline constexpr int kLoadReportVersion = 1;

void write_load_report(std::ostream& out, const LoadResult& result, const LoadContext& context);

// What is going to be done; before the run.
[[nodiscard]] std::string load_head_text(const LoadContext& context);

// Percentiles, calls, rate, bytes and errors.
[[nodiscard]] std::string load_text(const LoadResult& result, const LoadContext& context);

// The sums of it, in one line if they fit.
[[nodiscard]] std::string load_line(const LoadResult& result, const LoadContext& context);

// "850 ns", "45.10 µs", "12.35 ms", "1.500 s"
[[nodiscard]] std::string duration_text(double ns);

}  // namespace wsapi
