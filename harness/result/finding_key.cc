// SPDX-License-Identifier: Apache-2.0

#include "harness/result/finding_key.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace wsapi {
namespace {

// Numbers, quoted texts, texts in parentheses and payloads differ from case to case.
std::string without_values(std::string_view text) {
  constexpr std::string_view kPayload = " with payload";
  std::string out;
  std::size_t depth = 0;
  bool is_quoted = false;
  for (const char c : text.substr(0, text.find(kPayload))) {
    if (c == '"' || c == '\'') is_quoted = !is_quoted;
    if (c == '(') ++depth;
    if (c == ')' && depth > 0) --depth;
    if (is_quoted || depth > 0) continue;
    if (std::isdigit(static_cast<unsigned char>(c)) == 0) {
      out += c;
    } else if (out.empty() || out.back() != '#') {
      out += '#';
    }
  }
  return out;
}

std::string_view part(const CaseRecord& record, std::string_view name) {
  const auto found = record.reason.parts.find(name);
  return found == record.reason.parts.end() ? std::string_view{} : found->second;
}

// "calls" of "calls-one-reply".
std::string section_of(const CaseRecord& record) {
  return record.test.clause.substr(0, record.test.clause.find('-'));
}

// The kind of a message in words: "REPLY" of "REPLY 1 with an error", "PONG" of "an empty PONG".
std::string kind_of(std::string_view words) {
  std::string out;
  for (std::size_t begin = 0; begin < words.size();) {
    const std::size_t end = std::min(words.find(' ', begin), words.size());
    const std::string_view word = words.substr(begin, end - begin);
    const bool is_name = !word.empty() && std::ranges::all_of(word, [](unsigned char c) {
      return std::isupper(c) != 0;
    });
    if (is_name) {
      out.append(out.empty() ? "" : " ").append(word);
    } else if (!out.empty()) {
      break;
    }
    begin = end + 1;
  }
  return out;
}

// The verb of `CALL 2 "whoami"`, which several rules may be about.
std::string_view verb_of(std::string_view sent) {
  const std::size_t begin = sent.find('"');
  if (begin == std::string_view::npos) return {};
  return sent.substr(begin + 1, sent.find('"', begin + 1) - begin - 1);
}

std::string first_path(const CaseRecord& record) {
  return record.differences.empty() ? "" : without_values(record.differences.front().path);
}

// A message of the kind that was expected came, and something in it is wrong.
std::string key_of_wrong_message(const CaseRecord& record) {
  const std::string path = first_path(record);
  const std::string kind = kind_of(part(record, "came"));
  if (path.empty()) return "wrong " + kind + "|" + without_values(part(record, "came"));
  return "wrong " + kind + "|" + path + "|" + std::string{verb_of(part(record, "sent"))};
}

std::string key_of_reason(const CaseRecord& record) {
  const std::string code{name(record.reason.code)};
  const std::string came = without_values(part(record, "came"));
  switch (record.reason.code) {
    // Before what the case is about.
    case ReasonCode::kVersionNotSet:
    case ReasonCode::kOfferMissing:
    case ReasonCode::kCannotConnect: return code + "|" + came;
    case ReasonCode::kSilenceRequired:
      return code + "|" + without_values(part(record, "sent")) + "|" + came;
    case ReasonCode::kNotClosed:
    case ReasonCode::kClosedOtherwise: return code + "|" + section_of(record);
    case ReasonCode::kExpectedMessageMissing:
    case ReasonCode::kMessageNotAllowed: {
      const std::string kind = kind_of(part(record, "came"));
      if (!kind.empty() && kind == kind_of(part(record, "required"))) {
        return key_of_wrong_message(record);
      }
      return code + "|" + kind_of(part(record, "required")) + "|" + came + "|" + section_of(record);
    }
    default: return code + "|" + came + "|" + section_of(record);
  }
}

}  // namespace

std::string finding_key(const CaseRecord& record) {
  if (!record.faults.empty()) return "fault " + record.faults.front().title;
  if (!record.test.basic.empty()) return "feature " + record.test.basic;
  // What known peers do is another fault than what none may do.
  const std::string level = record.test.level == Level::kShould ? "should|" : "|";
  return level + key_of_reason(record);
}

}  // namespace wsapi
