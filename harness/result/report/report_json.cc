// SPDX-License-Identifier: Apache-2.0
//
// The JSON report. harness/README.md describes its fields.

#include <nlohmann/json.hpp>
#include <ostream>

#include "codec/hex.h"
#include "harness/result/report/report.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxText = 8000;  // characters of one text

// Line feeds of our own texts stay: JSON escapes them.
std::string lines(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    out += printable(text.substr(0, end), kMaxText);
    if (end == std::string_view::npos) break;
    out += '\n';
    text.remove_prefix(end + 1);
  }
  return out;
}

Json summary_json(const Summary& sum) {
  return {{"cases", sum.cases},
          {"pass", sum.pass},
          {"fail", sum.fail},
          {"should_fail", sum.should_fail},
          {"inconc", sum.inconc},
          {"error", sum.error},
          {"not_applicable", sum.not_applicable}};
}

Json log_json(const ConformanceLog& log) {
  Json out = Json::array();
  for (const LogEntry& entry : log.entries()) {
    Json item{{"time_us", entry.time_us},
              {"connection", printable(entry.connection)},
              {"direction", std::string(1, entry.direction)},
              {"note", printable(entry.note)}};
    if (entry.size > 0) {
      item["size"] = entry.size;
      item["head"] = to_hex(entry.head);
    }
    out.push_back(std::move(item));
  }
  if (log.left_out() > 0) out.push_back({{"left_out", log.left_out()}});
  return out;
}

Json case_json(const CaseResult& result) {
  const TestCase& test_case = *result.test_case;
  const bool applies = result.not_applicable.empty();
  Json out{{"id", test_case.id},
           {"purpose", test_case.purpose},
           {"clause", test_case.clause},
           {"level", name(test_case.level)},
           {"verdict", applies ? name(result.verdict()) : "not-applicable"},
           {"reason", lines(result.reason())},
           {"fate", name(result.outcome.fate)},
           {"milliseconds", result.outcome.milliseconds}};
  if (!applies) return out;
  Json runs = Json::object();
  for (std::size_t i = 0; i < result.counts.size(); ++i) {
    if (result.counts[i] > 0)
      runs[std::string{name(static_cast<VerdictKind>(i))}] = result.counts[i];
  }
  out["runs"] = std::move(runs);
  const Mismatch& mismatch = result.outcome.verdict.mismatch();
  if (!mismatch.expected.empty()) {
    out["expected"] = lines(mismatch.expected);
    out["received"] = lines(mismatch.received);
  }
  out["log"] = log_json(result.log);
  return out;
}

}  // namespace

void write_json_report(std::ostream& out, const RunResult& result, const RunContext& context) {
  Json head{{"format", "wsapi-conform-report"},
            {"version", kJsonReportVersion},
            {"suite_version", WSAPI_VERSION},
            {"target", printable(context.target)},
            {"revision", name(context.revision)},
            {"test_api", context.test_api},
            {"strict", context.strict},
            {"jobs", context.jobs},
            {"repeat", context.repeat},
            {"seed", context.seed},
            {"seconds", result.seconds},
            {"exit_status", static_cast<int>(exit_status(result, context.strict))},
            {"summary", summary_json(result.summary())}};
  if (!result.stopped.empty()) {
    head["stopped"] = {{"reason", lines(result.stopped)}, {"under_way", result.under_way}};
  }
  // TestCase by case, as a run's whole document would take a multiple of its memory.
  std::string text = head.dump(1);
  text.erase(text.rfind('\n'));
  out << text << ",\n \"cases\": [";
  const char* separator = "\n";
  for (const CaseResult& one : result.cases) {
    out << separator << case_json(one).dump();
    separator = ",\n";
  }
  out << "\n ]\n}\n";
}

}  // namespace wsapi
