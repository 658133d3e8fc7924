// SPDX-License-Identifier: Apache-2.0
//
// Writing records; see records_json.h.

#include <nlohmann/json.hpp>

#include "codec/hex.h"
#include "harness/result/evidence_json.h"
#include "harness/result/records_json.h"

namespace wsapi {
namespace {

using Json = nlohmann::ordered_json;

// ASCII alone. Texts are that already; one that is not still gives a line of JSON.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

Json reason_json(const Reason& reason) {
  Json out{{"code", name(reason.code)}};
  if (!reason.parts.empty()) out["parts"] = reason.parts;
  return out;
}

Json definition_json(const CaseDefinition& test) {
  Json out{
      {"id", test.id},         {"role", name(test.role)},   {"purpose", test.purpose},
      {"clause", test.clause}, {"level", name(test.level)}, {"requirements", test.requirements}};
  if (!test.basic.empty()) out["basic"] = test.basic;
  if (!test.features.empty()) out["features"] = test.features;
  return out;
}

Json log_json(const std::vector<LogLine>& log) {
  Json out = Json::array();
  for (const LogLine& line : log) {
    out.push_back({{"time_us", line.time_us},
                   {"connection", line.connection},
                   {"direction", std::string(1, line.direction)},
                   {"note", line.note},
                   {"size", line.size},
                   {"head", to_hex(line.head)}});
  }
  return out;
}

}  // namespace

std::string to_line(const RunHeader& header) {
  Json out{{"type", "run-begins"},
           {"format", "wsapi-conform-records"},
           {"version", kRecordsVersion},
           {"suite_version", header.suite_version},
           {"target", header.target},
           {"revision", name(header.revision)},
           {"revision_note", header.revision_note},
           {"test_api", header.test_api},
           {"test_api_note", header.test_api_note},
           {"strict", header.strict},
           {"jobs", header.jobs},
           {"repeat", header.repeat},
           {"seed", header.seed},
           {"rerun", header.rerun}};
  for (const Reason& reason : header.contradictions) {
    out["contradictions"].push_back(reason_json(reason));
  }
  out["cases"] = Json::array();
  for (const CaseDefinition& test : header.cases) out["cases"].push_back(definition_json(test));
  return dump(out);
}

std::string to_line(const CaseRecord& record) {
  Json out{{"type", "case"}};
  out.update(definition_json(record.test));
  out["state"] = name(record.state);
  if (record.state == CaseState::kRun) {
    Json runs = Json::object();
    for (const VerdictKind kind : kVerdictKinds) {
      const std::size_t count = record.runs[static_cast<std::size_t>(kind)];
      if (count > 0) runs[std::string{name(kind)}] = count;
    }
    out["runs"] = std::move(runs);
    out["verdict"] = name(record.verdict);
  }
  out["reason"] = reason_json(record.reason);
  if (record.state != CaseState::kRun) return dump(out);
  out["fate"] = name(record.fate);
  out["start_us"] = record.start_us;
  out["duration_us"] = record.duration_us;
  if (!record.expected.empty()) out["expected"] = record.expected;
  if (!record.sent.empty()) out["sent"] = record.sent;
  if (!record.received.empty()) out["received"] = record.received;
  add_evidence(out, record);
  if (!record.log.empty()) out["log"] = log_json(record.log);
  if (record.log_left_out > 0) out["log_left_out"] = record.log_left_out;
  return dump(out);
}

std::string to_line(const RunEnd& end) {
  Json out{{"type", "run-ends"}, {"duration_us", end.duration_us}};
  if (end.stopped) {
    out["stopped"] = reason_json(*end.stopped);
    out["under_way"] = end.under_way;
  }
  if (!end.incidents.empty()) out["incidents"] = incidents_json(end.incidents);
  return dump(out);
}

}  // namespace wsapi
