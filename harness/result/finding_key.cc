// SPDX-License-Identifier: Apache-2.0

#include "harness/result/finding_key.h"

#include <algorithm>
#include <cctype>

namespace wsapi {
namespace {

// Numbers, hexadecimal octets and quoted texts differ from case to case.
std::string without_values(std::string_view text) {
  std::string out;
  bool is_quoted = false;
  for (const char c : text) {
    if (c == '"' || c == '\'') is_quoted = !is_quoted;
    if (is_quoted) continue;
    if (std::isdigit(static_cast<unsigned char>(c)) == 0) {
      out += c;
    } else if (out.empty() || out.back() != '#') {
      out += '#';
    }
  }
  return out;
}

// "calls" of "calls-one-reply".
std::string_view section_of(std::string_view clause) { return clause.substr(0, clause.find('-')); }

// Before what the case is about.
bool is_of_the_opening(ReasonCode code) {
  return code == ReasonCode::kVersionNotSet || code == ReasonCode::kOfferMissing ||
         code == ReasonCode::kCannotConnect;
}

}  // namespace

std::string finding_key(const CaseRecord& record) {
  if (!record.faults.empty()) return "fault " + record.faults.front().title;
  if (!record.test.basic.empty()) return "feature " + record.test.basic;
  // What known peers do is another fault than what none may do.
  std::string key = record.test.level == Level::kShould ? "should|" : "|";
  key.append(name(record.reason.code)) += "|";
  const auto came = record.reason.parts.find("came");
  if (came != record.reason.parts.end()) key += without_values(came->second);
  key += "|";
  if (!record.differences.empty()) key += without_values(record.differences.front().path);
  key += "|";
  if (!is_of_the_opening(record.reason.code)) key += section_of(record.test.clause);
  return key;
}

}  // namespace wsapi
