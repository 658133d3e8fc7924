// SPDX-License-Identifier: Apache-2.0

#include "harness/tester/case_context.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "codec/annotate.h"
#include "codec/decode.h"
#include "codec/hex.h"
#include "codec/json_form.h"
#include "harness/suite/message_words.h"
#include "harness/suite/overloaded.h"
#include "harness/suite/pattern_differences.h"
#include "harness/tester/connection_words.h"
#include "harness/tester/iut_role.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;
using Kind = Received::Kind;

constexpr std::string_view kUnique = "$unique";

// Messages that the IUT may send at any time (IutRole::passes_over), before one that is awaited.
constexpr std::size_t kMaxPassedOver = 10'000;

// Patterns of messages that may come late, on one connection.
constexpr std::size_t kMaxLate = 4096;
constexpr std::size_t kMaxWordsOfPatterns = 4;
constexpr std::size_t kMaxDescribed = 16;

std::string dump_of(const Received& received, Revision revision, Direction direction) {
  std::string out = to_string(received);
  out += received.kind == Kind::kTimeout ? " before the deadline\n" : "\n";
  if (received.kind == Kind::kMessage) {
    out += to_text(annotate(received.payload, revision, direction), received.payload);
  } else if (!received.payload.empty()) {
    out += printable(to_hex(received.payload, " ")) + "\n";
  }
  return out;
}

bool has_pong(const std::vector<Pattern>& patterns) {
  return std::ranges::any_of(patterns,
                             [](const Pattern& pattern) { return pattern.contains("pong"); });
}

}  // namespace

CaseContext::CaseContext(const IutAccess& access, std::string unique,
                         const std::vector<Step>& steps)
    : access_(access), recorder_(*access.clock, access.role->to_iut()) {
  variables_[std::string{kUnique}] = std::move(unique);
  note_expected(steps);
}

void CaseContext::note_expected(const std::vector<Pattern>& patterns) {
  for (const Pattern& pattern : patterns) {
    if (pattern.contains("message")) expected_kinds_.insert(pattern.at("message"));
  }
}

void CaseContext::note_expected(const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    std::visit(Overloaded{[&](const Expect& expect) {
                            note_expected(expect.patterns);
                            note_expected(expect.allowed);
                          },
                          [&](const Barrier& barrier) {
                            note_expected(barrier.allowed);
                            note_expected(barrier.never);
                          },
                          [&](const ExpectClose& close) { note_expected(close.allowed); },
                          [&](const Repeat& repeat) { note_expected(repeat.steps); },
                          [](const SendMessage&) {}, [](const SendPayload&) {},
                          [](const SendStream&) {}, [](const Connect&) {}, [](const EndOurSide&) {},
                          [](const Let&) {}, [](const Procedure&) {}},
               step.action);
  }
}

LowerTester* CaseContext::find(const std::string& name) const {
  const auto it = testers_.find(name);
  return it == testers_.end() ? nullptr : it->second.get();
}

std::vector<LowerTester*> CaseContext::testers() const {
  std::vector<LowerTester*> out;
  for (const auto& [name, tester] : testers_) out.push_back(tester.get());
  return out;
}

LowerTester& CaseContext::add(std::string name, std::unique_ptr<Wire> wire) {
  late_.erase(name);
  auto& place = testers_[name];
  place = std::make_unique<LowerTester>(std::move(name), std::move(wire), recorder_);
  return *place;
}

ReasonParts CaseContext::common_parts(const LowerTester& tester) const {
  ReasonParts out;
  // What the liveness check comes after was sent on a connection of the case.
  const LowerTester* const stimulated = in_liveness() ? find("main") : &tester;
  if (stimulated != nullptr) {
    std::string sent = sent_words(*stimulated, revision(), role().to_iut());
    if (!sent.empty()) out.emplace("sent", std::move(sent));
  }
  if (in_liveness()) {
    out.emplace("phase", "liveness check");
  } else if (tester.name() != "main") {
    out.emplace("connection", printable(tester.name()));
  }
  return out;
}

Reason CaseContext::reason_of(const LowerTester& tester, Failure failure,
                              const Received& received) const {
  Reason out{failure.code, std::move(failure.parts)};
  out.parts.merge(common_parts(tester));
  out.parts.insert_or_assign("came", received_words(received, revision(), from_iut()));
  if (received.kind == Kind::kError) {
    out.code = ReasonCode::kSuiteFault;
    out.parts.emplace("detail", printable(received.detail));
  } else if (received.kind == Kind::kViolation) {
    out.code = ReasonCode::kFrameViolation;
    out.parts.emplace("rule", received.detail);
    out.parts.emplace("octets", to_hex(received.payload, " "));
  } else if (received.kind == Kind::kMessage && !is_whole(received, revision(), from_iut())) {
    out.code = ReasonCode::kMalformedMessage;
  }
  std::erase_if(out.parts, [code = out.code](const auto& part) {
    return std::ranges::none_of(parts_of(code),
                                [&](const ReasonPart& one) { return one.name == part.first; });
  });
  return out;
}

std::vector<Difference> CaseContext::differences_of(const Failure& failure,
                                                    const Received& received) const {
  if (received.kind != Kind::kMessage) return {};
  const auto decoded = decode(received.payload, revision(), from_iut());
  if (!decoded) return {};
  const Json form = Json::parse(to_json(decoded->message, revision()));
  return least_differences(failure.patterns, form, variables_);
}

asio::awaitable<void> CaseContext::fail(LowerTester& tester, Failure failure, Received received) {
  outcome_.fate = fate_of(received);
  // Without negotiation, a connection on which nothing ever came tells.
  const bool no_answer =
      opening_ || (!has_version_negotiation(revision()) && !tester.has_received());
  if (received.kind == Kind::kTimeout && no_answer) outcome_.unresponsive = true;
  if (!in_liveness()) {
    const std::vector<LowerTester*> all = testers();
    std::string others = states_of_others(all, tester);
    if (!others.empty()) failure.parts.emplace("others", std::move(others));
    const std::vector<LowerTester*> holding = holding_others(all, tester);
    if (received.kind == Kind::kTimeout && !holding.empty()) {
      for (LowerTester* const other : holding) other->end(EndOurSide::How::kClose);
      const Received late = co_await receive_own(tester, deadline(), failure.patterns);
      failure.parts.emplace("afterwards", received_words(late, revision(), from_iut()) +
                                              " came when " + names_of(holding) +
                                              " had been closed");
    }
  }
  Mismatch mismatch{.expected = failure.expected,
                    .received = dump_of(received, revision(), from_iut()),
                    .differences = differences_of(failure, received)};
  outcome_.verdict.set(received.kind == Kind::kError ? VerdictKind::kError : VerdictKind::kFail,
                       reason_of(tester, std::move(failure), received), std::move(mismatch));
}

void CaseContext::cannot_connect(const WireResult& result) {
  ReasonParts parts{{"detail", printable(result.message)}};
  if (in_liveness()) parts.emplace("phase", "liveness check");
  if (result.is_suite_limit) {
    outcome_.verdict.set(VerdictKind::kError, {ReasonCode::kSuiteFault, std::move(parts)});
    return;
  }
  outcome_.unreachable = true;
  outcome_.fate = Fate::kUnreachable;
  outcome_.verdict.set(in_liveness() ? VerdictKind::kFail : VerdictKind::kInconc,
                       {ReasonCode::kCannotConnect, std::move(parts)});
}

void CaseContext::script_error(Reason reason) {
  outcome_.verdict.set(VerdictKind::kError, std::move(reason));
}

asio::awaitable<Received> CaseContext::receive_own(LowerTester& tester, Deadline end,
                                                   const std::vector<Pattern>& wanted) {
  std::size_t passed_over = 0;
  while (true) {
    Received received = co_await tester.receive(end);
    if (!is_passed_over(tester, received, wanted)) {
      if (received.kind == Kind::kMessage &&
          has_operation_of<VersionSet>(received.payload, revision())) {
        tester.set_negotiated();
      }
      co_return received;
    }
    // PONGs that never stop end at the deadline.
    if (received.kind != Kind::kPong && ++passed_over > kMaxPassedOver) co_return received;
  }
}

bool CaseContext::is_passed_over(const LowerTester& tester, const Received& received,
                                 const std::vector<Pattern>& wanted) {
  if (received.kind == Kind::kPong) return !has_pong(wanted);
  if (received.kind != Kind::kMessage) return false;
  if (received.payload.empty()) return true;  // no message (protocol section 1)
  const auto decoded = decode(received.payload, revision(), from_iut());
  if (!decoded) return false;
  const std::string unique = variables_.at(std::string{kUnique}).get<std::string>();
  const std::string_view kind = info_of(decoded->message, revision())->name;
  std::set<std::uint32_t>& events = foreign_events_[tester.name()];
  // The removal of an event is told to whom its creation was told.
  const auto* const remove = std::get_if<EventRemove>(&decoded->message);
  if (remove != nullptr && events.erase(remove->event_id) > 0) return true;
  const auto* const create = std::get_if<EventCreate>(&decoded->message);
  if (create != nullptr && is_wanted(received, wanted)) return false;
  if (!role().passes_over(decoded->message, unique, expected_kinds_.contains(kind))) return false;
  if (create != nullptr && events.size() < kMaxPassedOver) events.insert(create->event_id);
  return true;
}

bool CaseContext::is_unbound(const std::string& text) const {
  return text.starts_with('$') && !variables_.contains(text);
}

// Whether one of the patterns that say a name matches; binds nothing.
bool CaseContext::is_wanted(const Received& received, const std::vector<Pattern>& wanted) {
  const Variables before = variables_;
  const bool is_one = std::ranges::any_of(wanted, [&](const Pattern& pattern) {
    const auto name = pattern.find("name");
    return name != pattern.end() && name->is_string() && !is_unbound(name->get<std::string>()) &&
           matches_pattern(pattern, received);
  });
  variables_ = before;
  return is_one;
}

bool CaseContext::matches_pattern(const Pattern& pattern, const Received& received) {
  if (received.kind == Kind::kPong && pattern.contains("pong")) {
    const Json& payload = pattern.at("pong");
    return payload.is_null() || payload == to_hex(received.payload);
  }
  if (received.kind != Kind::kMessage) return false;
  const auto decoded = decode(received.payload, revision(), from_iut());
  if (!decoded || decoded->size != received.payload.size()) return false;
  const MessageInfo* const info = info_of(decoded->message, revision());
  if (info->name != pattern.value("message", "")) return false;
  return matches(pattern, Json::parse(to_json(decoded->message, revision())), variables_);
}

bool CaseContext::is_about_the_same(const Pattern& pattern, const Received& received) const {
  if (received.kind != Kind::kMessage) return false;
  const auto decoded = decode(received.payload, revision(), from_iut());
  if (!decoded || info_of(decoded->message, revision())->name != pattern.value("message", "")) {
    return false;
  }
  const Json form = Json::parse(to_json(decoded->message, revision()));
  return std::ranges::all_of(pattern.items(), [&](const auto& item) {
    return !item.value().is_number() || item.value() == form.at(item.key());
  });
}

bool CaseContext::remove_match(std::vector<Pattern>& patterns, const Received& received) {
  const auto it = std::ranges::find_if(
      patterns, [&](const Pattern& pattern) { return matches_pattern(pattern, received); });
  if (it == patterns.end()) return false;
  patterns.erase(it);
  return true;
}

void CaseContext::allow_late(const LowerTester& tester, std::vector<Pattern> patterns) {
  std::vector<Pattern>& late = late_[tester.name()];
  for (Pattern& pattern : patterns) {
    if (late.size() < kMaxLate) late.push_back(std::move(pattern));
  }
}

bool CaseContext::remove_late(const LowerTester& tester, const Received& received) {
  const auto late = late_.find(tester.name());
  return late != late_.end() && remove_match(late->second, received);
}

std::string CaseContext::words_of_patterns(const std::vector<Pattern>& patterns,
                                           std::string_view conjunction) const {
  std::string out;
  for (std::size_t i = 0; i < std::min(patterns.size(), kMaxWordsOfPatterns); ++i) {
    if (i > 0) out.append(" ").append(conjunction).append(" ");
    out += words_of(substitute(patterns[i], variables_));
  }
  if (patterns.size() <= kMaxWordsOfPatterns) return out;
  return fmt::format("{} {} {} more", out, conjunction, patterns.size() - kMaxWordsOfPatterns);
}

std::string CaseContext::describe(const std::vector<Pattern>& patterns) const {
  std::string out;
  for (std::size_t i = 0; i < std::min(patterns.size(), kMaxDescribed); ++i) {
    out += describe_pattern(patterns[i], variables_);
  }
  if (patterns.size() <= kMaxDescribed) return out;
  return out + fmt::format("and {} more\n", patterns.size() - kMaxDescribed);
}

Outcome CaseContext::finish() && {
  testers_.clear();
  outcome_.milliseconds =
      std::chrono::duration<double, std::milli>(clock().now() - recorder_.start).count();
  outcome_.transcript = std::move(recorder_.transcript);
  return std::move(outcome_);
}

}  // namespace wsapi
