// SPDX-License-Identifier: Apache-2.0

#include "harness/tester/connection_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "codec/decode.h"
#include "harness/suite/message_words.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

constexpr std::size_t kMaxShown = 4;  // connections in one sentence
constexpr std::size_t kMaxName = 40;  // characters

std::string quoted_name(const LowerTester& tester) {
  return "`" + printable(tester.name(), kMaxName) + "`";
}

std::string part_words(const SentPart& part) {
  if (part.size) return fmt::format("{} of {} octets of a frame", part.count, *part.size);
  return fmt::format("{} octet{} of a frame's header", part.count, part.count == 1 ? "" : "s");
}

std::string end_words(EndOurSide::How how) {
  switch (how) {
    case EndOurSide::How::kClose: return "is closed";
    case EndOurSide::How::kReset: return "was reset";
    case EndOurSide::How::kShutdown: return "has ended its sending";
  }
  return "";
}

// "holds 13 of 39 octets of a frame"; empty where it is open and idle.
std::string state_words(const LowerTester& tester) {
  if (const auto how = tester.our_end()) return end_words(*how);
  if (tester.ended()) return "was ended by the peer";
  if (const auto part = tester.sent_part()) return "holds " + part_words(*part);
  const std::size_t count = tester.messages_since_read();
  if (count == 0) return "";
  return fmt::format("has sent {} message{} and read nothing since", count, count == 1 ? "" : "s");
}

bool is_holding(const LowerTester& tester) {
  if (tester.ended() || tester.our_end()) return false;
  return tester.sent_part().has_value() || tester.messages_since_read() > 0;
}

std::string joined(const std::vector<std::string>& texts) {
  const std::size_t shown = std::min(texts.size(), kMaxShown);
  std::string out = fmt::format(
      "{}", fmt::join(texts.begin(), texts.begin() + static_cast<std::ptrdiff_t>(shown), " and "));
  if (shown < texts.size()) out += fmt::format(" and {} more", texts.size() - shown);
  return out;
}

}  // namespace

std::string sent_words(const LowerTester& tester, Revision revision, Direction to_iut) {
  if (const auto part = tester.sent_part()) return part_words(*part);
  const LastSent& last = tester.last_sent();
  return last.message ? words_of(*last.message, revision, to_iut) : last.other;
}

std::string received_words(const Received& received, Revision revision, Direction from_iut) {
  if (received.kind != Received::Kind::kMessage) return to_string(received);
  return words_of(received.payload, revision, from_iut);
}

bool is_whole(const Received& received, Revision revision, Direction from_iut) {
  const auto decoded = decode(received.payload, revision, from_iut);
  return decoded && decoded->size == received.payload.size();
}

std::string states_of_others(const std::vector<LowerTester*>& all, const LowerTester& failed) {
  std::vector<std::string> states;
  for (const LowerTester* const tester : all) {
    if (tester == &failed) continue;
    const std::string state = state_words(*tester);
    if (!state.empty()) states.push_back(quoted_name(*tester) + " " + state);
  }
  return states.empty() ? "" : "while " + joined(states);
}

std::vector<LowerTester*> holding_others(const std::vector<LowerTester*>& all,
                                         const LowerTester& failed) {
  std::vector<LowerTester*> out;
  for (LowerTester* const tester : all) {
    if (tester != &failed && is_holding(*tester)) out.push_back(tester);
  }
  return out;
}

std::string names_of(const std::vector<LowerTester*>& testers) {
  std::vector<std::string> names;
  for (const LowerTester* const tester : testers) names.push_back(quoted_name(*tester));
  return joined(names);
}

}  // namespace wsapi
