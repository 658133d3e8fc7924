// SPDX-License-Identifier: Apache-2.0
//
// The JUnit XML report, as CI servers read it: a suite for each group of cases (what stands in
// front of the slash of an id). A failed case of level should is a skipped one with its reason,
// unless the run is strict; so are cases that do not apply.

#include <fmt/format.h>

#include <map>
#include <ostream>
#include <pugixml.hpp>
#include <vector>

#include "harness/result/report/report.h"

namespace wsapi {
namespace {

// XML knows no escape for most control characters, so they may not come in at all.
std::string xml_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool allowed = c == '\n' || (c >= 0x20 && c < 0x7f);
    if (allowed) {
      out += c;
    } else {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string group_of(const std::string& id) { return id.substr(0, id.find('/')); }

void add_details(pugi::xml_node node, const CaseResult& result) {
  const Mismatch& mismatch = result.outcome.verdict.mismatch();
  const std::string text = fmt::format(
      "purpose: {}\nclause: {}\nlevel: {}\nfate: {}\nexpected:\n{}\nreceived:\n{}\n",
      result.test_case->purpose, result.test_case->clause, name(result.test_case->level),
      name(result.outcome.fate), mismatch.expected, mismatch.received);
  node.append_child(pugi::node_pcdata).set_value(xml_text(text).c_str());
}

enum class Shown : std::uint8_t { kPass, kFailure, kError, kSkipped };

Shown shown_as(const CaseResult& result, bool strict) {
  if (!result.not_applicable.empty()) return Shown::kSkipped;
  switch (result.verdict()) {
    case VerdictKind::kPass: return Shown::kPass;
    case VerdictKind::kFail:
      return result.test_case->level == Level::kShould && !strict ? Shown::kSkipped
                                                                  : Shown::kFailure;
    default: return Shown::kError;
  }
}

void add_case(pugi::xml_node suite, const CaseResult& result, bool strict) {
  pugi::xml_node node = suite.append_child("testcase");
  node.append_attribute("name") = xml_text(result.test_case->id).c_str();
  node.append_attribute("classname") =
      ("wsapi-conform." + xml_text(group_of(result.test_case->id))).c_str();
  node.append_attribute("time") = fmt::format("{:.6f}", result.outcome.milliseconds / 1000).c_str();
  const Shown shown = shown_as(result, strict);
  if (shown == Shown::kPass) return;
  constexpr const char* kElements[] = {"", "failure", "error", "skipped"};
  pugi::xml_node detail = node.append_child(kElements[static_cast<std::size_t>(shown)]);
  detail.append_attribute("message") = xml_text(result.reason()).c_str();
  if (!result.not_applicable.empty()) return;
  detail.append_attribute("type") = std::string{name(result.verdict())}.c_str();
  add_details(detail, result);
}

void add_counts(pugi::xml_node node, const std::vector<const CaseResult*>& results, bool strict) {
  std::array<std::size_t, 4> counts{};
  double seconds = 0;
  for (const CaseResult* const result : results) {
    ++counts[static_cast<std::size_t>(shown_as(*result, strict))];
    seconds += result->outcome.milliseconds / 1000;
  }
  node.append_attribute("tests") = results.size();
  node.append_attribute("failures") = counts[static_cast<std::size_t>(Shown::kFailure)];
  node.append_attribute("errors") = counts[static_cast<std::size_t>(Shown::kError)];
  node.append_attribute("skipped") = counts[static_cast<std::size_t>(Shown::kSkipped)];
  node.append_attribute("time") = fmt::format("{:.6f}", seconds).c_str();
}

}  // namespace

void write_junit_report(std::ostream& out, const RunResult& result, const RunContext& context) {
  std::map<std::string, std::vector<const CaseResult*>> groups;
  std::vector<const CaseResult*> all;
  for (const CaseResult& one : result.cases) {
    groups[group_of(one.test_case->id)].push_back(&one);
    all.push_back(&one);
  }
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  pugi::xml_node root = document.append_child("testsuites");
  root.append_attribute("name") =
      xml_text(fmt::format("wsapi-conform {}", name(context.revision))).c_str();
  add_counts(root, all, context.strict);
  for (const auto& [group, results] : groups) {
    pugi::xml_node suite = root.append_child("testsuite");
    suite.append_attribute("name") = xml_text(group).c_str();
    add_counts(suite, results, context.strict);
    for (const CaseResult* const one : results) add_case(suite, *one, context.strict);
  }
  document.save(out, " ");
}

}  // namespace wsapi
