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

ReportPlace::ReportPlace(std::string path, Console& console)
    : path_(std::move(path)), console_(&console) {}

ReportFile::ReportFile(std::string report_kind, std::string path, Console& console)
    : kind(std::move(report_kind)), place(std::move(path), console) {}

std::ostream* ReportPlace::open(OutputFile::Unfinished unfinished) {
  if (is_standard_output()) return &console_->standard().stream();
  file_.emplace();
  return file_->open(path_, unfinished) ? &file_->out().stream() : nullptr;
}

bool ReportPlace::finish() {
  if (!is_standard_output()) return file_->finish();
  console_->standard().flush();
  return true;
}

bool ReportPlace::write(const std::function<void(std::ostream&)>& writer) {
  std::ostream* const out = open();
  if (out == nullptr) return false;
  writer(*out);
  return finish();
}

bool check_reports(const std::vector<std::string>& specs,
                   const std::vector<std::string_view>& kinds, Console& console, ReportFiles& out) {
  for (const std::string& spec : specs) {
    const std::size_t colon = spec.find(':');
    const std::string kind = spec.substr(0, colon);
    const bool known = std::ranges::find(kinds, kind) != kinds.end();
    if (!known || colon == std::string::npos || colon + 1 == spec.size()) {
      print_error(fmt::format("--report '{}': expected {}", printable(spec), forms_of(kinds)));
      return false;
    }
    const std::string path = spec.substr(colon + 1);
    const auto goes_there = [&](const ReportFile& other) { return other.place.path() == path; };
    if (!path.starts_with("/dev/") && std::ranges::any_of(out, goes_there)) {
      print_error(fmt::format("--report '{}': another report goes there", printable(spec)));
      return false;
    }
    const ReportFile& report = out.emplace_back(kind, path, console);
    if (report.place.is_standard_output()) {
      console.keep_standard_for_reports();
    } else if (!OutputFile::check(path)) {
      return false;
    }
  }
  return true;
}

}  // namespace wsapi
