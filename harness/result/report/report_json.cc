// SPDX-License-Identifier: Apache-2.0
//
// The JSON report. harness/result/README.md describes its fields.

#include <nlohmann/json.hpp>
#include <ostream>
#include <set>

#include "codec/hex.h"
#include "harness/result/disposition.h"
#include "harness/result/evidence_json.h"
#include "harness/result/finding.h"
#include "harness/result/report/report.h"

namespace wsapi {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json, int indent = -1) {
  return json.dump(indent, ' ', true, Json::error_handler_t::replace);
}

Json summary_json(const Summary& sum) {
  return {{"cases", sum.cases},
          {"pass", sum.count(Disposition::kPassed)},
          {"fail", sum.count(Disposition::kFailed)},
          {"should_fail", sum.count(Disposition::kShouldFailed)},
          {"inconc", sum.count(Disposition::kInconclusive)},
          {"error", sum.count(Disposition::kError)},
          {"not_applicable", sum.count(Disposition::kNotApplicable)},
          {"not_run", sum.count(Disposition::kNotRun)},
          {"blocked", sum.count(Disposition::kBlocked)}};
}

Json log_json(const CaseRecord& record) {
  Json out = Json::array();
  for (const LogLine& line : record.log) {
    Json item{{"time_us", line.time_us},
              {"connection", line.connection},
              {"direction", std::string(1, line.direction)},
              {"note", line.note}};
    if (line.size > 0) {
      item["size"] = line.size;
      item["head"] = to_hex(line.head);
    }
    out.push_back(std::move(item));
  }
  if (record.log_left_out > 0) out.push_back({{"left_out", record.log_left_out}});
  return out;
}

double milliseconds(std::int64_t us) { return static_cast<double>(us) / 1000; }

Json case_json(const CaseRecord& record) {
  const Disposition disposition = disposition_of(record);
  Json out{{"id", record.test.id},
           {"role", name(record.test.role)},
           {"purpose", record.test.purpose},
           {"clause", record.test.clause},
           {"level", name(record.test.level)},
           {"requirements", record.test.requirements},
           {"disposition", name(disposition)},
           {"verdict", verdict_name(disposition)},
           {"reason", reason_text(record)},
           {"reason_code", name(record.reason.code)},
           {"reason_parts", Json::object()},
           {"fate", name(record.fate)},
           {"milliseconds", milliseconds(record.duration_us)}};
  for (const auto& [part, text] : record.reason.parts) out["reason_parts"][part] = text;
  if (!record.test.basic.empty()) out["basic"] = record.test.basic;
  if (!record.test.features.empty()) out["features"] = record.test.features;
  if (record.state != CaseState::kRun) return out;
  out["start_milliseconds"] = milliseconds(record.start_us);
  Json runs = Json::object();
  for (const VerdictKind kind : kVerdictKinds) {
    const std::size_t count = record.runs[static_cast<std::size_t>(kind)];
    if (count > 0) runs[std::string{name(kind)}] = count;
  }
  out["runs"] = std::move(runs);
  if (!record.expected.empty()) {
    out["expected"] = record.expected;
    out["sent"] = record.sent;
    out["received"] = record.received;
  }
  add_evidence(out, record);
  out["log"] = log_json(record);
  return out;
}

Json finding_json(const Finding& finding, const RunRecords& records) {
  const CaseRecord* const example =
      finding.cases.empty() ? nullptr : &records.cases[finding.cases.front()];
  std::vector<std::string> ids;
  std::set<std::string> clauses{finding.clause};
  for (const std::size_t index : finding.cases) {
    ids.push_back(records.cases[index].test.id);
    clauses.insert(records.cases[index].test.clause);
  }
  std::vector<std::string> faults;
  for (const FaultReport& fault : finding.faults) faults.push_back(fault.title);
  Json out{{"title", finding.title},
           {"kind", name(finding.kind)},
           {"clause", finding.clause},
           {"clauses", clauses},
           {"level", name(finding.level)},
           {"example", ids.empty() ? "" : ids.front()},
           {"cases", ids},
           {"blocked", finding.blocked},
           {"not_run", finding.left_out},
           {"faults", faults},
           {"victims", finding.victims},
           {"reason", example == nullptr ? "" : to_text(example->reason)},
           {"reason_code", name(example == nullptr ? ReasonCode::kNone : example->reason.code)}};
  if (!finding.feature.empty()) out["feature"] = finding.feature;
  return out;
}

}  // namespace

void write_json_report(std::ostream& out, const RunRecords& records) {
  const RunHeader& header = records.header;
  Json head{{"format", "wsapi-conform-report"},
            {"version", kJsonReportVersion},
            {"suite_version", header.suite_version},
            {"target", header.target},
            {"revision", name(header.revision)},
            {"test_api", header.test_api},
            {"strict", header.strict},
            {"jobs", header.jobs},
            {"repeat", header.repeat},
            {"seed", header.seed},
            {"seconds", static_cast<double>(records.end.duration_us) / 1e6},
            {"exit_status", static_cast<int>(exit_status(records))},
            {"summary", summary_json(summary_of(records))}};
  if (records.end.stopped) {
    head["stopped"] = {{"reason", to_text(*records.end.stopped)},
                       {"reason_code", name(records.end.stopped->code)},
                       {"under_way", records.end.under_way}};
  }
  if (!records.end.incidents.empty()) head["incidents"] = incidents_json(records.end.incidents);
  head["findings"] = Json::array();
  for (const Finding& finding : findings_of(records)) {
    head["findings"].push_back(finding_json(finding, records));
  }
  // Case by case, as a run's whole document would take a multiple of its memory.
  std::string text = dump(head, 1);
  text.erase(text.rfind('\n'));
  out << text << ",\n \"cases\": [";
  const char* separator = "\n";
  for (const CaseRecord& record : records.cases) {
    out << separator << dump(case_json(record));
    separator = ",\n";
  }
  out << "\n ]\n}\n";
}

}  // namespace wsapi
