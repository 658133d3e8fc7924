// SPDX-License-Identifier: Apache-2.0

#include "harness/tester/case_context.h"

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "codec/annotate.h"
#include "codec/decode.h"
#include "codec/hex.h"
#include "codec/json_form.h"
#include "harness/suite/overloaded.h"
#include "harness/tester/iut_role.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;
using Kind = Received::Kind;

constexpr std::string_view kUnique = "$unique";

// Messages that the IUT may send at any time (IutRole::passes_over), in one case.
constexpr std::size_t kMaxPassedOver = 10'000;

std::string dump_of(const Received& received, Revision revision, Direction direction) {
  std::string out = to_string(received) + "\n";
  if (received.kind == Kind::kMessage) {
    out += to_text(annotate(received.payload, revision, direction), received.payload);
  } else if (!received.payload.empty()) {
    out += printable(to_hex(received.payload, " ")) + "\n";
  }
  return out;
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
    std::visit(
        Overloaded{[&](const Expect& expect) {
                     note_expected(expect.patterns);
                     note_expected(expect.allowed);
                   },
                   [&](const Barrier& barrier) {
                     note_expected(barrier.allowed);
                     note_expected(barrier.never);
                   },
                   [&](const ExpectClose& close) { note_expected(close.allowed); },
                   [&](const Repeat& repeat) { note_expected(repeat.steps); },
                   [](const SendMessage&) {}, [](const SendPayload&) {}, [](const SendStream&) {},
                   [](const Connect&) {}, [](const EndOurSide&) {}, [](const Let&) {}},
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
  auto& place = testers_[name];
  place = std::make_unique<LowerTester>(std::move(name), std::move(wire), recorder_);
  return *place;
}

Reason CaseContext::reason(ReasonCode code, ReasonParts parts) const {
  if (in_liveness()) parts.emplace("phase", "liveness check");
  return {code, std::move(parts)};
}

void CaseContext::fail(const LowerTester& tester, ReasonCode code, std::string expected,
                       const Received& received) {
  outcome_.fate = fate_of(received);
  ReasonParts parts{{"came", to_string(received)}};
  if (tester.name() != "main" && !in_liveness()) {
    parts.emplace("connection", printable(tester.name()));
  }
  // Without negotiation, a connection on which nothing ever came tells.
  const bool no_answer =
      opening_ || (!has_version_negotiation(revision()) && !tester.has_received());
  if (received.kind == Kind::kTimeout && no_answer) outcome_.unresponsive = true;
  outcome_.verdict.set(
      received.kind == Kind::kError ? VerdictKind::kError : VerdictKind::kFail,
      reason(code, std::move(parts)),
      {std::move(expected), dump_of(received, revision(), opposite(role().to_iut()))});
}

void CaseContext::cannot_connect(const std::string& detail) {
  outcome_.unreachable = true;
  outcome_.fate = Fate::kUnreachable;
  outcome_.verdict.set(in_liveness() ? VerdictKind::kFail : VerdictKind::kInconc,
                       reason(ReasonCode::kCannotConnect, {{"detail", printable(detail)}}));
}

void CaseContext::script_error(Reason reason) {
  outcome_.verdict.set(VerdictKind::kError, std::move(reason));
}

asio::awaitable<Received> CaseContext::receive_own(LowerTester& tester, Deadline end) {
  while (true) {
    Received received = co_await tester.receive(end);
    if (!is_passed_over(received)) co_return received;
    if (++passed_over_ > kMaxPassedOver) co_return received;
  }
}

bool CaseContext::is_passed_over(const Received& received) const {
  if (received.kind != Kind::kMessage) return false;
  const auto decoded = decode(received.payload, revision(), opposite(role().to_iut()));
  if (!decoded) return false;
  const auto& unique = variables_.at(std::string{kUnique}).get_ref<const std::string&>();
  return role().passes_over(decoded->message, unique,
                            expected_kinds_.contains(info_of(decoded->message, revision())->name));
}

bool CaseContext::matches_pattern(const Pattern& pattern, const Received& received) {
  if (received.kind == Kind::kPong && pattern.contains("pong")) {
    const Json& payload = pattern.at("pong");
    return payload.is_null() || payload == to_hex(received.payload);
  }
  if (received.kind != Kind::kMessage) return false;
  const auto decoded = decode(received.payload, revision(), opposite(role().to_iut()));
  if (!decoded || decoded->size != received.payload.size()) return false;
  const MessageInfo* const info = info_of(decoded->message, revision());
  if (info->name != pattern.value("message", "")) return false;
  return matches(pattern, Json::parse(to_json(decoded->message, revision())), variables_);
}

bool CaseContext::remove_match(std::vector<Pattern>& patterns, const Received& received) {
  const auto it = std::ranges::find_if(
      patterns, [&](const Pattern& pattern) { return matches_pattern(pattern, received); });
  if (it == patterns.end()) return false;
  patterns.erase(it);
  return true;
}

std::string CaseContext::examples(const std::vector<Pattern>& patterns) const {
  std::string out;
  for (const Pattern& pattern : patterns) {
    if (!out.empty()) out += "and, or instead of it:\n";
    out += example_of(pattern, variables_, revision());
  }
  return out;
}

Outcome CaseContext::finish() && {
  testers_.clear();
  outcome_.milliseconds =
      std::chrono::duration<double, std::milli>(clock().now() - recorder_.start).count();
  outcome_.transcript = std::move(recorder_.transcript);
  return std::move(outcome_);
}

}  // namespace wsapi
