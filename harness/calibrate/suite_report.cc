// SPDX-License-Identifier: Apache-2.0

#include "harness/calibrate/suite_report.h"

#include <nlohmann/json.hpp>

namespace wsapi {
namespace {

using Json = nlohmann::json;

std::string text(const Json& object, const char* member) {
  const auto entry = object.find(member);
  return entry != object.end() && entry->is_string() ? entry->get<std::string>() : "";
}

// Logs of cases are most of a report, and not looked at.
bool keep(int, Json::parse_event_t event, Json& parsed) {
  return event != Json::parse_event_t::key || parsed != "log";
}

}  // namespace

std::optional<SuiteReport> read_suite_report(std::istream& in) {
  const Json json = Json::parse(in, keep, false);
  if (!json.is_object() || text(json, "format") != "wsapi-conform-report") return std::nullopt;
  SuiteReport report;
  for (const Json& one : json.value("cases", Json::array())) {
    report.cases.push_back({text(one, "id"), text(one, "clause"), text(one, "level"),
                            text(one, "disposition"), text(one, "reason")});
  }
  if (const auto findings = json.find("findings"); findings != json.end()) {
    report.findings.emplace();
    for (const Json& one : *findings) {
      report.findings->push_back({text(one, "clause"), text(one, "title")});
    }
  }
  if (const auto stopped = json.find("stopped"); stopped != json.end()) {
    report.stopped = text(*stopped, "reason");
  }
  return report;
}

}  // namespace wsapi
