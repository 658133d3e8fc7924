// SPDX-License-Identifier: Apache-2.0

#include "harness/result/reason.h"

#include <algorithm>

namespace wsapi {
namespace {

struct CodeInfo {
  std::string_view name;
  // {part} stands for a part. What is in square brackets is there if its part is.
  std::string_view sentence;
};

// In the order of ReasonCode.
constexpr std::array<CodeInfo, kReasonCodeCount> kCodes{{
    {"none", ""},
    {"expected-message-missing",
     "[{phase}: ]an expected message did not come[ on connection {connection}]: {came} came"},
    {"barrier-not-answered",
     "[{phase}: ]a call of a verb that does not exist was not answered by an error next"
     "[ on connection {connection}]: {came} came"},
    {"not-closed",
     "[{phase}: ]the connection was not closed[ on connection {connection}]: {came} came"},
    {"closed-otherwise",
     "[{phase}: ]the connection was closed in another way[ on connection {connection}]: "
     "{came} came"},
    {"version-not-set",
     "[{phase}: ]the offer of version 1 was not answered by VERSION SET 1"
     "[ on connection {connection}]: {came} came"},
    {"offer-missing",
     "[{phase}: ]the client did not begin with VERSION OFFER[ on connection {connection}]: "
     "{came} came"},
    {"ping-not-answered",
     "[{phase}: ]a PING was not answered by a PONG next[ on connection {connection}]: {came} came"},
    {"push-not-answered",
     "[{phase}: ]a push of an unknown event was not answered by EVENT UNEXPECTED next"
     "[ on connection {connection}]: {came} came"},
    {"cannot-connect", "[{phase}: ]{detail}"},
    {"unknown-connection", "the script uses connection {connection}, which it has not opened"},
    {"unreadable-message", "the script's message cannot be read: {detail}"},
    {"unencodable-message", "the script's message cannot be encoded: {detail}"},
    {"other-revision", "not in revision {revision}"},
    {"test-api-missing", "needs the test API: {verbs}"},
    {"iut-unreachable", "no server can be reached: {detail}"},
    {"iut-lost", "the implementation under test accepts no connection any more"},
    {"iut-unresponsive",
     "the implementation under test answered nothing on {connections} connections in a row"},
    {"interrupted", "interrupted by {signal}"},
    {"records-incomplete", "the records of the run end before the run did"},
}};

const CodeInfo& info_of(ReasonCode code) noexcept { return kCodes[static_cast<std::size_t>(code)]; }

// A piece of a sentence: text, or a part, which in brackets may have text before and after it.
struct Piece {
  std::string_view before;
  std::string_view part;  // empty where the piece is text alone
  std::string_view after;
  bool optional = false;
};

// Splits at the first part: {part}, or text{part}text where it is optional.
Piece split_at_part(std::string_view text, bool optional) {
  const std::size_t open = text.find('{');
  const std::size_t close = text.find('}');
  return {text.substr(0, open), text.substr(open + 1, close - open - 1), text.substr(close + 1),
          optional};
}

// Cuts the first piece off.
Piece next_piece(std::string_view& sentence) {
  const std::size_t start = std::min(sentence.find_first_of("[{"), sentence.size());
  if (start > 0) {
    const Piece text{sentence.substr(0, start), {}, {}, false};
    sentence.remove_prefix(start);
    return text;
  }
  const bool optional = sentence.front() == '[';
  const std::size_t end = sentence.find(optional ? ']' : '}');
  const Piece out = optional ? split_at_part(sentence.substr(1, end - 1), true)
                             : split_at_part(sentence.substr(0, end + 1), false);
  sentence.remove_prefix(end + 1);
  return out;
}

}  // namespace

std::string_view name(ReasonCode code) noexcept { return info_of(code).name; }

std::optional<ReasonCode> parse_reason_code(std::string_view text) noexcept {
  for (std::size_t i = 0; i < kCodes.size(); ++i) {
    if (kCodes[i].name == text) return static_cast<ReasonCode>(i);
  }
  return std::nullopt;
}

std::vector<ReasonPart> parts_of(ReasonCode code) {
  std::vector<ReasonPart> out;
  for (std::string_view rest = info_of(code).sentence; !rest.empty();) {
    const Piece piece = next_piece(rest);
    if (!piece.part.empty()) out.push_back({piece.part, !piece.optional});
  }
  return out;
}

std::string to_text(const Reason& reason) {
  std::string out;
  for (std::string_view rest = info_of(reason.code).sentence; !rest.empty();) {
    const Piece piece = next_piece(rest);
    const auto part = reason.parts.find(piece.part);
    const bool is_there = part != reason.parts.end();
    if (!piece.part.empty() && piece.optional && !is_there) continue;
    out += piece.before;
    if (!piece.part.empty()) {
      out += is_there ? part->second : "{" + std::string{piece.part} + "}";
    }
    out += piece.after;
  }
  return out;
}

}  // namespace wsapi
