// SPDX-License-Identifier: Apache-2.0
#pragma once

// The state of one case while its script runs: connections, variables, what has become of it so
// far; and what every step needs of it: the next message, whether it matches, how a failure is
// told.

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "codec/message.h"
#include "harness/suite/pattern.h"
#include "harness/tester/interpreter.h"
#include "harness/tester/lower_tester.h"

namespace wsapi {

class CaseContext {
 public:
  // `access` must outlive it. `steps` tell which kinds of messages the case waits for itself.
  CaseContext(const IutAccess& access, std::string unique, const std::vector<Step>& steps);

  enum class Phase : std::uint8_t { kBody, kLiveness };

  [[nodiscard]] const IutAccess& access() const noexcept { return access_; }
  [[nodiscard]] const IutRole& role() const noexcept { return *access_.role; }
  [[nodiscard]] Revision revision() const noexcept { return access_.revision; }
  [[nodiscard]] Clock& clock() const noexcept { return *access_.clock; }
  [[nodiscard]] Variables& variables() noexcept { return variables_; }
  [[nodiscard]] CaseRecorder& recorder() noexcept { return recorder_; }
  [[nodiscard]] Outcome& outcome() noexcept { return outcome_; }
  [[nodiscard]] bool may_go_on() const noexcept { return outcome_.verdict.may_go_on(); }

  // When something that is waited for from now on is late.
  [[nodiscard]] Deadline deadline() const { return clock().after(access_.timeout); }

  void set_phase(Phase phase) noexcept { phase_ = phase; }
  [[nodiscard]] bool in_liveness() const noexcept { return phase_ == Phase::kLiveness; }
  // While a connection is opened; silence there counts against the IUT as a whole.
  void set_opening(bool opening) noexcept { opening_ = opening; }

  // The connection of that name, or null.
  [[nodiscard]] LowerTester* find(const std::string& name) const;
  [[nodiscard]] std::vector<LowerTester*> testers() const;
  // A connection that gets the name, also from another that has it.
  LowerTester& add(std::string name, std::unique_ptr<Wire> wire);

  // Where a fault of the IUT is recorded, whatever it is.
  void fail(const LowerTester& tester, ReasonCode code, std::string expected,
            const Received& received);
  // No connection could be made; `detail` says why.
  void cannot_connect(const std::string& detail);
  // A mistake in the script.
  void script_error(Reason reason);

  // The next thing that is not passed over (IutRole::passes_over).
  [[nodiscard]] asio::awaitable<Received> receive_own(LowerTester& tester, Deadline end);

  [[nodiscard]] bool matches_pattern(const Pattern& pattern, const Received& received);
  // Removes the pattern that `received` matches; whether there was one.
  bool remove_match(std::vector<Pattern>& patterns, const Received& received);
  // What would match, in annotated bytes.
  [[nodiscard]] std::string examples(const std::vector<Pattern>& patterns) const;

  [[nodiscard]] Outcome finish() &&;

 private:
  // The reason, with the phase if it is not the body of the case.
  [[nodiscard]] Reason reason(ReasonCode code, ReasonParts parts) const;
  void note_expected(const std::vector<Pattern>& patterns);
  void note_expected(const std::vector<Step>& steps);
  [[nodiscard]] bool is_passed_over(const Received& received) const;

  const IutAccess& access_;
  Variables variables_;
  std::set<std::string, std::less<>> expected_kinds_;
  CaseRecorder recorder_;
  std::map<std::string, std::unique_ptr<LowerTester>> testers_;
  Outcome outcome_;
  Phase phase_ = Phase::kBody;
  bool opening_ = false;
  std::size_t passed_over_ = 0;
};

}  // namespace wsapi
