// SPDX-License-Identifier: Apache-2.0
//
// The JUnit XML report, as CI servers read it: a suite for each group of cases (what stands before
// the last slash of an id). A failed case of level should is a skipped one with its reason, unless
// the run is strict; so are cases that do not apply. A case that was not run is an error.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <ostream>
#include <pugixml.hpp>
#include <vector>

#include "harness/result/disposition.h"
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

std::string group_of(const std::string& id) {
  return id.substr(0, std::min(id.rfind('/', id.find('~')), id.find('~')));
}

void add_details(pugi::xml_node node, const CaseRecord& record) {
  const std::string text = fmt::format(
      "purpose: {}\nclause: {}\nlevel: {}\nfate: {}\nexpected:\n{}\nsent:\n{}\nreceived:\n{}\n",
      record.test.purpose, record.test.clause, name(record.test.level), name(record.fate),
      record.expected, record.sent, record.received);
  node.append_child(pugi::node_pcdata).set_value(xml_text(text).c_str());
}

enum class Shown : std::uint8_t { kPass, kFailure, kError, kSkipped };

Shown shown_as(const CaseRecord& record, bool strict) {
  switch (disposition_of(record)) {
    case Disposition::kPassed: return Shown::kPass;
    case Disposition::kFailed: return Shown::kFailure;
    case Disposition::kShouldFailed: return strict ? Shown::kFailure : Shown::kSkipped;
    case Disposition::kBlocked:
    case Disposition::kNotApplicable: return Shown::kSkipped;
    case Disposition::kInconclusive:
    case Disposition::kError:
    case Disposition::kNotRun: return Shown::kError;
  }
  return Shown::kError;
}

std::string seconds_text(std::int64_t us) {
  return fmt::format("{}.{:06}", us / 1'000'000, us % 1'000'000);
}

void add_case(pugi::xml_node suite, const CaseRecord& record, bool strict) {
  pugi::xml_node node = suite.append_child("testcase");
  node.append_attribute("name") = xml_text(record.test.id).c_str();
  node.append_attribute("classname") =
      ("wsapi-conform." + xml_text(group_of(record.test.id))).c_str();
  node.append_attribute("time") = seconds_text(record.duration_us).c_str();
  const Shown shown = shown_as(record, strict);
  if (shown == Shown::kPass) return;
  constexpr const char* kElements[] = {"", "failure", "error", "skipped"};
  pugi::xml_node detail = node.append_child(kElements[static_cast<std::size_t>(shown)]);
  detail.append_attribute("message") = xml_text(reason_text(record)).c_str();
  const Disposition disposition = disposition_of(record);
  if (disposition == Disposition::kNotApplicable || disposition == Disposition::kBlocked) return;
  detail.append_attribute("type") = std::string{verdict_name(disposition)}.c_str();
  if (disposition != Disposition::kNotRun) add_details(detail, record);
}

void add_counts(pugi::xml_node node, const std::vector<const CaseRecord*>& records, bool strict) {
  std::array<std::size_t, 4> counts{};
  std::int64_t us = 0;
  for (const CaseRecord* const record : records) {
    ++counts[static_cast<std::size_t>(shown_as(*record, strict))];
    us += record->duration_us;
  }
  node.append_attribute("tests") = records.size();
  node.append_attribute("failures") = counts[static_cast<std::size_t>(Shown::kFailure)];
  node.append_attribute("errors") = counts[static_cast<std::size_t>(Shown::kError)];
  node.append_attribute("skipped") = counts[static_cast<std::size_t>(Shown::kSkipped)];
  node.append_attribute("time") = seconds_text(us).c_str();
}

}  // namespace

void write_junit_report(std::ostream& out, const RunRecords& records) {
  const bool strict = records.header.strict;
  std::map<std::string, std::vector<const CaseRecord*>> groups;
  std::vector<const CaseRecord*> all;
  for (const CaseRecord& record : records.cases) {
    groups[group_of(record.test.id)].push_back(&record);
    all.push_back(&record);
  }
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  pugi::xml_node root = document.append_child("testsuites");
  root.append_attribute("name") =
      xml_text(fmt::format("wsapi-conform {}", name(records.header.revision))).c_str();
  add_counts(root, all, strict);
  for (const auto& [group, members] : groups) {
    pugi::xml_node suite = root.append_child("testsuite");
    suite.append_attribute("name") = xml_text(group).c_str();
    add_counts(suite, members, strict);
    for (const CaseRecord* const one : members) add_case(suite, *one, strict);
  }
  document.save(out, " ");
}

}  // namespace wsapi
