// SPDX-License-Identifier: Apache-2.0

#include "harness/run/probe_verbs.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "codec/decode.h"
#include "harness/run/verb_checks.h"
#include "harness/suite/requirements.h"
#include "harness/tester/known_good_requests.h"
#include "harness/tester/lower_tester.h"

namespace wsapi {
namespace {

constexpr std::size_t kMaxMessages = 10'000;  // that are passed over for one answer
constexpr std::size_t kRoundTrips = 20;
// A verb that does not answer costs this.
constexpr std::chrono::milliseconds kVerbWait{1000};

class VerbProbe {
 public:
  VerbProbe(const ProbeOptions& options, ProbeResult& result)
      : options_(options), result_(result) {}

  asio::awaitable<void> run() {
    result_.test_api_note = "it does not answer";
    const bool is_open = co_await open();
    if (!is_open) co_return;
    const std::optional<VerbAnswer> unknown = co_await call(kNoSuchVerb, "null");
    if (!unknown) co_return;
    if (!unknown->error) {
      result_.test_api_note = "it answers a verb that does not exist without an error";
    } else if (options_.test_api != TestApiMode::kNone) {
      co_await check_verbs(*unknown->error);
      tell_verbs();
    }
    co_await measure();
  }

 private:
  asio::awaitable<bool> open() {
    WireResult opened = co_await options_.open_wire(options_.clock->after(options_.timeout));
    if (opened.wire == nullptr) {
      result_.unreachable = opened.message;
      co_return false;
    }
    tester_.reset();
    recorder_.emplace(*options_.clock);
    tester_ = std::make_unique<LowerTester>("probe", std::move(opened.wire), *recorder_);
    if (has_version_negotiation(result_.revision)) {
      (void)co_await tester_->send_message(offer_bytes(), deadline());
    }
    co_return true;
  }

  [[nodiscard]] Deadline deadline() const {
    return options_.clock->after(std::min(options_.timeout, kVerbWait));
  }

  asio::awaitable<std::uint32_t> send_call(std::string_view verb, std::string_view args) {
    const std::uint32_t id = ++last_id_;
    (void)co_await tester_->send_message(call_bytes(id, verb, result_.revision, args), deadline());
    co_return id;
  }

  // Takes replies until that of the call `id` has come; whether it has.
  asio::awaitable<bool> await_reply(std::uint32_t id) {
    const Deadline end = deadline();
    for (std::size_t i = 0; i < kMaxMessages && !answers_.contains(id); ++i) {
      const Received received = co_await tester_->receive(end);
      const bool may_go_on =
          received.kind == Received::Kind::kMessage || received.kind == Received::Kind::kPong;
      if (!may_go_on) break;
      note_reply(received.payload);
    }
    co_return answers_.contains(id);
  }

  void note_reply(std::span<const std::byte> payload) {
    const auto decoded = decode(payload, result_.revision, Direction::kToClient);
    const auto* const reply = decoded ? std::get_if<Reply>(&decoded->message) : nullptr;
    if (reply == nullptr) return;
    VerbAnswer answer{.error = std::nullopt, .data = std::string{reply->data.text}};
    if (reply->error) answer.error = std::string{*reply->error};
    answers_.emplace(reply->call_id, std::move(answer));
  }

  asio::awaitable<std::optional<VerbAnswer>> call(std::string_view verb, std::string_view args) {
    if (tester_->ended()) {
      const bool is_open = co_await open();
      if (!is_open) co_return std::nullopt;
    }
    const std::uint32_t id = co_await send_call(verb, args);
    const bool has_come = co_await await_reply(id);
    co_return has_come ? std::optional(answers_.at(id)) : std::nullopt;
  }

  // Of a verb that must not answer: what comes up to the answer of a call after it.
  asio::awaitable<std::optional<VerbAnswer>> call_without_answer(std::string_view verb) {
    const std::uint32_t id = co_await send_call(verb, "null");
    (void)co_await call(kNoSuchVerb, "null");
    const auto answer = answers_.find(id);
    co_return answer == answers_.end() ? std::nullopt : std::optional(answer->second);
  }

  // A verb is absent if a call of it ends in the same error as that of a verb that cannot exist.
  asio::awaitable<void> check_verbs(std::string unknown) {
    for (const VerbCheck& check : verb_checks(fmt::format("wsapi-conform-probe-{}.", ::getpid()))) {
      if (std::ranges::find(kTestApiVerbs, check.verb) == kTestApiVerbs.end()) continue;
      std::optional<VerbAnswer> answer;
      if (check.right == VerbCheck::Right::kNoAnswer) {
        answer = co_await call_without_answer(check.verb);
      } else {
        answer = co_await call(check.verb, check.args);
      }
      if (answer && answer->error == unknown) continue;
      present_.insert(check.verb);
      const bool can_be_judged = check.needs.empty() || present_.contains(std::string{check.needs});
      std::string fault = can_be_judged ? fault_of(check, answer) : "";
      if (!fault.empty()) faults_.emplace(check.verb, std::move(fault));
    }
  }

  void tell_verbs() {
    for (const std::string_view verb : kTestApiVerbs) {
      const std::string name{verb};
      if (present_.contains(name)) result_.offered.push_back(verb_requirement(verb));
      const auto fault = faults_.find(name);
      if (fault != faults_.end()) result_.faulty_verbs.push_back(name + " " + fault->second);
    }
    result_.has_echo = present_.contains("echo") && !faults_.contains("echo");
    result_.test_api_note =
        fmt::format("it knows {} of the {} verbs", present_.size(), kTestApiVerbs.size());
    if (!result_.faulty_verbs.empty()) {
      result_.test_api_note += fmt::format("; {}", fmt::join(result_.faulty_verbs, "; "));
    }
  }

  asio::awaitable<void> measure() {
    Clock& clock = *options_.clock;
    std::chrono::microseconds longest{0};
    for (std::size_t i = 0; i < kRoundTrips; ++i) {
      const Deadline start = clock.now();
      const auto answer = co_await call(kNoSuchVerb, "null");
      if (!answer) co_return;
      longest = std::max(
          longest, std::chrono::duration_cast<std::chrono::microseconds>(clock.now() - start));
    }
    result_.round_trip = std::max(longest, std::chrono::microseconds{1});
  }

  const ProbeOptions& options_;
  ProbeResult& result_;
  std::optional<CaseRecorder> recorder_;  // outlives the tester
  std::unique_ptr<LowerTester> tester_;
  std::uint32_t last_id_ = 0;
  std::map<std::uint32_t, VerbAnswer> answers_;  // by call id
  std::set<std::string> present_;
  std::map<std::string, std::string> faults_;  // by verb
};

}  // namespace

asio::awaitable<void> probe_verbs(const ProbeOptions& options, ProbeResult& result) {
  VerbProbe verbs(options, result);
  co_await verbs.run();
  if (options.test_api == TestApiMode::kAuto) co_return;
  result.test_api_note = "as told";
  result.offered.clear();
  if (options.test_api == TestApiMode::kNone) co_return;
  for (const std::string_view verb : kTestApiVerbs) {
    result.offered.push_back(verb_requirement(verb));
  }
}

}  // namespace wsapi
