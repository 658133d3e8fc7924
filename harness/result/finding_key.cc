// SPDX-License-Identifier: Apache-2.0

#include "harness/result/finding_key.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace wsapi {
namespace {

bool is_hex_digit(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }

// Numbers, quoted texts, texts in parentheses and payloads differ from case to case.
std::string without_values(std::string_view text) {
  constexpr std::string_view kPayload = " with payload";
  std::string out;
  std::size_t depth = 0;
  bool is_quoted = false;
  bool is_hex = false;
  for (const char c : text.substr(0, text.find(kPayload))) {
    // The digits of 0x7f: the x is that of a number, and so is what follows it.
    is_hex = is_hex ? is_hex_digit(c) : c == 'x' && !out.empty() && out.back() == '#';
    if (is_hex) continue;
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
  const std::string kind = message_kind(part(record, "came"));
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
    case ReasonCode::kSilenceRequired: {
      const std::string kind = message_kind(part(record, "came"));
      return code + "|" + without_values(part(record, "sent")) + "|" + (kind.empty() ? came : kind);
    }
    case ReasonCode::kNotClosed:
    case ReasonCode::kClosedOtherwise: return code + "|" + section_of(record.test.clause);
    case ReasonCode::kExpectedMessageMissing:
    case ReasonCode::kMessageNotAllowed: {
      const std::string kind = message_kind(part(record, "came"));
      if (!kind.empty() && kind == message_kind(part(record, "required"))) {
        return key_of_wrong_message(record);
      }
      return code + "|" + message_kind(part(record, "required")) + "|" + came + "|" +
             section_of(record.test.clause);
    }
    default: return code + "|" + came + "|" + section_of(record.test.clause);
  }
}

}  // namespace

std::string finding_key_of_example(const CaseRecord& example) {
  if (!example.faults.empty() || !example.test.basic.empty()) return "";
  const bool has_message = !message_kind(part(example, "came")).empty();
  const std::string sign = has_message ? "a message" : without_values(part(example, "came"));
  // What is malformed is read by other code for each kind of message.
  const bool is_of_one_kind = section_of(example.test.clause) == "classes" &&
                              example.test.clause != "classes-trailing-bytes";
  const std::string of_kind = is_of_one_kind ? message_kind(part(example, "sent")) : "";
  const std::string level = example.test.level == Level::kShould ? "should|" : "|";
  return level + example.test.clause + "|" + of_kind + "|" + sign;
}

std::string message_kind(std::string_view words) {
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

std::string section_of(const std::string& clause) { return clause.substr(0, clause.find('-')); }

std::string finding_key(const CaseRecord& record) {
  if (!record.faults.empty()) return "fault " + record.faults.front().title;
  if (!record.test.basic.empty()) return "feature " + record.test.basic;
  // What known peers do is another fault than what none may do.
  const std::string level = record.test.level == Level::kShould ? "should|" : "|";
  return level + key_of_reason(record);
}

}  // namespace wsapi
