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
#include <utility>
#include <vector>

#include "codec/message.h"
#include "harness/suite/pattern.h"
#include "harness/tester/interpreter.h"
#include "harness/tester/lower_tester.h"

namespace wsapi {

// What a case fails by.
struct Failure {
  ReasonCode code = ReasonCode::kNone;
  std::string expected;                // ready to print (Mismatch)
  std::vector<Pattern> patterns = {};  // the messages that were expected
  ReasonParts parts = {};              // of the code, such as "required"
};

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

  // Empty where no case is run.
  [[nodiscard]] const std::string& case_id() const noexcept { return case_id_; }
  void set_case_id(std::string id) { case_id_ = std::move(id); }

  void set_phase(Phase phase) noexcept { phase_ = phase; }
  [[nodiscard]] bool in_liveness() const noexcept { return phase_ == Phase::kLiveness; }
  // While a connection is opened; silence there counts against the IUT as a whole.
  void set_opening(bool opening) noexcept { opening_ = opening; }

  // The connection of that name, or null.
  [[nodiscard]] LowerTester* find(const std::string& name) const;
  [[nodiscard]] std::vector<LowerTester*> testers() const;
  // A connection that gets the name, also from another that has it.
  LowerTester& add(std::string name, std::unique_ptr<Wire> wire);

  // Where a fault of the IUT is recorded, whatever it is. The reason also says in which state the
  // other connections are. Where nothing came while one of them holds a part of a frame, or reads
  // nothing, that one is closed, and the reason says whether the answer came then.
  [[nodiscard]] asio::awaitable<void> fail(LowerTester& tester, Failure failure, Received received);
  // No connection could be made.
  void cannot_connect(const WireResult& result);
  // A mistake in the script.
  void script_error(Reason reason);

  // The next thing that is not passed over: what IutRole::passes_over says, empty messages, and
  // PONGs where none of the patterns is one.
  [[nodiscard]] asio::awaitable<Received> receive_own(LowerTester& tester, Deadline end,
                                                      const std::vector<Pattern>& wanted = {});

  [[nodiscard]] bool matches_pattern(const Pattern& pattern, const Received& received);
  // Whether `received` is a message of the pattern's kind with the same numbers (call_id, ...).
  [[nodiscard]] bool is_about_the_same(const Pattern& pattern, const Received& received) const;
  // Removes the pattern that `received` matches; whether there was one.
  bool remove_match(std::vector<Pattern>& patterns, const Received& received);
  // The patterns may still be matched on that connection, by messages that come later than a
  // barrier which allows them: replies come in any order.
  void allow_late(const LowerTester& tester, std::vector<Pattern> patterns);
  // Removes the one of them that `received` matches; whether there was one.
  bool remove_late(const LowerTester& tester, const Received& received);

  // In words: "REPLY 5", "REPLY 5 or REPLY 6".
  [[nodiscard]] std::string words_of_patterns(const std::vector<Pattern>& patterns,
                                              std::string_view conjunction) const;
  // In words and as JSON, a line each.
  [[nodiscard]] std::string describe(const std::vector<Pattern>& patterns) const;

  [[nodiscard]] Outcome finish() &&;

 private:
  [[nodiscard]] Direction from_iut() const noexcept { return opposite(role().to_iut()); }
  [[nodiscard]] ReasonParts common_parts(const LowerTester& tester) const;
  [[nodiscard]] Reason reason_of(const LowerTester& tester, Failure failure,
                                 const Received& received) const;
  [[nodiscard]] std::vector<Difference> differences_of(const Failure& failure,
                                                       const Received& received) const;
  void note_expected(const std::vector<Pattern>& patterns);
  void note_expected(const std::vector<Step>& steps);
  [[nodiscard]] bool is_passed_over(const LowerTester& tester, const Received& received,
                                    const std::vector<Pattern>& wanted);
  [[nodiscard]] bool is_unbound(const std::string& text) const;
  [[nodiscard]] bool is_wanted(const Received& received, const std::vector<Pattern>& wanted);

  const IutAccess& access_;
  std::string case_id_;
  Variables variables_;
  std::set<std::string, std::less<>> expected_kinds_;
  CaseRecorder recorder_;
  std::map<std::string, std::unique_ptr<LowerTester>> testers_;
  std::map<std::string, std::vector<Pattern>> late_;  // by the name of the connection
  // Ids of events that are none of the case's own, by the name of the connection.
  std::map<std::string, std::set<std::uint32_t>> foreign_events_;
  Outcome outcome_;
  Phase phase_ = Phase::kBody;
  bool opening_ = false;
};

}  // namespace wsapi
