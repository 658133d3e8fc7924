// SPDX-License-Identifier: Apache-2.0

#include "harness/result/reason.h"

#include <algorithm>

namespace wsapi {
namespace {

struct CodeInfo {
  std::string_view name;
  // {part} stands for a part. What is in square brackets is there if its part is.
  // In segments, which are said one after the other.
  std::array<std::string_view, 5> sentence;
};

// What the sentences of failures on a connection have in common.
constexpr std::string_view kPhase = "[{phase}: ]";
constexpr std::string_view kAfter = "[ after {sent}][ on connection {connection}]";
constexpr std::string_view kOthers = "[, {others}][; {afterwards}]";

// In the order of ReasonCode.
constexpr std::array<CodeInfo, kReasonCodeCount> kCodes{{
    {"none", {""}},
    {"expected-message-missing",
     {kPhase, "{required} was expected", kAfter, "; {came} came", kOthers}},
    {"silence-required", {kPhase, "silence was required", kAfter, "; {came} came", kOthers}},
    {"message-not-allowed",
     {kPhase, "nothing but {required} may come", kAfter, "; {came} came", kOthers}},
    {"good-request-not-answered",
     {kPhase, "{request} was not answered by {required}", kAfter, "; {came} came", kOthers}},
    {"frame-violation",
     {kPhase, "octets that break the rules of frames ({rule}) came", kAfter, ": {octets}",
      kOthers}},
    {"malformed-message",
     {kPhase, "a malformed or misdirected message came", kAfter, ": {came}", kOthers}},
    {"not-closed", {kPhase, "the connection had to be closed", kAfter, "; {came} came", kOthers}},
    {"closed-otherwise",
     {kPhase, "the connection had to be closed by {required}", kAfter, "; {came} came", kOthers}},
    {"version-not-set",
     {kPhase, "the offer of version 1 was not answered by VERSION SET 1", kAfter, "; {came} came",
      kOthers}},
    {"offer-missing",
     {kPhase, "the client did not begin with VERSION OFFER", kAfter, "; {came} came", kOthers}},
    {"cannot-connect", {"[{phase}: ]{detail}"}},
    {"unknown-connection", {"the script uses connection {connection}, which it has not opened"}},
    {"unreadable-message", {"the script's message cannot be read: {detail}"}},
    {"unencodable-message", {"the script's message cannot be encoded: {detail}"}},
    {"suite-fault", {kPhase, "the suite itself failed: {detail}"}},
    {"unknown-procedure", {"the script names a procedure that does not exist: {name}"}},
    {"not-watched", {"the process of the implementation under test is not watched"}},
    {"process-ended", {"the process of the implementation under test has ended"}},
    {"service-lost", {"a good call was not answered {when}"}},
    {"service-slower", {"a good call takes {after} ms after {what}; before, it took {before} ms"}},
    {"memory-grows",
     {"memory grows by {slope} +/- {error} bytes for each {of} (measured over {count})"}},
    {"memory-touched", {"{size} of memory were touched for {of}"}},
    {"descriptors-left", {"{left} {what} are left after {count} times: {of}"}},
    {"cpu-busy",
     {"the process keeps computing with nothing to do, for {share} % of the time, {when}: {of}"}},
    {"fails-under-stress", {"under stress, the implementation under test {what}[: {smallest}]"}},
    {"fault-reported", {"the implementation under test reported a fault: {fault}"}},
    {"blocked-by-feature", {"{feature} ({case})"}},
    {"other-revision", {"not in revision {revision}"}},
    {"test-api-missing", {"needs the test API: {verbs}"}},
    {"iut-unreachable", {"no server can be reached: {detail}"}},
    {"iut-lost", {"the implementation under test accepts no connection any more"}},
    {"iut-unresponsive",
     {"the implementation under test answered nothing on {connections} connections in a row"}},
    {"iut-not-wsapi", {"the peer is not a WSAPI server: {what}[; it sent {octets}]"}},
    {"iut-other-revision",
     {"the peer speaks revision {spoken}, and the run was told {told}: {what}"}},
    {"enough-of-its-kind",
     {"{count} cases of its kind failed, each after a full time limit: {case} is one of them"}},
    {"interrupted", {"interrupted by {signal}"}},
    {"records-incomplete", {"the records of the run end before the run did"}},
    {"revision-contradiction", {"{seen}, but {rest}"}},
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

void append_piece(std::string& out, const Piece& piece, const ReasonParts& parts) {
  const auto part = parts.find(piece.part);
  const bool is_there = part != parts.end();
  if (!piece.part.empty() && piece.optional && !is_there) return;
  out += piece.before;
  if (!piece.part.empty()) out += is_there ? part->second : "{" + std::string{piece.part} + "}";
  out += piece.after;
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
  for (std::string_view rest : info_of(code).sentence) {
    while (!rest.empty()) {
      const Piece piece = next_piece(rest);
      if (!piece.part.empty()) out.push_back({piece.part, !piece.optional});
    }
  }
  return out;
}

std::string to_text(const Reason& reason) {
  std::string out;
  for (std::string_view rest : info_of(reason.code).sentence) {
    while (!rest.empty()) append_piece(out, next_piece(rest), reason.parts);
  }
  return out;
}

}  // namespace wsapi
