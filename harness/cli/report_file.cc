// SPDX-License-Identifier: Apache-2.0

#include "harness/cli/report_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/cli/print_error.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

// "junit:FILE or json:FILE"
std::string forms_of(const std::vector<std::string_view>& kinds) {
  std::string out;
  for (const std::string_view kind : kinds) {
    out += fmt::format("{}{}:FILE", out.empty() ? "" : " or ", kind);
  }
  return out;
}

}  // namespace

bool open_reports(const std::vector<std::string>& specs, const std::vector<std::string_view>& kinds,
                  std::vector<ReportFile>& out) {
  for (const std::string& spec : specs) {
    const std::size_t colon = spec.find(':');
    const std::string kind = spec.substr(0, colon);
    const bool known = std::ranges::find(kinds, kind) != kinds.end();
    if (!known || colon == std::string::npos || colon + 1 == spec.size()) {
      print_error(fmt::format("--report '{}': expected {}", printable(spec), forms_of(kinds)));
      return false;
    }
    ReportFile report{kind, spec.substr(colon + 1), {}};
    report.file.open(report.path, std::ios::binary | std::ios::trunc);
    if (!report.file) {
      print_error(printable(report.path) + ": cannot be opened for writing");
      return false;
    }
    out.push_back(std::move(report));
  }
  return true;
}

bool close_report(ReportFile& report) {
  report.file.close();
  if (report.file) return true;
  print_error(printable(report.path) + ": could not be written to the end");
  return false;
}

}  // namespace wsapi
