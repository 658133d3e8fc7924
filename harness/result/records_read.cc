// SPDX-License-Identifier: Apache-2.0
//
// Reading records; see records_json.h.

#include <algorithm>
#include <istream>
#include <map>
#include <numeric>

#include "codec/hex.h"
#include "harness/result/record_object.h"
#include "harness/result/records_json.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxLine = 256U << 20U;  // bytes
constexpr std::uint64_t kMaxCount = 1U << 30U;

Reason read_reason(const Json& json, const std::string& place) {
  RecordObject reader(json, place);
  Reason out;
  const std::string code = reader.text("code");
  const auto known = parse_reason_code(code);
  if (!known) reader.fail("code", "unknown value '" + code + "'");
  out.code = *known;
  const Json none = Json::object();
  const Json& parts = reader.has("parts") ? reader.value("parts") : none;
  RecordObject part_reader(parts, reader.place_of("parts"));
  for (const ReasonPart& part : parts_of(out.code)) {
    if (!part.required && !part_reader.has(part.name)) continue;
    out.parts.emplace(part.name, part_reader.text(part.name));
  }
  part_reader.finish();
  reader.finish();
  return out;
}

CaseDefinition read_definition(RecordObject& reader) {
  CaseDefinition out;
  out.id = reader.text("id");
  if (out.id.empty()) reader.fail("id", "is empty");
  out.role = reader.one_of("role", kRoles);
  out.purpose = reader.text("purpose");
  out.clause = reader.text("clause");
  out.level = reader.one_of("level", kLevels);
  out.requirements = reader.texts("requirements");
  if (reader.has("basic")) out.basic = reader.text("basic");
  if (reader.has("features")) out.features = reader.texts("features");
  return out;
}

RunHeader read_header(const Json& json) {
  RecordObject reader(json, "");
  RunHeader out;
  reader.constant("type", "run-begins");
  reader.constant("format", "wsapi-conform-records");
  if (reader.number("version") != kRecordsVersion) {
    reader.fail("version", "only version " + std::to_string(kRecordsVersion) + " can be read");
  }
  out.suite_version = reader.text("suite_version");
  out.target = reader.text("target");
  out.revision = reader.one_of("revision", kRevisions);
  out.revision_note = reader.text("revision_note");
  out.test_api = reader.flag("test_api");
  out.test_api_note = reader.text("test_api_note");
  out.strict = reader.flag("strict");
  out.jobs = reader.number("jobs", kMaxCount);
  out.repeat = reader.number("repeat", kMaxCount);
  out.seed = reader.number("seed", UINT64_MAX);
  out.rerun = reader.text("rerun");
  if (reader.has("contradictions")) {
    for (const Json& one : reader.array("contradictions")) {
      out.contradictions.push_back(read_reason(one, "/contradictions"));
    }
  }
  for (const Json& one : reader.array("cases")) {
    RecordObject test(one, "/cases/" + std::to_string(out.cases.size()));
    out.cases.push_back(read_definition(test));
    test.finish();
  }
  reader.finish();
  return out;
}

LogLine read_log_line(const Json& json, const std::string& place) {
  RecordObject reader(json, place);
  LogLine out;
  out.time_us = static_cast<std::int64_t>(reader.number("time_us"));
  out.connection = reader.text("connection");
  const std::string direction = reader.text("direction");
  if (direction != ">" && direction != "<" && direction != "-") {
    reader.fail("direction", "unknown value '" + direction + "'");
  }
  out.direction = direction.front();
  out.note = reader.text("note");
  out.size = reader.number("size");
  const auto head = from_hex(reader.text("head"));
  if (!head) reader.fail("head", "not hexadecimal");
  out.head = *head;
  reader.finish();
  return out;
}

std::vector<FaultReport> read_faults(RecordObject& reader) {
  std::vector<FaultReport> out;
  for (const Json& json : reader.array("faults")) {
    RecordObject fault(json, reader.place_of("faults") + "/" + std::to_string(out.size()));
    out.push_back({.kind = fault.one_of("kind", kFaultKinds),
                   .title = fault.text("title"),
                   .detail = fault.text("detail", RecordObject::Shape::kLines)});
    fault.finish();
  }
  return out;
}

void read_confirmation(RecordObject& reader, CaseRecord& out) {
  if (reader.has("differences")) {
    for (const Json& json : reader.array("differences")) {
      RecordObject difference(json, reader.place_of("differences"));
      out.differences.push_back({.path = difference.text("path"),
                                 .expected = difference.text("expected"),
                                 .received = difference.text("received")});
      difference.finish();
    }
  }
  if (reader.has("faults")) out.faults = read_faults(reader);
  if (!reader.has("confirmation")) return;
  out.confirmation = reader.one_of("confirmation", kConfirmations);
  out.alone_runs = reader.number("alone_runs", kMaxCount);
  out.alone_passes = reader.number("alone_passes", out.alone_runs);
  if (reader.has("company")) out.company = reader.texts("company");
}

// The part of a record that only cases have that were run.
void read_runs(RecordObject& reader, CaseRecord& out) {
  RecordObject runs(reader.value("runs"), "/runs");
  VerdictKind worst = VerdictKind::kNone;
  for (const VerdictKind kind : kVerdictKinds) {
    if (!runs.has(name(kind))) continue;
    out.runs[static_cast<std::size_t>(kind)] = runs.number(name(kind), kMaxCount);
    if (out.runs[static_cast<std::size_t>(kind)] == 0) runs.fail(name(kind), "is 0");
    worst = kind;
  }
  runs.finish();
  if (std::accumulate(out.runs.begin(), out.runs.end(), std::size_t{0}) == 0) {
    reader.fail("runs", "a case that was run has at least one");
  }
  out.verdict = reader.one_of("verdict", kVerdictKinds);
  if (out.verdict != worst) reader.fail("verdict", "is not the worst of its runs");
  out.fate = reader.one_of("fate", kFates);
  out.start_us = static_cast<std::int64_t>(reader.number("start_us"));
  out.duration_us = static_cast<std::int64_t>(reader.number("duration_us"));
  constexpr auto kLines = RecordObject::Shape::kLines;
  if (reader.has("expected")) out.expected = reader.text("expected", kLines);
  if (reader.has("sent")) out.sent = reader.text("sent", kLines);
  if (reader.has("received")) out.received = reader.text("received", kLines);
  read_confirmation(reader, out);
  if (reader.has("log")) {
    for (const Json& line : reader.array("log")) {
      out.log.push_back(read_log_line(line, "/log/" + std::to_string(out.log.size())));
    }
  }
  if (reader.has("log_left_out")) out.log_left_out = reader.number("log_left_out", kMaxCount);
}

CaseRecord read_case(const Json& json) {
  RecordObject reader(json, "");
  CaseRecord out;
  reader.constant("type", "case");
  out.test = read_definition(reader);
  out.state = reader.one_of("state", kCaseStates);
  if (out.state == CaseState::kRun) read_runs(reader, out);
  out.reason = read_reason(reader.value("reason"), "/reason");
  const bool needs_reason = out.state != CaseState::kRun || out.verdict >= VerdictKind::kInconc;
  if (needs_reason && out.reason.code == ReasonCode::kNone) reader.fail("reason", "is none");
  reader.finish();
  return out;
}

RunEnd read_end(const Json& json) {
  RecordObject reader(json, "");
  RunEnd out;
  reader.constant("type", "run-ends");
  out.duration_us = static_cast<std::int64_t>(reader.number("duration_us"));
  if (reader.has("stopped")) {
    out.stopped = read_reason(reader.value("stopped"), "/stopped");
    if (out.stopped->code == ReasonCode::kNone) reader.fail("stopped", "is none");
    out.under_way = reader.texts("under_way");
  }
  if (reader.has("incidents")) {
    for (const Json& one : reader.array("incidents")) {
      RecordObject incident(one, "/incidents/" + std::to_string(out.incidents.size()));
      Incident& read = out.incidents.emplace_back();
      read.faults = read_faults(incident);
      read.cases = incident.texts("cases");
      read.victims = incident.texts("victims");
      read.is_reproduced = incident.flag("reproduced");
      incident.finish();
    }
  }
  reader.finish();
  return out;
}

// The lines of a file one after the other.
class RecordsReader {
 public:
  // What is not at the end of a line may be what was being written when the program was killed.
  void add(const std::string& text, bool is_whole) {
    Json json;
    try {
      json = parse_strictly(text);
    } catch (const ObjectError&) {
      if (is_whole) throw;
      is_cut_ = true;
      return;
    }
    if (has_end_) throw ObjectError("the run has ended in the line before");
    if (!has_header_) {
      set_header(read_header(json));
      return;
    }
    const auto type = json.find("type");
    if (type != json.end() && *type == "run-ends") {
      records_.end = read_end(json);
      has_end_ = true;
    } else {
      set_case(read_case(json));
    }
  }

  RunRecords finish() {
    if (!has_header_) {
      throw ObjectError(is_cut_ ? "ends within the first line" : "no line of records");
    }
    if (has_end_ && !missing_.empty()) {
      throw ObjectError("the run has ended, but case " + missing_.begin()->first + " has not");
    }
    if (!has_end_) complete();
    return std::move(records_);
  }

 private:
  void set_header(RunHeader header) {
    for (std::size_t i = 0; i < header.cases.size(); ++i) {
      const std::string& id = header.cases[i].id;
      if (!missing_.emplace(id, i).second) throw ObjectError("case " + id + " is listed twice");
    }
    records_.cases.resize(header.cases.size());
    records_.header = std::move(header);
    has_header_ = true;
  }

  void set_case(CaseRecord record) {
    const auto found = missing_.find(record.test.id);
    if (found == missing_.end()) {
      throw ObjectError("case " + record.test.id + " is not in the header, or has ended before");
    }
    if (record.test != records_.header.cases[found->second]) {
      throw ObjectError("case " + record.test.id + " is another one in the header");
    }
    const auto end_us = record.start_us + std::min(record.duration_us, INT64_MAX - record.start_us);
    records_.end.duration_us = std::max(records_.end.duration_us, end_us);
    records_.cases[found->second] = std::move(record);
    missing_.erase(found);
  }

  // The run was killed: as if it had been stopped.
  void complete() {
    records_.end.stopped = Reason{ReasonCode::kRecordsIncomplete, {}};
    for (const auto& [id, index] : missing_) {
      records_.cases[index].test = records_.header.cases[index];
      records_.cases[index].reason = *records_.end.stopped;
    }
  }

  RunRecords records_;
  std::map<std::string, std::size_t> missing_;  // indices of the cases that have not ended
  bool has_header_ = false;
  bool has_end_ = false;
  bool is_cut_ = false;
};

// A line without its line feed; false at the end of the file. `is_whole`: it has one.
bool read_line(std::istream& in, std::string& line, bool& is_whole) {
  line.clear();
  std::streambuf& from = *in.rdbuf();
  for (int c = from.sbumpc(); c != std::char_traits<char>::eof(); c = from.sbumpc()) {
    if (c == '\n') return is_whole = true;
    if (line.size() == kMaxLine) throw ObjectError("the line is too long");
    line += static_cast<char>(c);
  }
  is_whole = false;
  return !line.empty();
}

}  // namespace

bool read_records(std::istream& in, RunRecords& records, RecordsError& error) {
  RecordsReader reader;
  std::size_t number = 0;
  try {
    bool is_whole = true;
    for (std::string line; read_line(in, line, is_whole);) {
      ++number;
      reader.add(line, is_whole);
    }
    records = reader.finish();
  } catch (const ObjectError& found) {
    error = {std::max<std::size_t>(number, 1), found.what()};
    return false;
  }
  return true;
}

}  // namespace wsapi
