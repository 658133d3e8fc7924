// SPDX-License-Identifier: Apache-2.0

#include "harness/result/evidence_json.h"

namespace wsapi {
namespace {

using Json = nlohmann::ordered_json;

Json faults_json(const std::vector<FaultReport>& faults) {
  Json out = Json::array();
  for (const FaultReport& fault : faults) {
    out.push_back({{"kind", name(fault.kind)}, {"title", fault.title}, {"detail", fault.detail}});
  }
  return out;
}

Json differences_json(const std::vector<Difference>& differences) {
  Json out = Json::array();
  for (const Difference& one : differences) {
    out.push_back({{"path", one.path}, {"expected", one.expected}, {"received", one.received}});
  }
  return out;
}

}  // namespace

void add_evidence(Json& out, const CaseRecord& record) {
  if (!record.differences.empty()) out["differences"] = differences_json(record.differences);
  if (!record.faults.empty()) out["faults"] = faults_json(record.faults);
  if (record.confirmation == Confirmation::kNone) return;
  out["confirmation"] = name(record.confirmation);
  out["alone_runs"] = record.alone_runs;
  out["alone_passes"] = record.alone_passes;
  if (!record.company.empty()) out["company"] = record.company;
}

Json incidents_json(const std::vector<Incident>& incidents) {
  Json out = Json::array();
  for (const Incident& incident : incidents) {
    out.push_back({{"faults", faults_json(incident.faults)},
                   {"cases", incident.cases},
                   {"victims", incident.victims},
                   {"reproduced", incident.is_reproduced}});
  }
  return out;
}

}  // namespace wsapi
